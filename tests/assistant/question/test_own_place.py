"""The own place is taken out of what is searched, unless it is part of a name that the documents hold."""

import pytest

from assistant.question.own_place import OwnPlaces

OWN = OwnPlaces(("50",), "重庆科学城的泳池免费开放")


@pytest.mark.parametrize(
    ("text", "searched"),
    [
        ("重庆的泳池几点开", "泳池几点开"),
        ("万州泳池几点开", "泳池几点开"),
        ("重庆科学城泳池几点开", "重庆科学城泳池几点开"),
        ("成都的泳池几点开", "成都的泳池几点开"),
        ("泳池几点开", "泳池几点开"),
        ("", ""),
    ],
)
def test_the_own_place_is_not_searched(text: str, searched: str) -> None:
    assert OWN.without(text) == searched


def test_without_places_nothing_changes() -> None:
    assert OwnPlaces().without("重庆的泳池几点开") == "重庆的泳池几点开"
