"""Which documents a message means that asks about a document as a whole: the one that it names, else the one
that the conversation was about, else all that are held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.schema import Request
from index.library.library import DocumentView, Library, starts
from index.library.title_mentions import find_mentions
from index.library.titles import KINDS, TitleIndex, parse_title
from index.schema import edition_order
from index.text.folding import fold_text

_SHORTEST = 2
"""Characters of a title's end by which a document may be meant: 办法."""
_GENERIC = "该文件"


@dataclass(frozen=True, slots=True)
class NamedDocuments:
    """The documents that a message names by their titles, and the message with these left open."""

    ids: tuple[str, ...]
    text: str
    """The message with 该文件 in the place of each name of a document that is held."""
    unknown: bool
    """It names one in 《》 that is not held."""


class DocumentsMeant:
    """Finds the documents of one library that are meant."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._titles = TitleIndex(library)
        self._names = self._titles.names()

    def named(self, text: str) -> NamedDocuments:
        """The documents that `text` names."""
        ids: list[str] = []
        unknown, said, done = False, "", 0
        for mention in find_mentions(text, self._names):
            found = self._titles.find(mention.title)
            ids += found
            unknown = unknown or not found
            if found:
                said += text[done : mention.start] + _GENERIC
                done = mention.end
        return NamedDocuments(tuple(dict.fromkeys(ids)), said + text[done:], unknown)

    def meant(self, text: str, named: Sequence[str], request: Request) -> tuple[DocumentView, ...]:
        """The documents that `text` means, newest first: those `named`; those whose title ends as it says;
        those that were cited last; all that `request` allows."""
        allowed = [i for i in self._library.ids() if request.documents is None or i in request.documents]
        if named:
            return self._newest(request, [i for i in named if i in allowed])
        ends = {i: self._end_said(i, text) for i in allowed}
        longest = max(ends.values(), key=len, default="")
        ending = [i for i in allowed if longest and ends[i] == longest]
        if ending and longest not in KINDS:
            return self._newest(request, ending)
        cited = _cited(request)
        last = [edition for edition in cited if edition.partition("@")[0] in allowed]
        of_kind = [edition for edition in last if edition.partition("@")[0] in ending]
        if last:
            return self._newest(request, of_kind or last)
        return self._newest(request, ending or allowed)

    def _end_said(self, identifier: str, text: str) -> str:
        """The longest end of a document's title that `text` says."""
        view = self._library.get(identifier)
        core = parse_title(view.document.title).core if view else ""
        said = fold_text(text)
        length = next((n for n in range(len(core), _SHORTEST - 1, -1) if core[-n:] in said), 0)
        return core[len(core) - length :]

    def _newest(self, request: Request, editions: Sequence[str]) -> tuple[DocumentView, ...]:
        """`editions`, ids or `id@version`, as documents: of an id the version of the day."""
        found = []
        for edition in sorted(editions, key=edition_order):
            identifier, _, version = edition.partition("@")
            view = self._library.get(identifier, version) if version else None
            view = view or self._library.get(identifier, as_of=request.as_of)
            if view is not None:
                found.append(view)
        return tuple(sorted(found, key=_day, reverse=True))


def _cited(request: Request) -> tuple[str, ...]:
    """The editions that the last answer of the conversation cited which cited any."""
    for exchange in reversed(request.history):
        if exchange.clauses:
            return tuple(dict.fromkeys(clause.partition("#")[0] for clause in exchange.clauses))
    return ()


def _day(view: DocumentView) -> date:
    return view.document.published or starts(view.document) or date.min
