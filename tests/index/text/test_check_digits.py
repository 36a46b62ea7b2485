from index.text.check_digits import is_identity_card, is_luhn


def test_the_check_digits_are_those_of_the_standards() -> None:
    assert is_identity_card("11010519491231002X")  # the example of GB 11643
    assert not is_identity_card("110105194913310028")
    assert not is_identity_card("990105194912310021")
    assert is_luhn("4111111111111111")
    assert not is_luhn("4111111111111112")
