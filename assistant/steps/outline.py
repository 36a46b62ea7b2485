"""Questions about the outline itself, answered from the tree and not by search.

第二部分（五）的第3点是什么 -> that clause; 重点任务分成几项 -> its headings, counted; 编程教育写在哪一条 ->
where the clause stands that says it. A place inside another question (第三部分（三）里投入怎么保障) only
points the search there."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.outline_lookup import (
    besides_headings,
    heading_name,
    heading_of_topic,
    neighbours,
    numbered,
    resolved,
)
from assistant.question.outline_question import OutlineQuestion, Wanted, outline_question
from assistant.schema import ComposedSentence, Composition, Refusal, RefusalReason, SentenceKind, Status, Turn
from index.library.clause_references import find_references
from index.library.library import DocumentView, Library
from index.library.resolve import Outcome, Resolver
from index.schema import Clause, Passage, PassageKind, clause_id
from index.search.searcher import Query, Searcher, base_address
from index.structure.passages import make_passages
from index.text.folding import squeeze
from index.text.lexicon import standardise
from prompts import reply

_MOST = 30
"""Passages that are quoted of one clause, at most."""
_MOST_TEXT = 12
"""Passages of a clause with clauses below it up to which all are quoted, and not its headings alone."""
_SHORT = 40
"""Characters of a message up to which all of it is looked at."""
_LEAST_TOPIC = 2
"""Characters of a topic whose place is looked for."""
_FEW = 4
"""Characters besides filler that a question about the whole document may have."""
_OUTERMOST = ("", "部分", "大块", "板块", "块", "章", "标题", "条", "条目")
_INNERMOST = re.compile(r"小点|最小|所有的?点")
_UNITS = {
    "任务": "项",
    "举措": "项",
    "措施": "项",
    "板块": "部分",
    "块": "部分",
    "大块": "部分",
    "标题": "个标题",
    "条目": "条",
}


class AnswerOutline:
    """Answers from the outline, or sets `prefer` to the clause that a question points to."""

    def __init__(self, library: Library, searcher: Searcher) -> None:
        self._library = library
        self._searcher = searcher
        self._passages = {
            (view.document.id, view.document.version): make_passages(view.document)
            for view in library.views()
        }
        self._resolver = Resolver(library)
        titles = {view.document.title for view in library.views()}
        self._names = tuple(sorted(titles | {title.removeprefix("中华人民共和国") for title in titles}))

    def __call__(self, turn: Turn) -> Turn:
        """Ends the turn where the outline answers, and where a document is named that has no such clause.
        Where somebody is in danger it passes."""
        if turn.in_danger or len(turn.question.parts) > 1:
            return turn
        whole = turn.question.clean
        text = whole if len(whole) <= _SHORT and not turn.request.history else turn.question.standalone
        asked = outline_question(standardise(text))
        references = find_references(text, self._names)
        named = next((reference for reference in references if reference.named), None)
        if named is not None:
            resolution = self._resolver.resolve(named, turn.request.as_of)
            if resolution.outcome is Outcome.NO_CLAUSE:
                why = Refusal(RefusalReason.NO_SUCH_CLAUSE)
                refused = Composition(missing=(text[named.start : named.end],), confidence=1.0, refusal=why)
                return replace(turn, status=Status.NOT_COVERED, answer=refused)
            if resolution.outcome is Outcome.FOUND and resolution.view is not None:
                if len(resolution.clauses) == 1 and asked and _asks_clause(asked, text, named.end):
                    return self._clause(turn, resolution.view, resolution.clauses[0], asked.wanted)
                return _preferring(turn, resolution.view, *resolution.clauses)
        if asked is None:
            return turn
        identifiers = turn.request.documents or self._library.ids()
        for identifier in identifiers:
            view = self._library.get(identifier, as_of=turn.request.as_of)
            if view is None or not (len(identifiers) == 1 or _names(view, text)):
                continue
            return self._answered(turn, view, asked)
        return turn

    def _answered(self, turn: Turn, view: DocumentView, asked: OutlineQuestion) -> Turn:
        if asked.wanted is Wanted.WHERE:
            return self._where(turn, view, asked)
        clause = resolved(view, asked) or self._of_topic(view, asked)
        whole = clause is None and not asked.steps and _is_of_whole(asked)
        if asked.wanted in (Wanted.COUNT, Wanted.HEADINGS) and (clause is not None or whole):
            below = self._counted(view, clause, asked)
            return self._children(turn, view, clause, asked, below) if below else turn
        if clause is None:
            return turn
        if asked.wanted in (Wanted.NEXT, Wanted.BEFORE):
            before, after = neighbours(view, clause)
            beside = after if asked.wanted is Wanted.NEXT else before
            return self._clause(turn, view, beside, Wanted.TITLE) if beside else turn
        if asked.wanted is Wanted.CONTENT and besides_headings(view, asked):
            topic = " ".join(asked.about.split())
            inside = replace(turn.question, standalone=topic, standard=standardise(topic))
            return _preferring(replace(turn, question=inside), view, clause)
        return self._clause(turn, view, clause, asked.wanted)

    def _of_topic(self, view: DocumentView, asked: OutlineQuestion) -> Clause | None:
        """The unit that is meant by what it is about (讲减负的那条): the one that holds the best passage for
        it,
        as deep as its word says."""
        if asked.steps or asked.level is None or len(asked.besides) < _LEAST_TOPIC:
            return None
        if asked.wanted is Wanted.CONTENT:
            return None
        edition = f"{view.document.id}@{view.document.version}"
        found = self._searcher.search(Query(standardise(asked.besides), editions=(edition,)), top_k=1).hits
        address = base_address(found[0].passage.address) if found else ""
        return view.clause(".".join(address.split(".")[: asked.level])) if address else None

    def _counted(self, view: DocumentView, clause: Clause | None, asked: OutlineQuestion) -> list[Clause]:
        """What is counted or listed: the units directly below; of a statute its articles, where 条 are
        asked for; the innermost ones, where the whole text is meant by its smallest units."""
        below = list(numbered(view, clause.address if clause else None))
        if asked.unit.endswith("条") and any(c.address.startswith("ch") for c in below):
            return [article for chapter in below for article in numbered(view, chapter.address)]
        if _INNERMOST.search(asked.unit + asked.about):
            while any(numbered(view, c.address) for c in below):  # down to the innermost of equal depth
                below = [
                    inner
                    for c in below
                    for inner in numbered(view, c.address) or ((c,) if "." in c.address else ())
                ]
        return below

    def _where(self, turn: Turn, view: DocumentView, asked: OutlineQuestion) -> Turn:
        topic = asked.besides
        if len(topic) < _LEAST_TOPIC:
            return turn
        scope = resolved(view, asked) if asked.steps else None
        clause = heading_of_topic(view, topic, scope.address if scope else None)
        edition = f"{view.document.id}@{view.document.version}"
        found = self._searcher.search(Query(standardise(topic), editions=(edition,)), top_k=30).hits
        passage = next(
            (
                hit.passage
                for hit in found
                if (clause is None or base_address(hit.passage.address) == clause.address)
                and (scope is None or hit.passage.address.startswith(f"{scope.address}."))
            ),
            None,
        )
        if clause is None and passage is not None:
            clause = view.clause(base_address(passage.address))
        if clause is None or passage is None:
            return turn
        lead = reply("lead_where", label=clause.label.rstrip("、"), heading=heading_name(clause))
        return _answered(turn, lead, [passage], clause.label.rstrip("、"))

    def _clause(self, turn: Turn, view: DocumentView, clause: Clause, wanted: Wanted) -> Turn:
        own = [p for p in self._of(view) if _within(p.address, clause.address)]
        if not own:  # a chapter: its articles do not stand under its address
            own = [p for p in self._of(view) if clause.start <= p.start and p.end <= clause.end]
        if (numbered(view, clause.address) and len(own) > _MOST_TEXT) or wanted is Wanted.TITLE:
            own = [p for p in own if p.kind is PassageKind.HEADING] or own
        own = own[:1] if wanted is Wanted.TITLE else own[:_MOST]
        label = clause.label.rstrip("、")
        name = heading_name(clause)
        if squeeze(clause.heading) in ("", label):
            versions = self._library.versions(view.document.id)
            version = reply("version", version=view.document.version) if len(versions) > 1 else ""
            named = f"《{view.document.title}》" + (f"（{version}）" if version else "")
            lead = reply("lead_article", document=named, label=label)
            return _answered(turn, lead, own, None)
        return _answered(turn, reply("lead_clause", label=label, heading=name), own, name)

    def _of(self, view: DocumentView) -> tuple[Passage, ...]:
        return self._passages[view.document.id, view.document.version]

    def _children(
        self,
        turn: Turn,
        view: DocumentView,
        parent: Clause | None,
        asked: OutlineQuestion,
        below: list[Clause],
    ) -> Turn:
        chosen = {child.address for child in below}
        first: dict[str, Passage] = {}
        for passage in self._of(view):
            if passage.address in chosen:
                first.setdefault(passage.address, passage)
        name = heading_name(parent) if parent else view.document.title
        unit = _UNITS.get(asked.unit, asked.unit) or ("部分" if parent is None else "项")
        lead = reply("lead_count", name=name, count=str(len(below)), unit=unit)
        return _answered(turn, lead, list(first.values())[:_MOST], f"{len(below)}{unit}")


def _is_of_whole(asked: OutlineQuestion) -> bool:
    """The question speaks of the whole document, and hardly of anything else."""
    if not asked.besides:
        return True
    return (
        asked.everywhere
        and len(asked.besides) <= _FEW
        and (asked.unit in _OUTERMOST or _INNERMOST.search(asked.unit + asked.about) is not None)
    )


def _asks_clause(asked: OutlineQuestion, text: str, end: int) -> bool:
    """A named clause itself is asked for: its text or title, or nothing is said besides naming it."""
    return asked.wanted in (Wanted.TEXT, Wanted.TITLE) or not text[end:].strip(" ?？。")


def _names(view: DocumentView, text: str) -> bool:
    return view.document.title.removeprefix("中华人民共和国") in text


def _answered(turn: Turn, lead: str, passages: Sequence[Passage], short: str | None) -> Turn:
    main = tuple(passages)
    quotes = (ComposedSentence(f"「{squeeze(p.text)}」", (p,), kind=SentenceKind.QUOTE) for p in main)
    sentences = (ComposedSentence(lead, main[:1]), *quotes)
    return replace(turn, status=Status.ANSWERED, answer=Composition(sentences, short, confidence=1.0))


def _preferring(turn: Turn, view: DocumentView, *clauses: Clause) -> Turn:
    ids = {clause_id(view.document.id, view.document.version, clause.address) for clause in clauses}
    asked = turn.question
    return replace(turn, question=replace(asked, prefer=asked.prefer | ids))


def _within(address: str, clause: str) -> bool:
    return address == clause or address.startswith(f"{clause}.")
