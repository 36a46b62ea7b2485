"""What of a document as a whole is asked, by chances that the test sets."""

import pytest

from assistant.question.document_topics import document_chance, document_topics


@pytest.mark.parametrize(
    ("chances", "expected"),
    [
        ({"document_validity": 0.3, "document_dates": 0.3, "policy": 0.4}, 0.6),
        ({"document_validity": 0.3, "about_dates": 0.5, "policy": 0.2}, 0.6),  # the assistant left aside
        ({"about_dates": 1.0, "about_reach": 0.0, "policy": 0.0}, 0.0),
        ({"about_dates": 0.7, "about_reach": 0.3 + 1e-16, "document_dates": 0.0}, 0.0),
    ],
)
def test_the_chance_leaves_the_assistant_itself_aside(chances: dict[str, float], expected: float) -> None:
    assert document_chance(chances) == pytest.approx(expected)


def test_topics_that_are_hardly_less_likely_are_asked_as_well() -> None:
    chances = {"document_place": 0.4, "document_validity": 0.2, "document_dates": 0.19}
    assert document_topics(chances) == ("validity", "place")
