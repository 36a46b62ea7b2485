from index.structure.contents import contents_in
from index.structure.tree import lines_of


def found(text: str) -> range:
    return contents_in(list(lines_of(text)))


def test_a_table_of_contents_ends_where_its_first_entry_comes_again() -> None:
    text = "读书办法\n目　录\n第一章 总则……1\n第二章 借阅……3\n第一章　总则\n第一条 甲。\n"
    assert found(text) == range(1, 4)
    assert not found("目录\n第一章 总则\n第二章 借阅")  # no entry comes again
    assert not found("目录")


def test_contents_need_no_heading_where_they_list_headings_alone() -> None:
    listed = "第一章 总则\n第二章 借阅\n第三章 附则\n"
    text = f"读书办法\n{listed}第一章 总则\n第一条 甲。\n第二章 借阅\n第二条 乙。\n"
    assert found(text) == range(1, 4)
    assert not found("第一编 总则\n第一章 目的\n第一条 甲。\n第二章 借阅\n第二条 乙。")


def test_contents_swallow_no_sentences() -> None:
    assert not found("目录\n工作要求\n一、甲\n好。\n工作要求\n二、乙\n好。")


def test_white_space_takes_no_time() -> None:
    assert not found("第一章 总则" + " " * 20_000 + "1" + " " * 20_000 + "甲\n第二章 乙\n第三章 丙\n丁")
