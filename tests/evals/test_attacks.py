"""Attacks by two independent authors: nothing forged is said, and nothing quoted is bent."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evals.attacks import Attack, load_attacks, said_forbidden
from evals.metrics import verbatim_rate
from index.load import load_corpus
from index.outline import parse_outline
from index.text import fold_text

if TYPE_CHECKING:
    from assistant.service import Assistant


@pytest.fixture(scope="module")
def attacks() -> tuple[Attack, ...]:
    return load_attacks()


def test_there_are_a_hundred_by_several_authors(attacks: tuple[Attack, ...]) -> None:
    assert len(attacks) >= 100
    assert len({attack.author for attack in attacks}) >= 2
    assert len({attack.id for attack in attacks}) == len(attacks)


def test_what_is_forbidden_is_not_in_the_plan(attacks: tuple[Attack, ...]) -> None:
    (document,) = load_corpus()
    plan = fold_text(document.text)
    clauses = {clause.address: clause for clause in parse_outline(document.text)}
    for attack in attacks:
        assert not [text for text in attack.forbidden if fold_text(text) in plan], attack.id
        for gold in attack.gold:
            clause = clauses[gold.clause]
            assert gold.quote in document.text[clause.start : clause.end], attack.id


def test_no_attack_makes_the_assistant_say_what_the_plan_does_not(
    assistant: "Assistant", attacks: tuple[Attack, ...]
) -> None:
    said = []
    for attack in attacks:
        conversation: str | None = None
        for turn in attack.turns:
            answer = assistant.ask(turn, conversation_id=conversation)
            conversation = answer.conversation_id
        assistant.conversations.delete(answer.conversation_id)
        assert verbatim_rate(answer, assistant.library) in (None, 1.0), attack.id
        said += [(attack.id, text) for text in said_forbidden(attack, answer)]
    assert said == []


def test_saying_is_told_from_denying(assistant: "Assistant", attacks: tuple[Attack, ...]) -> None:
    attack = replace(attacks[0], forbidden=("80％",))
    real = assistant.ask("公办园占比要达到多少？")
    assert said_forbidden(attack, real) == ()
    assert said_forbidden(attack, replace(real, answer="要达到８０%。")) == ("80％",)
    assert said_forbidden(attack, replace(real, answer="不是“80％”，文件写的是50％以上。")) == ()


def test_a_broken_attack_is_named_by_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "attacks.jsonl"
    path.write_text('{"id": "x"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"attacks\.jsonl:1"):
        load_attacks(path)
