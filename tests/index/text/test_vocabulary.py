"""The words of texts that name something."""

from dataclasses import dataclass

from index.text.vocabulary import vocabulary_of


@dataclass
class Text:
    text: str


def test_words_of_two_characters_or_more_are_held() -> None:
    found = vocabulary_of([Text("图书馆每天开放"), Text("泳池的门票")])
    assert {"图书馆", "开放", "泳池", "门票"} <= found
    assert all(len(word) > 1 for word in found)
    assert "的" not in found


def test_of_nothing_there_are_no_words() -> None:
    assert vocabulary_of([]) == frozenset()
    assert vocabulary_of([Text(""), Text("。，")]) == frozenset()
