from collections.abc import Iterator, Sequence

from index.readers.pdf_layout import Page, Paragraph, paragraphs, without_margins
from index.readers.pdf_rows import Box, TextLine, rows

HEIGHT, EM, LEFT, PITCH = 800.0, 10.0, 50.0, 16.0
WIDTH = 20
"""Characters on a full line."""


def boxes(text: str, left: float = LEFT, top: float = 700.0, size: float = EM) -> Iterator[Box]:
    """The characters of one line, each a square."""
    for at, char in enumerate(text):
        yield Box(char, left + at * size, left + (at + 1) * size, top - size, top)


def line(text: str, number: float = 0, indent: float = 0, em: float = EM) -> TextLine:
    """A line `number` pitches below the first, `indent` characters from the left edge."""
    left = LEFT + indent * EM
    return TextLine(text, left, left + len(text) * em, 700 - number * PITCH, em, HEIGHT)


def texts(*page: TextLine) -> list[str]:
    found = paragraphs([list(page)])
    return [block.text for block in found if isinstance(block, Paragraph)]


def shown(pages: Sequence[Page]) -> list[list[str]]:
    return [[row.text for row in page if isinstance(row, TextLine)] for page in pages]


def test_characters_make_lines_from_top_to_bottom() -> None:
    found = rows([*boxes("后一行", top=600), *boxes(" 前一 行 ", top=700)], HEIGHT)
    assert [row.text for row in found] == ["前一 行", "后一行"]
    assert (found[0].left, found[0].right) == (LEFT + EM, LEFT + 5 * EM)  # without the white space
    assert (found[0].middle, found[0].em, found[0].height) == (695, EM, HEIGHT)


def test_pieces_of_one_line_are_joined_where_they_stand_beside_each_other() -> None:
    pieces = [*boxes("借期"), *boxes("另一行", top=600), *boxes("三十天", left=LEFT + 2 * EM)]
    assert [row.text for row in rows(pieces, HEIGHT)] == ["借期三十天", "另一行"]
    columns = [*boxes("右栏", left=300), *boxes("另一行", top=600), *boxes("左栏")]
    assert [row.text for row in rows(columns, HEIGHT)] == ["右栏", "左栏", "另一行"]  # the file's order


def test_nothing_visible_is_no_line() -> None:
    assert rows([], HEIGHT) == []
    assert rows(boxes("  "), HEIGHT) == []
    assert paragraphs([]) == paragraphs([[], []]) == []


def test_running_heads_and_page_numbers_go() -> None:
    bodies = [[f"{word}的第{place}行。" for place in "一二三"] for word in ("开放", "借阅", "归还", "遗失")]
    pages = [
        [
            line("社区读书办法", -3),
            *(line(text, at) for at, text in enumerate(body)),
            TextLine(f"— {number} —", 200, 240, 40, EM, HEIGHT),
        ]
        for number, body in enumerate(bodies, start=1)
    ]
    assert shown(without_margins(pages)) == bodies
    kept = without_margins(pages[:2])  # two pages are too few to tell a running head
    assert [page[0] for page in shown(kept)] == ["社区读书办法", "社区读书办法"]


def test_a_number_alone_goes_only_near_the_edge() -> None:
    low, middle = TextLine("12", 200, 220, 40, EM, HEIGHT), TextLine("12", 200, 220, 400, EM, HEIGHT)
    assert without_margins([[line("正文"), middle, low]]) == [[line("正文"), middle]]
    first = TextLine("第３页 共12页", 200, 220, 780, EM, HEIGHT)
    assert without_margins([[first, line("正文")]]) == [[line("正文")]]


def test_an_indent_begins_a_paragraph() -> None:
    full = "借" * WIDTH
    assert texts(
        line("社区读书办法", 0, indent=7),
        line(full[2:], 1, indent=2),
        line(full, 2),
        line("书证。", 3),
        line(full[2:], 4, indent=2),
        line("还书。", 5),
    ) == ["社区读书办法", f"{full[2:]}{full}书证。", f"{full[2:]}还书。"]


def test_a_gap_or_another_size_begins_a_paragraph() -> None:
    full = "借" * WIDTH
    assert texts(line(full, 0), line(full, 1), line(full, 2), line(full, 4)) == [full * 3, full]
    assert texts(line(full[:10], 0, em=2 * EM), line(full, 1), line(full, 2)) == [full[:10], full * 2]


def test_an_article_begins_a_paragraph_after_a_finished_line() -> None:
    full = "借" * WIDTH
    ended = f"{full[:-1]}。"
    assert texts(line(ended, 0), line("第二条 借期", 1))[1:] == ["第二条 借期"]
    assert texts(line(full, 0), line("第二条规定的期限", 1)) == [f"{full}第二条规定的期限"]


def test_latin_words_are_parted_where_a_line_breaks() -> None:
    latin = "借" * (WIDTH - 4) + "read"
    assert texts(line(latin, 0), line("books借书", 1)) == [f"{latin} books借书"]


def test_a_number_that_a_line_breaks_stays_one() -> None:
    assert texts(line("借" * (WIDTH - 1) + "2", 0), line("00元", 1)) == [f"{'借' * (WIDTH - 1)}200元"]


def test_a_line_that_ends_early_ends_its_paragraph_also_among_indented_ones() -> None:
    full = "借" * WIDTH
    first = [line(full[2:], 0, indent=2), line(full, 1), line("书。", 2)]
    assert texts(*first, line("某区图书馆", 3), line("2024年3月", 4))[1:] == ["某区图书馆", "2024年3月"]


def test_a_page_begins_inside_the_paragraph_that_runs_over_it() -> None:
    full = "借" * WIDTH
    pages = [[line(full, 0), line(full, 1)], [], [line(full, 0), line("书。", 1)]]
    assert paragraphs(pages) == [(f"{full * 3}书。", [(0, 0), (2, 2 * WIDTH)])]
    latin = "借" * (WIDTH - 4) + "read"
    assert paragraphs([[line(latin)], [line("books")]]) == [(f"{latin} books", [(0, 0), (1, WIDTH + 1)])]
