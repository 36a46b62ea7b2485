"""Lay questions for a document that has none, written by the configured model (document expansion).

They only help to find passages; what an answer says and cites is the passage itself, so a bad question can
cost precision and never truth. One row a passage is appended as it comes, so that a run goes on where it
stopped.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from assistant.llm.client import ChatModel
from index.schema import Passage, PassageKind
from index.text.folding import fold_text, squeeze
from index.text.tokens import words
from prompts import load_prompt

_MOST = 4
"""Questions of a passage."""
_SHORTEST, _LONGEST = 5, 60
"""Code points of a question."""
_LEAST_PASSAGE = 12
"""Folded characters of a passage that says enough to be asked about."""
_LEADING = re.compile(r"^\s*(?:\d{1,2}[.、)）:：]|[-*•·]|问题?\d*[:：])\s*")


def expand(
    passages: Sequence[Passage],
    model: ChatModel,
    path: Path,
    on_done: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Write the questions of every passage of a document that has none yet to `path`; how many were written.

    Raises ModelFault when the model fails; the rows until then are kept. OSError where `path` cannot be
    written, ValueError where it holds something else.
    """
    asked = _asked_about(passages)
    rows = dict(_rows(path))
    # what fits two passages tells them apart from none; small models also repeat the example
    given = {fold_text(question) for questions in rows.values() for question in questions}
    given |= set(map(fold_text, load_prompt("expand").text("example_reply").split("\n")))
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with path.open("a", encoding="utf-8") as file:
        for at, passage in enumerate(asked):
            if passage.text not in rows:
                questions = _questions(passage, model, given)
                row = {"quote": passage.text, "questions": questions}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                file.flush()
                written += len(questions)
            on_done(at + 1, len(asked))
    return written


def _asked_about(passages: Sequence[Passage]) -> list[Passage]:
    """Sentences that say enough and stand only once: a row names its passage by its words."""
    views = Counter(fold_text(passage.text) for passage in passages)
    everything = "\n".join(fold_text(passage.text) for passage in passages)
    return [
        passage
        for passage in passages
        if passage.kind is not PassageKind.HEADING
        and len(view := fold_text(passage.text)) >= _LEAST_PASSAGE
        and views[view] == 1
        and everything.count(view) == 1
    ]


def _questions(passage: Passage, model: ChatModel, given: set[str]) -> list[str]:
    """The sound ones that are not `given` yet; they are then."""
    prompt = load_prompt("expand")
    messages = [
        ("system", prompt.text("instructions")),
        ("human", prompt.text("example_task")),
        ("ai", prompt.text("example_reply")),
        ("human", prompt.text("task", passage=squeeze(passage.text))),
    ]
    found: list[str] = []
    for line in model.lines(messages, model.deadline()):
        question = _LEADING.sub("", line).strip()
        if _is_sound(question, passage) and fold_text(question) not in given:
            given.add(fold_text(question))
            found.append(question)
        if len(found) == _MOST:
            break
    return found


def _is_sound(question: str, passage: Passage) -> bool:
    """A question, of a person's length, that is not the passage itself and states no number of its own."""
    view, held = fold_text(question), fold_text(passage.text)
    return (
        _SHORTEST <= len(question) <= _LONGEST
        and question.endswith(("？", "?"))
        and view.rstrip("?") not in held
        and set(re.findall(r"\d+", view)) <= set(re.findall(r"\d+", held))
        and len(words(question)) > 2
    )


def _rows(path: Path) -> Iterator[tuple[str, list[str]]]:
    if path.exists():
        *lines, cut_off = path.read_text(encoding="utf-8").split("\n")
        if cut_off:  # a run was killed while it wrote this one
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    row = json.loads(line)
                    yield str(row["quote"]), list(map(str, row["questions"]))
                except (ValueError, KeyError, TypeError) as error:
                    raise ValueError(f"{path.name}:{number}") from error
