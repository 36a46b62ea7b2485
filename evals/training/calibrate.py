"""Fits the parameters of answers from data, reproducibly: `policy-qa eval calibrate answers`.

Reads development rows, the lay and open questions and the claims of the corpus (each asked with itself
left out), the intent examples and the messages that may be tuned on; never the test rows. Later fits use what
earlier ones found, so the order matters. Writes `index/data/fusion.json` and the parameters in
`assistant/data` but for `support.json`."""

from collections.abc import Callable, Mapping

from evals.training.asked import fit_asked
from evals.training.confidence import fit_confidence
from evals.training.decision import fit_decision
from evals.training.evidence import fit_evidence
from evals.training.fusion import fit_fusion
from evals.training.intent import fit_intent
from evals.training.jurisdiction import fit_jurisdiction
from evals.training.related import fit_related
from evals.training.samples import Samples
from evals.training.statements import fit_statements
from evals.training.topics import fit_topics
from index.library.library import Library
from index.search.open_index import OpenIndex

FITS: Mapping[str, Callable[[Samples], Mapping[str, float]]] = {
    "fusion": fit_fusion,
    "intent": fit_intent,
    "decision": fit_decision,
    "topics": fit_topics,
    "evidence": fit_evidence,
    "confidence": fit_confidence,
    "related": fit_related,
    "asked": fit_asked,
    "statements": fit_statements,
    "jurisdiction": fit_jurisdiction,
}


def calibrate(
    plan: OpenIndex,
    tables: OpenIndex,
    statutes: OpenIndex | None = None,
    only: str | None = None,
) -> dict[str, Mapping[str, float]]:
    """Fit and write all parameters, or those of one part; returns what was measured on the way. `tables`
    and `statutes` hold the plan as well; without statutes what is fitted on them is fitted on the rest."""
    both = Samples(statutes.searcher, Library(statutes.documents)) if statutes else None
    rows = Samples(tables.searcher, Library(tables.documents))
    samples = Samples(plan.searcher, Library(plan.documents), both, rows)
    return {name: fit(samples) for name, fit in FITS.items() if only in (None, name)}
