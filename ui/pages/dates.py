"""Moments as people read them in Chinese."""

from datetime import datetime, timedelta, timezone

from ui.pages.facts import day_words

_BEIJING = timezone(timedelta(hours=8))
"""The time of the whole country, whatever the clock of the machine that serves is set to."""


def moment_in_words(moment: datetime) -> str:
    """2024年3月5日 09:30（北京时间）, of a moment that has a zone."""
    local = moment.astimezone(_BEIJING)
    return f"{day_words(local)} {local:%H:%M}（北京时间）"
