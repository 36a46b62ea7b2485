"""Which documents a message means that asks about a document as a whole: the one that it names, else the one
that the conversation was about, else all that are held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.question.parts import has_subject
from assistant.question.patterns import Asked, load_patterns
from assistant.schema import Request
from index.library.library import DocumentView, Library, starts
from index.library.resolve import Resolver
from index.library.title_mentions import Mentions
from index.library.titles import KINDS, kind_of, parse_title
from index.schema import edition_order
from index.text.folding import fold_text
from index.text.lexicon import standardise
from index.text.tokens import cut

_SHORTEST = 2
"""Characters of a title's end by which a document may be meant: 办法."""
_GENERIC = "该文件"


@dataclass(frozen=True, slots=True)
class NamedDocuments:
    """The documents that a message names by their titles, and the message with these left open."""

    editions: tuple[str, ...]
    """`id@version` of each: of the year that is named beside the title, else of the day."""
    text: str
    """The message with 该文件 in the place of each title of a document that is held."""
    unknown: bool
    """It names one, or a version of one, that is not held."""


class DocumentsMeant:
    """Finds the documents of one library that are meant."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._resolver = Resolver(library)
        self._titles = self._resolver.titles
        self._names = self._titles.names()

    def named(self, text: str, as_of: date) -> NamedDocuments:
        """The documents that `text` names on a day, with or without 《》."""
        editions: list[str] = []
        unknown, said, done = False, "", 0
        mentions = Mentions(text, self._names)
        for mention in mentions.found:
            found = self._titles.find(mention.title)
            versions = self._versions(mention.title, found, as_of)
            editions += versions
            unknown = unknown or not versions
            if found:
                said += text[done : mention.start] + _GENERIC
                done = mention.end
        for mention in mentions.bare_names():
            if name := self._name(mention.title):
                found = self._titles.find(name) or self._titles.shortened(name)
                editions += self._versions(name, found, as_of)
                unknown = unknown or not found
        return NamedDocuments(tuple(dict.fromkeys(editions)), said + text[done:], unknown)

    def meant(self, text: str, named: Sequence[str], request: Request) -> tuple[DocumentView, ...]:
        """The documents that `text` means, newest first, of those that `request` allows: the editions
        `named`; else those whose title ends with the most of what it says, unless that is only a kind (办法);
        else those that were cited last, of that kind if any is; else those of that kind; else all."""
        allowed = [i for i in self._library.ids() if request.documents is None or i in request.documents]
        if named:
            return self._newest(request, [each for each in named if each.partition("@")[0] in allowed])
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

    def _versions(self, title: str, ids: Sequence[str], as_of: date) -> list[str]:
        """`id@version` of what `title` names of the documents `ids`."""
        views = [self._resolver.version_named(title, identifier, as_of) for identifier in ids]
        return [f"{view.document.id}@{view.document.version}" for view in views if view is not None]

    def _name(self, title: str) -> str:
        """A bare name without words at its beginning that name nothing (咱们图书条例). Empty where it asks
        (哪个部门出台的规定), where no more than its kind is left, and where it says whose a document is of a
        kind that is held (这里的办法)."""
        kind = kind_of(title)
        whose, of, _ = title.removesuffix(kind).partition("的")
        patterns = load_patterns()
        if (of and self._titles.ending_with(kind)) or patterns.asked(standardise(whose)) is not Asked.OTHER:
            return ""
        pieces = list(cut(whose))
        while pieces and not patterns.function_words.sub("", patterns.meta.sub("", pieces[0])):
            del pieces[0]
        name = "".join(pieces)
        return name + kind if has_subject(name) else ""

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
