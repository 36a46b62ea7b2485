"""Days and moments as people read them in Chinese."""

from datetime import date, datetime


def day_in_words(day: date) -> str:
    """2024年3月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def moment_in_words(moment: datetime) -> str:
    """2024年3月5日 09:30, by the clock of the machine that serves, with its distance from UTC."""
    local = moment.astimezone()
    offset = local.strftime("%z")
    return f"{day_in_words(local)} {local:%H:%M}（UTC{offset[:3]}:{offset[3:]}）"
