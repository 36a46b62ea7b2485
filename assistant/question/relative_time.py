"""今年, 明年, 三年后: which year a message means, by the clock."""

from collections.abc import Iterator
from datetime import date

from assistant.question.patterns import load_patterns
from index.text.folding import fold_text


def relative_years(text: str, today: date) -> Iterator[tuple[str, int]]:
    """The words of `text` that count years from today, each with the year that it means."""
    folded = fold_text(text)
    return ((word, today.year + offset) for word, offset in load_patterns().relative_years if word in folded)
