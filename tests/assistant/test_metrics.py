"""What is counted; the counters are the process's own, so that only differences are looked at."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from assistant import metrics
from assistant.schema import Answer, Answerer, Citation, Status
from index.schema import Validity

PRIVATE = "我家住河湾镇三号"


def values() -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample by name and labels."""
    families = text_string_to_metric_families(metrics.exposition().decode("utf-8"))
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def answer(status: Status = Status.ANSWERED, answerer: Answerer = Answerer.EXTRACTIVE) -> Answer:
    cited = Citation(
        1, "rules", PRIVATE, "1", Validity.IN_FORCE, "rules@1#1", "一、", (), PRIVATE, 0, 8, "/x", 1.0
    )
    return Answer(
        "ans_1", "cnv_1", status, PRIVATE, PRIVATE, answerer, 0.9, citations=(cited,),
        timings_ms={"试行": 30.0, "另一步": 2600.0},
    )  # fmt: skip


def test_an_answer_counts_once_under_its_status_and_writer() -> None:
    before = values()
    metrics.count(answer())
    metrics.count(answer(Status.BLOCKED, Answerer.LLM))
    after = values()
    for labels in (
        (("answerer", "extractive"), ("status", "answered")),
        (("answerer", "llm"), ("status", "blocked")),
    ):
        name = ("policy_qa_answers_total", labels)
        assert after[name] - before.get(name, 0) == 1


def test_the_time_of_each_step_is_counted_in_seconds() -> None:
    before = values()
    metrics.count(answer())
    after = values()

    def added(name: str, **labels: str) -> float:
        key = (f"policy_qa_step_seconds_{name}", tuple(sorted(labels.items())))
        return after[key] - before.get(key, 0)

    assert added("count", step="试行") == 1
    assert added("sum", step="试行") == pytest.approx(0.03)
    assert added("bucket", step="试行", le="0.025") == 0
    assert added("bucket", step="试行", le="0.05") == 1
    assert added("bucket", step="另一步", le="2.5") == 0
    assert added("sum", step="另一步") == pytest.approx(2.6)


def test_nothing_that_a_person_wrote_is_ever_in_it() -> None:
    metrics.count(answer())
    assert PRIVATE not in metrics.exposition().decode("utf-8")
    assert {name for (name, labels) in values() for label, _ in labels if label == "status"} == {
        "policy_qa_answers_total",
        "policy_qa_answers_created",
    }


def test_it_is_prometheus_text_with_every_counter_explained() -> None:
    assert metrics.CONTENT_TYPE.startswith("text/plain")
    text = metrics.exposition().decode("utf-8")
    for name in ("answers_total", "step_seconds", "model_calls_total", "model_seconds", "model_cache_total"):
        assert f"# HELP policy_qa_{name} " in text
