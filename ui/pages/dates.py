"""Moments as people read them in Chinese."""

from datetime import datetime

from index.text.beijing import in_beijing
from ui.pages.facts import day_words


def moment_in_words(moment: datetime) -> str:
    """2024年3月5日 09:30（北京时间）, of a moment that has a zone."""
    local = in_beijing(moment)
    return f"{day_words(local)} {local:%H:%M}（北京时间）"
