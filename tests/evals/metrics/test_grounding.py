"""ALCE's citation recall and precision, by hand."""

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from assistant.schema import Answer, Sentence, Status
from evals.metrics.grounding import citation_precision, citation_recall
from tests.evals.metrics.test_answers import answer, cite

if TYPE_CHECKING:
    from collections.abc import Sequence


def holds_all(sentence: str, quotes: "Sequence[str]") -> bool:
    """A toy of support: every character of the sentence stands in the quotations."""
    return set(sentence) <= set("".join(quotes))


def made(*sentences: Sentence, quotes: tuple[str, ...] = ("甲", "乙", "丙")) -> Answer:
    cited = tuple(replace(cite("1", quote), marker=n) for n, quote in enumerate(quotes, start=1))
    return replace(answer("", *cited), sentences=sentences)


def test_recall_is_the_share_of_supported_sentences() -> None:
    found = made(Sentence("甲", (1,)), Sentence("甲乙", (1, 2)), Sentence("丁", (1, 2, 3)), Sentence("甲"))
    assert citation_recall(found, holds_all) == 0.5


def test_a_citation_that_is_not_needed_is_not_precise() -> None:
    # both of the first are needed; of the second 1 suffices and 3 is padding; the third is not supported
    found = made(Sentence("甲乙", (1, 2)), Sentence("甲", (1, 3)), Sentence("丁", (2,)))
    assert citation_precision(found, holds_all) == 3 / 5


def test_refusals_have_neither() -> None:
    refused = replace(made(Sentence("甲", (1,))), status=Status.NOT_COVERED)
    assert citation_recall(refused, holds_all) is citation_precision(refused, holds_all) is None
    assert citation_precision(made(Sentence("甲")), holds_all) is None


@given(
    st.lists(st.tuples(st.text("甲乙丙丁", min_size=1), st.sets(st.integers(1, 4))), min_size=1, max_size=6)
)
def test_both_are_shares_and_without_recall_there_is_no_precision(said: list[tuple[str, set[int]]]) -> None:
    found = made(*(Sentence(text, tuple(sorted(markers))) for text, markers in said))
    recall, precision = citation_recall(found, holds_all), citation_precision(found, holds_all)
    assert recall is not None
    assert 0 <= recall <= 1
    assert precision is None or 0 <= precision <= 1
    if recall == 0:
        assert not precision
