"""What the process counts, for GET /metrics (Prometheus). No label ever holds what a person wrote."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from assistant.schema import Answer

CONTENT_TYPE = CONTENT_TYPE_LATEST
_registry = CollectorRegistry(auto_describe=True)
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0)

ANSWERS = Counter(
    "policy_qa_answers", "Answers given, by how they ended and who wrote them", ["status", "answerer"],
    registry=_registry,
)  # fmt: skip
STEP_SECONDS = Histogram(
    "policy_qa_step_seconds", "Time of each step", ["step"], registry=_registry, buckets=_SECONDS
)
MODEL_CALLS = Counter(
    "policy_qa_model_calls", "Calls of the chat model, by outcome", ["outcome"], registry=_registry
)
MODEL_SECONDS = Histogram(
    "policy_qa_model_seconds", "Time of a call of the chat model", registry=_registry, buckets=_SECONDS
)
MODEL_TOKENS = Counter(
    "policy_qa_model_tokens", "Tokens that the chat model counted", ["kind"], registry=_registry
)
MODEL_SENTENCES = Counter(
    "policy_qa_model_sentences", "Sentences that the chat model wrote, by what was found", ["outcome"],
    registry=_registry,
)  # fmt: skip
MODEL_VERDICTS = Counter(
    "policy_qa_model_verdicts", "What the chat model says of the passages", ["verdict"], registry=_registry
)
MODEL_CACHE = Counter(
    "policy_qa_model_cache", "Questions looked up in the cache of written answers", ["outcome"],
    registry=_registry,
)  # fmt: skip

ANSWER_CACHE = Counter(
    "policy_qa_answer_cache", "Questions looked up among the answers that are kept", ["outcome"],
    registry=_registry,
)  # fmt: skip
PAUSED = Gauge(
    "policy_qa_paused", "Processes that answer nothing, since a maintainer has stopped answering",
    registry=_registry,
)  # fmt: skip
WORK_REFUSED = Counter(
    "policy_qa_work_refused", "Calls refused because too many waited", ["lane"], registry=_registry
)
WORK_WAITING = Gauge("policy_qa_work_waiting", "Calls that wait for their turn", ["lane"], registry=_registry)


def count(answer: Answer) -> None:
    """One answer given."""
    ANSWERS.labels(status=answer.status.value, answerer=answer.answerer.value).inc()
    for step, milliseconds in answer.timings_ms.items():
        STEP_SECONDS.labels(step=step).observe(milliseconds / 1000)


def exposition() -> bytes:
    """All of it in the text format of Prometheus."""
    return generate_latest(_registry)
