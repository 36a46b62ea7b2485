"""What the assistant says of itself: what it holds, of what dates, how far it reaches, what becomes of
questions, who runs it."""

from datetime import date

from index.library.library import Library
from index.schema import NATIONWIDE
from index.text.chinese_marks import chinese_marks
from prompts import reply

TOPICS = ("documents", "dates", "reach", "privacy", "operator")
_MOST = 5
"""Titles that are named."""


def about_lines(topic: str, library: Library, as_of: date, operator: str, contact: str) -> tuple[str, ...]:
    """The line on `topic` first, then what else a newcomer needs: what is held and how far it reaches."""
    lines = {
        "documents": _documents(library),
        "dates": _dates(library, as_of),
        "reach": reply("about_reach", places="、".join(_places(library)) or reply("about_anywhere")),
        "privacy": reply("about_privacy"),
        "operator": reply("about_operator", operator=operator or reply("about_unnamed"), contact=contact),
    }
    others = ("documents", "reach") if topic in ("privacy", "operator") else ("documents", "dates", "reach")
    return tuple(dict.fromkeys((lines[topic], *(lines[other] for other in others))))


def _documents(library: Library) -> str:
    titles = [chinese_marks(view.document.title) for view in library.views()]
    named = "".join(f"《{title}》" for title in titles[:_MOST])
    more = reply("about_more") if len(titles) > _MOST else ""
    return reply("about_documents", count=str(len(titles)), named=named, more=more)


def _dates(library: Library, as_of: date) -> str:
    said = []
    for view in library.views()[:_MOST]:
        document = view.document
        facts = []
        if document.published:
            facts.append(reply("about_published", day=document.published.isoformat()))
        if document.period_start and document.period_end:
            facts.append(
                reply("about_period", start=str(document.period_start), end=str(document.period_end))
            )
        facts.append(reply(f"about_{library.validity(document, as_of)}"))
        said.append(f"《{chinese_marks(document.title)}》{'，'.join(facts)}")
    return reply("about_dates", said="；".join(said))


def _places(library: Library) -> list[str]:
    places = [view.document.jurisdiction for view in library.views() if view.document.jurisdiction]
    return sorted({place for place in places if place}, key=lambda place: place != NATIONWIDE)
