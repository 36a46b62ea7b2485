"""What kind of thing somebody asks for: the last asking clause decides."""

import pytest

from assistant.question.kinds import kind_asked
from assistant.question.patterns import Asked


@pytest.mark.parametrize(
    ("own", "kind"),
    [
        ("泳池门票多少钱？", Asked.NUMBER),
        ("泳池哪年建成？", Asked.DATE),
        ("可以带狗进泳池吗？", Asked.YES_NO),
        ("书丢了怎么办，要赔多少？", Asked.NUMBER),  # the last one
        ("要赔多少，书丢了怎么办？谢谢。", Asked.HOW),  # what asks nothing does not count
        ("听说每次借5本", Asked.OTHER),
        ("", Asked.OTHER),
    ],
)
def test_the_last_asking_clause_decides(own: str, kind: Asked) -> None:
    assert kind_asked(own) is kind
