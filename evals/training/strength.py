"""The grades of evidence: from which confidence on how many answers are right.

Asked are the twins for validation (`evals/datasets/twins`, V1 over the plan, V2 over statutes), of which
nearly half are near-misses that the text does not answer: people ask easier things, so the shares are on the
careful side. An answer is right when the row is answerable and its first citation lies in the clause that
answers. `policy-qa eval calibrate strength` writes `assistant/data/strength.json`.
"""

from collections.abc import Sequence

from assistant.service import Assistant
from evals.rows.reading_rows import PLAN, TWINS, Label, read_rows
from evals.runs.twins import Twins
from evals.training.fitting import ASSISTANT_DATA, Origin, digest_of

STRONG = 0.9
"""Share of right answers at and above the first grade's limit."""
FAIR = 0.5
"""The same between the second grade's limit and the first's: more often right than not."""
_VALIDATION = ("V1", "V2")
Judged = tuple[float, bool]
"""An answer's confidence, and whether it is right."""


def fit_strength(plan: Assistant, statutes: Assistant | None) -> dict[str, float]:
    """Write the two limits and what was observed in each grade; `statutes` is the assistant over plan and
    statutes, whose rows are left out where it is None."""
    judged: list[Judged] = []
    asked = {PLAN: Twins(plan)}
    rows = [row for row in read_rows(TWINS) if row.author in _VALIDATION]
    for row in rows:
        if row.label is Label.FALSE_PREMISE or (row.document != PLAN and statutes is None):
            continue
        if (name := PLAN if row.document == PLAN else "library") not in asked and statutes is not None:
            asked[name] = Twins(statutes)
        outcome = asked[name].ask(row)
        if not outcome.refused:
            judged.append((outcome.confidence, row.label is Label.ANSWERABLE and outcome.right_first))
    strong = limit(judged, STRONG)
    fair = limit([one for one in judged if one[0] < strong], FAIR)
    limits = {"strong": strong, "fair": fair}
    observed = {
        "strong": _count([right for chance, right in judged if chance >= strong]),
        "fair": _count([right for chance, right in judged if fair <= chance < strong]),
        "weak": _count([right for chance, right in judged if chance < fair]),
    }
    files = [TWINS / f"{author}.jsonl" for author in _VALIDATION]
    origin = Origin(plan.searcher.embedder, digest_of(files))
    origin.write(ASSISTANT_DATA / "strength.json", {"limits": limits, "observed": observed})
    return {**limits, **{name: right / max(of, 1) for name, (right, of) in observed.items()}}


def limit(judged: Sequence[Judged], share: float) -> float:
    """The lowest confidence, in hundredths, from which on at least `share` of the answers are right; 1 where
    there is none."""
    for hundredth in range(101):
        right = [was_right for chance, was_right in judged if chance >= hundredth / 100]
        if right and sum(right) >= share * len(right):
            return hundredth / 100
    return 1.0


def _count(right: Sequence[bool]) -> list[int]:
    return [sum(right), len(right)]
