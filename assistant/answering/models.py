"""Small trained parameters: in which order what was read answers and whether it does, and whether the text
excludes a statement.

All are linear models, fitted by `policy-qa eval calibrate` and kept as JSON in `assistant/data`.
"""

from dataclasses import dataclass
from functools import lru_cache

from assistant.answering.confidence import ConfidenceModel
from assistant.answering.contradiction import ContradictionModel
from assistant.answering.decision import DecisionModel
from assistant.answering.read import Order
from assistant.errors import ReaderUnusable
from assistant.fitted import DATA
from assistant.reading.reader import Reader
from index.encoder.fitted import read_fitted


@dataclass(frozen=True, slots=True)
class ReadingModel:
    """What was fitted on top of the reader."""

    order: Order
    decision: DecisionModel
    topic: DecisionModel
    """The same for messages that only name a thing."""


def reading_model(reader: Reader) -> ReadingModel:
    """The fitted order and decision. Raises ReaderUnusable where they were fitted for another reader."""
    data, topics = read_fitted(DATA / "reading.json"), read_fitted(DATA / "topics.json")
    if {data["reader"], topics["reader"]} != {reader.identifier}:
        raise ReaderUnusable("阅读模型的文件属于另一个版本，请重新安装本程序。")
    decision, topic = (DecisionModel(each["weights"], each["bias"], each["floor"]) for each in (data, topics))
    return ReadingModel(Order(**data["order"]), decision, topic)


@lru_cache(maxsize=1)
def contradiction_model() -> ContradictionModel:
    """The fitted model of what contradicts a statement."""
    data = read_fitted(DATA / "contradiction.json")
    return ContradictionModel(data["weights"], data["bias"], data["floor"])


@lru_cache(maxsize=1)
def confidence_model() -> ConfidenceModel:
    """The fitted confidence model."""
    data = read_fitted(DATA / "confidence.json")
    return ConfidenceModel({outcome: tuple(weights) for outcome, weights in data.items()})
