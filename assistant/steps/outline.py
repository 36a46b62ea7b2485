"""Questions about the outline itself, answered from the tree and not by search.

第二部分（五）的第3点是什么 -> that clause; 重点任务分成几项 -> its children, counted. A reference inside
another question (第三部分（三）里投入怎么保障) only points the search there.
"""

import re
from dataclasses import replace

from assistant.schema import ComposedSentence, Composition, Status, Turn
from index.library.clause_references import find_references
from index.library.library import DocumentView, Library
from index.library.resolve import Outcome, Resolver
from index.schema import Clause, Passage, PassageKind, clause_id
from index.structure.passages import make_passages
from index.text.folding import fold_text, squeeze
from index.text.numerals import numeral
from prompts import reply

_N = "([一二三四五六七八九十]{1,3}|[0-9]{1,3})"  # one writing at a time: 1二 is no number
_PART = re.compile(rf"第{_N}(?:大)?(?:部分|章|块)|(?<![0-9(（]){_N}、(?=[（(])")
_SECTION = re.compile(rf"[(（]{_N}[)）]|(?:部分|章|块).{{0,4}}?第{_N}(?:节|大点|方面|项任务|大项)")
_ITEM = re.compile(rf"第{_N}(?:小?[点条项])|[)）]{_N}(?![0-9、])")
_ASKS_CLAUSE = re.compile(
    r"(?:是什么|讲(?:的)?(?:是)?(?:什么|啥)|说(?:的)?(?:是)?(?:什么|啥)|写(?:的)?(?:是)?(?:什么|啥)|内容|原文|是关于|标题|[?？。\s]*$)"
)
_COUNT = re.compile(
    r"(?:几|多少|哪几|哪些)(?:个|大)?(?:大)?(?P<unit>部分|项|条|点|块|方面|任务|章|举措|板块)"
)
_WHOLE = re.compile(r"方案|文件|全文|规划|通篇|总共|这份")
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]+、|[(（][^)）]+[)）]|[0-9０-９]+[.．、])")
_FILLER = re.compile(
    r"[的分成为有里面中是都哪几多少个大部分项条点块方面任务章举措板一共总这份方案文件全文规划重庆教育实施现代化呢吗啊请问了?？。，,、\s]"
)


_MOST = 30
"""Passages that are quoted of one clause, at most."""


class AnswerOutline:
    """Answers from the outline, or sets `prefer` to the clause that a question points to."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._passages = {
            (view.document.id, view.document.version): make_passages(view.document)
            for view in library.views()
        }
        self._resolver = Resolver(library)
        titles = {view.document.title for view in library.views()}
        self._names = tuple(sorted(titles | {title.removeprefix("中华人民共和国") for title in titles}))

    def __call__(self, turn: Turn) -> Turn:
        """Ends the turn where the outline answers, and where a document is named that has no such
        clause."""
        text = turn.question.standalone
        references = find_references(text, self._names)
        named = next((reference for reference in references if reference.named), None)
        if named is not None:
            resolution = self._resolver.resolve(named, turn.request.as_of)
            if resolution.outcome is Outcome.NO_CLAUSE:
                refused = Composition(missing=(text[named.start : named.end],), confidence=1.0)
                return replace(turn, status=Status.NOT_COVERED, answer=refused)
            if resolution.outcome is Outcome.FOUND and resolution.view is not None:
                if len(resolution.clauses) == 1 and _ASKS_CLAUSE.search(text):
                    return self._clause(turn, resolution.view, resolution.clauses[0])
                return _preferring(turn, resolution.view, *resolution.clauses)
        identifiers = turn.request.documents or self._library.ids()
        for identifier in identifiers:
            view = self._library.get(identifier, as_of=turn.request.as_of)
            if view is None:
                continue
            if len(identifiers) == 1 and (clause := _referenced(text, view)) is not None:
                if _ASKS_CLAUSE.search(text):
                    return self._clause(turn, view, clause)
                return _preferring(turn, view, clause)
            counted = _counted(text, view)
            if counted is not None:
                return self._children(turn, view, *counted)
        return turn

    def _clause(self, turn: Turn, view: DocumentView, clause: Clause) -> Turn:
        own = [p for p in self._of(view) if _within(p.address, clause.address)]
        if not own:  # a chapter: its articles do not stand under its address
            own = [p for p in self._of(view) if clause.start <= p.start and p.end <= clause.end]
        if view.children(clause.address) and len(own) > 12:
            own = [p for p in own if p.kind is PassageKind.HEADING]
        own = own[:_MOST]
        label = clause.label.rstrip("、")
        name = _NUMBERING.sub("", squeeze(clause.heading)).rstrip("。")
        if squeeze(clause.heading) in ("", label):
            versions = self._library.versions(view.document.id)
            version = reply("version", version=view.document.version) if len(versions) > 1 else ""
            named = f"《{view.document.title}》" + (f"（{version}）" if version else "")
            lead = reply("lead_article", document=named, label=label)
            return _answered(turn, lead, own, None)
        return _answered(turn, reply("lead_clause", label=label, heading=name), own, name)

    def _of(self, view: DocumentView) -> tuple[Passage, ...]:
        return self._passages[view.document.id, view.document.version]

    def _children(self, turn: Turn, view: DocumentView, parent: Clause | None, unit: str) -> Turn:
        children = view.children(parent.address if parent else None)
        children = tuple(c for c in children if c.address[0].isdigit())
        chosen = {child.address for child in children}
        first: dict[str, Passage] = {}
        for passage in self._of(view):
            if passage.address in chosen:
                first.setdefault(passage.address, passage)
        name = _NUMBERING.sub("", squeeze(parent.heading)) if parent else view.document.title
        count = str(len(children))
        lead = reply("lead_count", name=name, count=count, unit=unit)
        return _answered(turn, lead, list(first.values()), f"{count}{unit}")


def _answered(turn: Turn, lead: str, passages: list[Passage], short: str | None) -> Turn:
    main = tuple(passages)
    quotes = (ComposedSentence(f"「{squeeze(p.text)}」", (p,)) for p in main)
    sentences = (ComposedSentence(lead, main[:1]), *quotes)
    return replace(turn, status=Status.ANSWERED, answer=Composition(sentences, short, confidence=1.0))


def _preferring(turn: Turn, view: DocumentView, *clauses: Clause) -> Turn:
    ids = {clause_id(view.document.id, view.document.version, clause.address) for clause in clauses}
    asked = turn.question
    return replace(turn, question=replace(asked, prefer=asked.prefer | ids))


def _within(address: str, clause: str) -> bool:
    return address == clause or address.startswith(f"{clause}.")


def _referenced(text: str, view: DocumentView) -> Clause | None:
    """The clause that `text` names by its place, if it names a part or section."""
    part, section, item = _PART.search(text), _SECTION.search(text), None
    after = (section or part).end() - 1 if (section or part) else 0  # type: ignore[union-attr]
    if part is None:
        return None
    item = _ITEM.search(text, after)
    numbers = [_number(part), *([_number(section)] if section else []), *([_number(item)] if item else [])]
    return view.clause(".".join(map(str, numbers)))


def _number(match: re.Match[str]) -> int:
    return numeral(next(group for group in match.groups() if group))


def _counted(text: str, view: DocumentView) -> tuple[Clause | None, str] | None:
    """What `text` asks to count: a clause (None: the whole document) and the counting word."""
    count = _COUNT.search(text)
    if count is None:
        return None
    unit = {"任务": "项", "举措": "项", "板块": "部分", "块": "部分"}.get(count["unit"], count["unit"])
    folded = fold_text(text)
    for clause in view.clauses:
        name = fold_text(_NUMBERING.sub("", clause.heading)).rstrip("。")
        numbered = [c for c in view.children(clause.address) if c.address[0].isdigit()]
        if len(name) >= 4 and name in folded and len(numbered) > 1:
            return clause, unit
    if (
        _WHOLE.search(text)
        and count["unit"] in {"部分", "板块", "块", "章"}
        and len(_FILLER.sub("", text)) <= 4
    ):
        return None, unit
    return None
