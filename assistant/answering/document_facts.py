"""What is known of a document as a whole, in sentences, with the words of its text that say so.

What nobody states is said to be missing, never guessed; what is known from its description alone is said to
be that."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.question.quantities import quantities, with_digits
from assistant.schema import ComposedSentence, Composition, DocumentTopic, SentenceKind
from index.library.library import DocumentView, Library, starts
from index.schema import NATIONWIDE, Passage, Validity
from index.structure.outline import is_of_outline
from index.structure.passages import make_passages
from index.text.chinese_marks import chinese_marks
from index.text.days import days_in
from index.text.folding import fold_text
from prompts import reply

_MOST = 3
"""Documents that something is said of where none is meant more than the others."""
_TITLE = "title"
_SHORTEST_PLACE = 2
"""Characters of a place's name from which on nothing can be left out at its end."""
Holds = Callable[[Passage], bool]


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of one topic: the sentence, and where the text says it."""

    text: str
    known: bool = False
    short: str | None = None
    """The answer itself, where it is short."""
    passages: tuple[Passage, ...] = ()


def _fact(text: str, short: str | None, *where: tuple[Passage, ...]) -> Fact:
    """What is known, with the passages that say each value of it; what no passage says comes from the
    description, and that is added."""
    said = text if all(where) else text + reply("document_registered")
    found = {passage.id: passage for passages in where for passage in passages}
    return Fact(said, True, short, tuple(found.values()))


class DocumentFacts:
    """Says what a library knows of its documents."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def composed(
        self, topics: Sequence[DocumentTopic], views: Sequence[DocumentView], as_of: date, chance: float
    ) -> Composition:
        """What is known of `views` on `topics`: a sentence each, and quotations once; `missing` names what is
        known of none. `views` are of different documents, the first come first."""
        said: list[ComposedSentence] = []
        quoted: dict[str, Passage] = {}
        short: list[str | None] = []
        missing = list(topics)
        for view in views[:_MOST]:
            known = _Known(self._library, view, as_of)
            for topic in topics:
                fact = known.fact(topic)
                if fact.known:
                    short.append(fact.short)
                    missing = [each for each in missing if each is not topic]
                    passages = fact.passages or known.front[:1]
                    quoted.update((passage.id, passage) for passage in passages)
                    said.append(ComposedSentence(fact.text, passages))
                else:
                    said.append(ComposedSentence(fact.text, kind=SentenceKind.NOTICE))
        if len(views) > _MOST:
            more = reply("document_more", count=str(len(views) - _MOST))
            said.append(ComposedSentence(more, kind=SentenceKind.NOTICE))
        quotes = (
            ComposedSentence(f"「{passage.text.strip()}」", (passage,), kind=SentenceKind.QUOTE)
            for passage in quoted.values()
        )
        return Composition(
            (*said, *quotes),
            short_answer=short[0] if len(short) == len(said) == 1 else None,
            missing=tuple(reply(f"document_{topic}_name") for topic in missing),
            confidence=chance,
            document_topics=tuple(topics),
        )


class _Known:
    """What is known of one document on one day."""

    def __init__(self, library: Library, view: DocumentView, as_of: date) -> None:
        self._library = library
        self._document = view.document
        self._title = chinese_marks(view.document.title)
        self._as_of = as_of
        self._passages = make_passages(view.document)
        # what stands before the text or below it, where it has an outline that tells
        around = [passage for passage in self._passages if not is_of_outline(passage.address)]
        self.front = tuple(sorted(around, key=lambda passage: passage.address != _TITLE)) or self._passages

    def fact(self, topic: DocumentTopic) -> Fact:
        """What is known of `topic`."""
        match topic:
            case DocumentTopic.VALIDITY:
                return self._validity()
            case DocumentTopic.DATES:
                return self._dates()
            case DocumentTopic.ISSUER:
                issuer = self._document.issuer
                names = (issuer or "").split("、")
                return self._stated(topic, issuer, *map(self._saying, names))
            case DocumentTopic.NUMBER:
                return self._stated(topic, self._document.number, self._saying(self._document.number or ""))
            case DocumentTopic.PLACE:
                return self._place()
            case DocumentTopic.ORIGINAL:
                return _fact(reply("document_original", title=self._title), None, self.front[:1])

    def _stated(self, topic: DocumentTopic, value: str | None, *where: tuple[Passage, ...]) -> Fact:
        if value is None:
            return Fact(reply(f"document_no_{topic}", title=self._title))
        return _fact(reply(f"document_{topic}", title=self._title, value=value), value, *where)

    def _place(self) -> Fact:
        place = self._document.jurisdiction
        if place is None:
            return Fact(reply("document_no_place", title=self._title))
        name = "document_nationwide" if place == NATIONWIDE else "document_place"
        short = place[:-1] if len(place) > _SHORTEST_PLACE else place
        said = self._saying(place) or self._saying(short)
        return _fact(reply(name, title=self._title, value=place), place, said)

    def _dates(self) -> Fact:
        document, begins = self._document, starts(self._document)
        days = {"published": document.published, "effective": document.effective}
        known = {name: day for name, day in days.items() if day is not None}
        if not known:
            return Fact(reply("document_no_dates", title=self._title))
        said = [
            reply(f"document_{name}", day=_words(day)) if day else reply(f"document_no_{name}")
            for name, day in days.items()
        ]
        places = {"published": self._naming, "effective": self._beginning}
        where = [places[name](day) for name, day in known.items()]
        text = reply("document_dates", title=self._title, said="；".join(said))
        first = known.get("published") or begins
        return _fact(text, _words(first) if first else None, *where)

    def _validity(self) -> Fact:
        document, title = self._document, self._title
        validity = self._library.validity(document, self._as_of)
        first, last, begins = document.period_start, document.period_end, starts(document)
        label = validity.label
        today = _words(self._as_of)
        match validity:
            case Validity.REPEALED:
                repealed = self._library.repealed(document) or self._as_of
                text = reply("document_repealed", title=title, day=_words(repealed))
                return _fact(text, label, self._repealing(repealed))
            case Validity.SUPERSEDED:
                newest = self._library.versions(document.id)[-1]
                old = reply("version", version=document.version)
                text = reply("document_superseded", title=title, old=old, newest=newest)
                return _fact(text, label, ())
            case Validity.NOT_YET if begins is not None:
                text = reply("document_not_yet", title=title, day=_words(begins), today=today)
                return _fact(text, label, self._beginning(begins))
            case Validity.EXPIRED | Validity.IN_FORCE if first is not None and last is not None:
                name = "document_expired" if validity is Validity.EXPIRED else "document_within"
                text = reply(name, title=title, start=str(first), end=str(last), today=today)
                short = reply(f"{name}_short", start=str(first), end=str(last))
                return _fact(text, short, self._period())
            case Validity.IN_FORCE if begins is not None:
                text = reply("document_in_force", title=title, day=_words(begins))
                return _fact(text, label, self._beginning(begins))
            case _:
                return Fact(reply("document_no_validity", title=title))

    def _saying(self, words: str) -> tuple[Passage, ...]:
        """The first passage around the outline that holds `words`."""
        wanted = fold_text(words)
        return self._first(self.front, lambda passage: bool(wanted) and wanted in fold_text(passage.text))

    def _naming(self, day: date) -> tuple[Passage, ...]:
        return self._first(self.front, lambda passage: day in days_in(passage.text))

    def _beginning(self, day: date) -> tuple[Passage, ...]:
        """The last passage that names the `day`: from when on a text applies stands at its end."""
        return self._first(reversed(self._passages), lambda passage: day in days_in(passage.text))

    def _period(self) -> tuple[Passage, ...]:
        """The passage that names the years, and one around the outline that says how many they are."""
        first, last = self._document.period_start or 0, self._document.period_end or 0
        years = self._first(
            self.front, lambda p: str(first) in fold_text(p.text) and str(last) in fold_text(p.text)
        )

        def lasts(passage: Passage) -> bool:
            found = quantities(with_digits(passage.text))
            return any(q.unit == "年" and q.low == q.high == last - first + 1 for q in found)

        return (*years, *self._first(self.front, lasts)) if years else ()

    def _repealing(self, day: date) -> tuple[Passage, ...]:
        """Where another document, or this one, says that it no longer binds."""
        title = fold_text(self._document.title)
        for view in self._library.views():
            if starts(view.document) == day and view.document.id != self._document.id:
                found = self._first(
                    reversed(make_passages(view.document)),
                    lambda p: "废止" in p.text and title in fold_text(p.text),
                )
                if found:
                    return found
        return ()

    @staticmethod
    def _first(passages: Iterable[Passage], holds: Holds) -> tuple[Passage, ...]:
        found: Iterator[Passage] = (passage for passage in passages if holds(passage))
        return tuple(passage for passage in (next(found, None),) if passage is not None)


def _words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
