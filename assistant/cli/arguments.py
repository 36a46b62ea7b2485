"""What several commands take: days."""

import argparse
from datetime import date


def day(text: str) -> date:
    """A day as `2022-06-01`. Raises ArgumentTypeError, which argparse says."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}”不是 2022-06-01 这样的日期") from error
