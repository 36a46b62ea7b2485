"""A lead that answers, then the quotations that carry it. Deterministic, no model."""

from assistant.answering.lead import Contradicted, make_lead
from assistant.answering.models import premise_model
from assistant.answering.premise import PremiseModel, nearest_false, premise_features
from assistant.answering.select import Selected
from assistant.schema import ComposedSentence, Composition, SubQuestion
from index.library.library import Library
from index.schema import Authority, Passage
from index.text.folding import squeeze
from prompts import reply

_FORCE = tuple(Authority)


class Composer:
    """Composes an answer from the evidence of the parts."""

    def __init__(self, library: Library, model: PremiseModel | None = None) -> None:
        self._library = library
        self._model = model or premise_model()

    def compose(self, selected: Selected) -> Composition:
        """The lead speaks for the first evidence; every passage is quoted once, whole."""
        parts = selected.evidence.parts
        evidence: dict[str, Passage] = {}
        for part in parts:
            for passage in part.evidence:
                evidence.setdefault(passage.id, passage)
        passages = self._by_authority(tuple(evidence.values()))
        standard = selected.evidence.whole.text
        lead = make_lead(
            standard, passages, self._contradicted(selected.evidence.whole, standard, passages[0])
        )
        sentences = [ComposedSentence(lead.text, lead.passages)]
        sentences += [ComposedSentence(quoted(passage, self._library), (passage,)) for passage in passages]
        if selected.missing:
            sentences.append(ComposedSentence(reply("partly_missing", missing="、".join(selected.missing))))
        short = lead.short if len(parts) == 1 else None
        return Composition(tuple(sentences), short, lead.correction, selected.missing, selected.confidence)

    def _contradicted(self, part: SubQuestion, standard: str, main: Passage) -> Contradicted | None:
        """What `main` says instead, where the whole message takes something else for granted."""
        model = self._model
        found = premise_features(part, standard, (main,), model.direction, model.words)
        if model.chance(found) < model.floor:
            return None
        claim = nearest_false(part, (main,))
        return Contradicted(claim.claim.value if claim else "")

    def _by_authority(self, passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
        """What answers best first, then what other documents say, higher law before lower."""
        main = passages[0].document_id

        def rank(passage: Passage) -> tuple[bool, int]:
            view = self._library.get(passage.document_id, passage.document_version)
            authority = view.document.authority if view else None
            return passage.document_id != main, _FORCE.index(authority) if authority else len(_FORCE)

        return tuple(sorted(passages, key=rank))


def quoted(passage: Passage, library: Library) -> str:
    """The quotation; where several documents are loaded, led by which one it is, and of what force."""
    quotation = f"「{squeeze(passage.text)}」"
    view = library.get(passage.document_id, passage.document_version)
    if view is None or len(library.ids()) == 1:
        return quotation
    document = view.document
    kinds = [reply(f"authority_{document.authority}")] if document.authority else []
    if len(library.versions(document.id)) > 1:
        kinds.append(reply("version", version=document.version))
    remark = f"（{'，'.join(kinds)}）" if kinds else ""
    return f"《{document.title}》{remark}{passage.label}：{quotation}"
