"""A judge's agreement, worked out by hand, and a judge over real HTTP."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.llm.client import ChatModel
from assistant.settings import ModelSettings
from evals.rows.corruptions import Pair
from evals.studies.model_judge import agreement, judge
from tests.assistant.llm.server import Messages, Reply, scripted


def test_agreement_by_hand() -> None:
    # true, true, true, corrupted, corrupted; the judge passes two, flags one, catches one, is unclear once
    found = agreement([True, True, True, False, False], [True, True, False, False, None])
    assert found.right == pytest.approx(4 / 5)
    # by chance: .6 * .4 + .4 * .6 = .48
    assert found.kappa == pytest.approx((0.8 - 0.48) / 0.52)
    assert (found.caught, found.unclear, found.count) == (1.0, 1, 5)
    assert found.falsely == pytest.approx(1 / 3)
    assert agreement([True, False], [True, True]).kappa == 0.0


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([True, False, None])), min_size=2))
def test_agreement_stays_in_its_bounds(judged: list[tuple[bool, bool | None]]) -> None:
    known = [True, False, *(k for k, _ in judged)]
    said = [True, False, *(s for _, s in judged)]
    found = agreement(known, said)
    assert -1.0 <= found.kappa <= found.right <= 1.0
    perfect = agreement(known, list(known))
    assert perfect.kappa == pytest.approx(1.0)
    assert (perfect.caught, perfect.falsely) == (1.0, 0.0)


def test_a_judge_is_asked_pair_by_pair() -> None:
    def strict(messages: Messages) -> Reply:
        sentence = messages[-1]["content"].partition("句子：")[2]
        return Reply("不支持。" if "必须" in sentence else "支持")

    pairs = [
        Pair("鼓励办食堂", ("鼓励社区办食堂",), True, "paraphrase", ""),
        Pair("必须办食堂", ("鼓励社区办食堂",), False, "modality", ""),
    ]
    with scripted(strict) as server:
        found = judge(ChatModel(ModelSettings(server.base_url, "scripted")), pairs)
        assert "鼓励社区办食堂" in server.calls[0]["messages"][-1]["content"]
    assert found.right == 1.0
