import pytest

from index.readers.pdf_rows import Box, join, rows

EM = 10.0


def line(*pieces: str, gap: float = 0.0, between: float = 0.0) -> str:
    """The text of a line of square letters; `gap` ems stand between pieces, `between` ems between letters."""
    boxes, x = [], 0.0
    for piece in pieces:
        for char in piece:
            boxes.append(Box(char, x, x + EM, 0, EM))
            x += EM * (1 + between)
        x += gap * EM
    return rows(boxes, 800)[0].text


def test_a_gap_between_chinese_characters_stands_for_the_space_that_was_not_written() -> None:
    assert line("第一条", "居民免费办理", gap=0.25) == "第一条 居民免费办理"
    assert line("第一条", "居民免费办理", gap=0.1) == "第一条居民免费办理"
    assert line("第一条", "居民免费办理", gap=0.1, between=0.3) == "第一条居民免费办理"  # a spread line
    assert line("第一条", "居民免费办理", gap=0.5, between=0.3) == "第一条 居民免费办理"


@pytest.mark.parametrize("pieces", [("人均2", "00元"), ("共", "200元"), ("使用", "App"), ("办理。", "居民")])
def test_a_gap_beside_digits_letters_and_signs_is_none(pieces: tuple[str, str]) -> None:
    assert line(*pieces, gap=1.0) == "".join(pieces)


def test_lines_of_a_paragraph_are_joined_as_their_language_is_written() -> None:
    assert join("借", "书") == join("借2", "书") == join("2", "00") == ""
    assert join("read", "books") == join("GB", "18030") == " "
