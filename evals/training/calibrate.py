"""Fits the parameters of answers from data, reproducibly: `policy-qa eval calibrate answers`.

Reads development rows, the lay and open questions and the claims of the corpus (each asked with itself
left out) and the intent examples; never the test rows. Later fits use what earlier ones found, so the
order matters. Writes `index/data/fusion.json` and the parameters in `assistant/data` but for `support.json`.
"""

from collections.abc import Callable, Mapping

from evals.training.answerability import fit_answerability
from evals.training.confidence import fit_confidence
from evals.training.evidence import fit_evidence
from evals.training.fusion import fit_fusion
from evals.training.intent import fit_intent
from evals.training.premise import fit_premise
from evals.training.same_question import fit_open_name
from evals.training.samples import Samples
from index.library.library import Library
from index.search.searcher import Searcher

FITS: Mapping[str, Callable[[Samples], Mapping[str, float]]] = {
    "fusion": fit_fusion,
    "intent": fit_intent,
    "evidence": fit_evidence,
    "open_name": fit_open_name,
    "answerability": fit_answerability,
    "confidence": fit_confidence,
    "premise": fit_premise,
}


def calibrate(
    searcher: Searcher, library: Library, only: str | None = None
) -> dict[str, Mapping[str, float]]:
    """Fit and write all parameters, or those of one part; returns what was measured on the way."""
    samples = Samples(searcher, library)
    return {name: fit(samples) for name, fit in FITS.items() if only in (None, name)}
