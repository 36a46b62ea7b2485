import pytest

from index.text.check_digits import are_times, is_identity_card, is_luhn


def test_the_check_digits_are_those_of_the_standards() -> None:
    assert is_identity_card("11010519491231002X")  # the example of GB 11643
    assert not is_identity_card("110105194913310028")
    assert not is_identity_card("990105194912310021")
    assert is_luhn("4111111111111111")
    assert not is_luhn("4111111111111112")


@pytest.mark.parametrize(
    ("digits", "groups", "times"),
    [
        ("20202022", "4 4", True),
        ("202120221", "4 4 1", True),
        ("20201022", "4 2 2", True),
        ("2021920228", "4 1 4 1", True),
        ("20202022", "8", False),
        ("20206789", "4 4", False),
        ("67892022", "4 4", False),
        ("20204567", "4 2 2", False),
        ("2020121X", "4 2 2", False),
        ("20201234567", "4 3 4", False),
    ],
)
def test_groups_that_are_years_months_and_days_are_a_time(digits: str, groups: str, times: bool) -> None:
    assert are_times(digits, groups) == times
