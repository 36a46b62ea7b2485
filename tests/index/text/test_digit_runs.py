from index.text.digit_runs import digit_runs
from index.text.plain_writing import HIDDEN, plain_writing


def runs(text: str) -> list[str]:
    return [run.digits for run in digit_runs(plain_writing(text).text)]


def test_every_writing_of_a_digit_is_read() -> None:
    assert runs("１３8 一三捌 ①③⑧ 1o8") == ["138138138108"]


def test_words_and_ends_of_sentences_part_runs() -> None:
    assert runs("138元，139。140") == ["138", "139", "140"]


def test_a_run_knows_its_groups_and_where_numbers_may_end() -> None:
    (run,) = digit_runs("138 1234-5678")
    assert run.groups(0, 11) == "3 4 4"
    assert run.between(0, 11) == {" ", "-"}
    assert [at for at in range(1, 12) if run.ends(at)] == [3, 7, 11]
    (spelled,) = digit_runs("一三八一")
    assert all(spelled.ends(at) for at in range(1, 5))


def test_spelled_digits_belong_to_others_by_twos() -> None:
    (mixed,) = digit_runs("138一二三四5678")
    assert mixed.is_one(0, 11)
    (word,) = digit_runs("1381234567一")
    assert not word.is_one(0, 11)


def test_what_is_hidden_parts_runs() -> None:
    assert [run.digits for run in digit_runs(f"138{HIDDEN}1234")] == ["138", "1234"]
