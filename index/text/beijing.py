"""The time of the whole country, whatever the clock of the machine is set to: by it days are counted."""

from datetime import datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))


def in_beijing(moment: datetime) -> datetime:
    """A moment that has a zone, by the clocks of Beijing."""
    return moment.astimezone(BEIJING)
