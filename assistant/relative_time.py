"""今年, 明年, 三年后: which year is meant, by the clock, and whether the cited text covers it."""

from assistant.cues import load_cues
from assistant.schema import Citation, Notice, Turn
from index.library import Library
from index.text import fold_text
from prompts import reply


def relative_time_notices(
    turn: Turn, citations: tuple[Citation, ...], library: Library
) -> tuple[Notice, ...]:
    """One notice where the question counts from today and the first citation's document has a period that
    does not hold the year meant; nothing is refused for it."""
    view = library.get(citations[0].document_id, citations[0].document_version) if citations else None
    if view is None or view.document.period_start is None or view.document.period_end is None:
        return ()
    start, end = view.document.period_start, view.document.period_end
    clean = fold_text(turn.clean)
    for word, offset in load_cues().relative_years:
        year = turn.as_of.year + offset
        if word in clean and not start <= year <= end:
            text = reply("relative_time", word=word, year=str(year), start=str(start), end=str(end))
            return (Notice("relative_time", text),)
    return ()
