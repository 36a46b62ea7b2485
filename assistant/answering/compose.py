"""Evidence into an answer: for each part a line that answers it and the quotations that carry it, a part that
the documents do not answer named in the asker's words. Deterministic, no model."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answering.lead import Lead, correction_lead, make_lead
from assistant.answering.outline_lookup import unit_of
from assistant.answering.select import Selected
from assistant.answering.strength import fair_from
from assistant.question.clauses import clauses
from assistant.question.parts import has_subject, without_tags
from assistant.schema import (
    ComposedSentence,
    Composition,
    Contradiction,
    Evidence,
    SentenceKind,
    SubQuestion,
)
from index.library.library import Library
from index.schema import Authority, Passage, PassageKind
from index.text.chinese_marks import chinese_marks
from index.text.folding import squeeze, squeeze_cells
from prompts import reply

_FORCE = tuple(Authority)
_SIGNS = " ，,。.！!？?；;、：:"
_WITHIN = str.maketrans("“”", "‘’")
_MOST_NAMED = 40
"""Characters of the asker's words that a line repeats; longer ones are not repeated."""


class Composer:
    """Composes an answer from the evidence of the parts."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def compose(self, selected: Selected, contradicted: Sequence[Contradiction] = ()) -> Composition:
        """The corrections first, then the parts in their order; every passage is quoted once, whole."""
        said: set[str] = set()
        sentences: list[ComposedSentence] = []
        shorts: list[str | None] = []
        for found in contradicted:
            corrected_by = correction_lead(found)
            sentences += self._told(corrected_by, corrected_by.text, corrected_by.passages, said)
            shorts.append(corrected_by.short)
        corrected = {passage.id for sentence in sentences for passage in sentence.passages}
        asked = [part for part in map(_without(contradicted), selected.parts) if part is not None]
        parts = [part for part in asked if not _is_settled(part, corrected)]
        unsure = not corrected and selected.confidence < fair_from()
        for names, part, lead in self._by_line(parts):
            if lead is None:
                sentences.append(
                    ComposedSentence(reply("part_missing", missing=names[0]), kind=SentenceKind.NOTICE)
                )
                continue
            passages = [piece.passage for piece in self._by_authority(part.evidence)]
            if passages[0].id in corrected and (len(parts) == 1 or not part.asked):  # that has answered it
                sentences += self._quotations(passages, said)
                continue
            names_asked = reply("between_parts").join(f"“{name}”" for name in names)
            text = reply("lead_of_part", part=names_asked, lead=lead.text) if len(parts) > 1 else lead.text
            sentences += self._told(lead, text, passages, said)
            shorts.append(None if unsure else lead.short)
        missing = tuple(dict.fromkeys(named(part) for part in parts if not part.answered))
        short = shorts[0] if len(shorts) == 1 and len(parts) <= 1 else None
        return Composition(tuple(sentences), short, bool(contradicted), missing, selected.confidence)

    def _by_line(self, parts: Sequence[SubQuestion]) -> list[tuple[list[str], SubQuestion, Lead | None]]:
        """The parts in their order with their names and lines, without a line where nothing answers; parts
        that the same line answers share it."""
        found: list[tuple[list[str], SubQuestion, Lead | None]] = []
        for part in parts:
            lead = None
            if part.answered:
                lead = make_lead(part.text, part.asked, self._by_authority(part.evidence), self._are_complete)
            if lead and found and found[-1][2] and found[-1][2].text == lead.text:
                found[-1][0].append(named(part))
            else:
                found.append(([named(part)], part, lead))
        return found

    def _told(
        self, lead: Lead, text: str, passages: Sequence[Passage], said: set[str]
    ) -> list[ComposedSentence]:
        """The line and the quotations, what the line quotes whole not once more: where several documents are
        held, the line names the source instead."""
        said |= lead.whole
        whole = [passage for passage in lead.passages if passage.id in lead.whole]
        if whole and (document := document_of(whole[0], self._library)):  # a line quotes one document
            labels = "、".join(dict.fromkeys(passage.label for passage in whole))
            text = reply("lead_source", lead=text, source=f"{document}{labels}")
        return [ComposedSentence(text, lead.passages), *self._quotations(passages, said)]

    def _are_complete(self, passages: Sequence[Passage]) -> bool:
        """Nothing stands beside the passages in the numbered units that hold them."""
        for passage in passages:
            view = self._library.get(passage.document_id, passage.document_version)
            unit = unit_of(view, passage.address) if view else None
            if view is None or unit is None:
                return False
            said = bytearray(unit.end)
            for one in passages:
                said[one.start : one.end] = b"\1" * len(said[one.start : one.end])
            text = view.document.text
            if any(text[at].isalnum() and not said[at] for at in range(unit.heading_end, unit.end)):
                return False
        return True

    def _quotations(self, passages: Sequence[Passage], said: set[str]) -> list[ComposedSentence]:
        found = []
        for passage in passages:
            if passage.id not in said:
                said.add(passage.id)
                found.append(quotation_of(passage, self._library))
        return found

    def _by_authority(self, evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        """What answers best first, then what other documents say, higher law before lower."""
        main = evidence[0].passage.document_id

        def rank(piece: Evidence) -> tuple[bool, int]:
            view = self._library.get(piece.passage.document_id, piece.passage.document_version)
            authority = view.document.authority if view else None
            return piece.passage.document_id != main, _FORCE.index(authority) if authority else len(_FORCE)

        return tuple(sorted(evidence, key=rank))


def _without(
    contradicted: Sequence[Contradiction],
) -> Callable[[SubQuestion], SubQuestion | None]:
    """What a part asks besides what was corrected in it: None where that is nothing and no answer."""

    def rest(part: SubQuestion) -> SubQuestion | None:
        asked = part.asked
        for found in contradicted:
            asked = asked.replace(found.claimed, "") if found.claimed in asked else asked
            asked = "" if asked and asked in found.claimed else asked
        asked = asked.strip(_SIGNS)
        if asked == part.asked.strip(_SIGNS):
            return part
        if not has_subject(asked):
            return replace(part, asked="") if part.answered else None
        return replace(part, asked=asked)

    return rest


def _is_settled(part: SubQuestion, corrected: set[str]) -> bool:
    """What a part that nothing answers comes nearest to is what a correction has told."""
    return not part.answered and bool(part.hits) and part.hits[0].passage.id in corrected


def named(part: SubQuestion) -> str:
    """The part in the asker's words, its end where it is long; a plain name where that is too long still.
    Quotation marks are those within others, since it is told within them."""
    text = without_tags(" ".join(part.asked.split())).strip(_SIGNS)
    if len(text) > _MOST_NAMED:
        named_clauses = [clause.text.strip(_SIGNS) for clause in clauses(text) if has_subject(clause.text)]
        text = named_clauses[-1] if named_clauses else text
    return chinese_marks(text).translate(_WITHIN) if 0 < len(text) <= _MOST_NAMED else reply("unnamed_part")


def for_the_eye(passage: Passage) -> str:
    """The words of a quotation without the white space that only lays out."""
    return squeeze_cells(passage.text) if passage.kind is PassageKind.ROW else squeeze(passage.text)


def quotation_of(passage: Passage, library: Library) -> ComposedSentence:
    """The sentence that is the whole quotation."""
    return ComposedSentence(quoted(passage, library), (passage,), kind=SentenceKind.QUOTE)


def quoted(passage: Passage, library: Library) -> str:
    """The quotation; where several documents are loaded, led by which one it is, and of what force."""
    quotation = f"「{for_the_eye(passage)}」"
    document = document_of(passage, library)
    return f"{document}{passage.label}：{quotation}" if document else quotation


def document_of(passage: Passage, library: Library) -> str:
    """The title of the document that holds `passage`, its force and version; empty where one document alone
    is loaded."""
    view = library.get(passage.document_id, passage.document_version)
    if view is None or len(library.ids()) == 1:
        return ""
    document = view.document
    kinds = [document.authority.label] if document.authority else []
    if len(library.versions(document.id)) > 1:
        kinds.append(reply("version", version=document.version))
    remark = f"（{'，'.join(kinds)}）" if kinds else ""
    return f"《{document.title}》{remark}"
