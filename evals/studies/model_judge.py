"""A language model as judge of support, with how far it agrees with what is known of the pairs.

It decides nothing in the project: a judge's own figures say whether it may be believed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.llm.client import ChatModel
from evals.rows.corruptions import Pair
from prompts import Prompt, load_prompt


@dataclass(frozen=True, slots=True)
class Agreement:
    """Over `count` judged pairs: share judged rightly, Cohen's kappa (1960), share of corrupted pairs caught
    and of true ones flagged; `unclear` replies count as flagged."""

    count: int
    right: float
    kappa: float
    caught: float
    falsely: float
    unclear: int

    def __str__(self) -> str:
        return (
            f"{self.count} pairs: right {self.right:.3f}, kappa {self.kappa:.3f}, corrupted caught "
            f"{self.caught:.3f}, true flagged {self.falsely:.3f}, unclear replies {self.unclear}"
        )


class Judge:
    """Asks one model about one pair at a time."""

    def __init__(self, model: ChatModel, prompt: Prompt | None = None) -> None:
        self._model = model
        self._prompt = prompt or load_prompt("judge")

    def supports(self, pair: Pair) -> bool | None:
        """What the model says; None where it says neither. Raises ModelFault."""
        messages = [
            ("system", self._prompt.text("instructions")),
            ("human", self._prompt.text("example_task")),
            ("ai", self._prompt.text("example_reply")),
            ("human", self._prompt.text("task", quotes="；".join(pair.quotes), sentence=pair.sentence)),
        ]
        said = "".join(self._model.lines(messages, self._model.deadline()))
        if "不支持" in said:
            return False
        return True if "支持" in said else None


def judge(model: ChatModel, pairs: Sequence[Pair], on_done: Callable[[], object] = lambda: None) -> Agreement:
    """Judge every pair. Raises ModelFault."""
    judged = []
    asking = Judge(model)
    for pair in pairs:
        judged.append(asking.supports(pair))
        on_done()
    return agreement([pair.supported for pair in pairs], judged)


def agreement(known: Sequence[bool], judged: Sequence[bool | None]) -> Agreement:
    """How far judgements agree with what is known; not empty, and with pairs of both kinds."""
    said = [each is True for each in judged]
    count = len(known)
    right = sum(k == s for k, s in zip(known, said, strict=True)) / count
    true, yes = sum(known) / count, sum(said) / count
    chance = true * yes + (1 - true) * (1 - yes)
    corrupted = [not s for k, s in zip(known, said, strict=True) if not k]
    sound = [not s for k, s in zip(known, said, strict=True) if k]
    return Agreement(
        count,
        right,
        (right - chance) / (1 - chance) if chance < 1 else 0.0,
        sum(corrupted) / len(corrupted),
        sum(sound) / len(sound),
        sum(each is None for each in judged),
    )
