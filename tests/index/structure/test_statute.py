"""The grammar of statutes: addresses, labels, what is a heading and what is not."""

import gzip
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.readers.document import read_document
from index.schema import Clause
from index.structure.outline import has_outline, parse_outline
from index.text.folding import fold_text, shown, squeeze
from index.text.numerals import chinese_numeral, numeral

SHARED = Path(__file__).resolve().parents[4] / "shared"
LIBRARY = SHARED / "corpus" / "library"
ARTICLES = SHARED / "bench" / "statutes" / "articles.jsonl.gz"
OTHER_VERSIONS = {"国家通用语言文字法(2000-10-31)", "学位条例(2004-08-28)"}
needs_library = pytest.mark.skipif(not LIBRARY.is_dir(), reason="the library of statutes is not here")

LAW = """市图书条例
（2010年7月30日某市第三届人民代表大会常务委员会第十八次会议通过　根据2015年3月1日某市
第四届人民代表大会常务委员会第二次会议《关于修改〈市图书条例〉的决定》修正）
目 录
第一章　总 则
第二章　借阅
第一节　借书
第一章　总 则
第一条　为了读书，制定本条例。
第 二 条 本条例所称图书，包括：
（一）纸书；
（二）下列电子书：
1.文字书；
2.有声书。
前款第（二）项的范围由市政府定。
第二章　借阅
第一节　借书
第三条　违反
第二条第一款规定的，不得借书。
第三条之一　借书不收费。
第五条　第四条已经删去。
附 则
第六条　本条例自2016年1月1日起施行。《市图书办法》同时废止。
"""


def clauses_of(text: str) -> dict[str, Clause]:
    return {clause.address: clause for clause in parse_outline(text).clauses}


def addresses(text: str) -> list[str]:
    return [clause.address for clause in parse_outline(text).clauses]


def given_back(text: str, clauses: tuple[Clause, ...]) -> str:
    return squeeze("".join(c.heading + "".join(text[a:b] for a, b in c.own) for c in clauses))


def test_a_statute_has_exactly_these_addresses() -> None:
    assert addresses(LAW) == [
        *("title", "record", "contents", "ch1", "art1", "art2", "art2.p1", "art2.p1.i1", "art2.p1.i2"),
        *(
            "art2.p1.i2.1",
            "art2.p1.i2.2",
            "art2.p2",
            "ch2",
            "ch2.s1",
            "art3",
            "art3-1",
            "art5",
            "ch3",
            "art6",
        ),
    ]


@pytest.mark.parametrize(
    ("address", "label", "path"),
    [
        ("ch2.s1", "第二章第一节", ("第二章 借阅", "第一节 借书")),
        ("art2.p1.i2", "第二条第一款第（二）项", ("第一章 总则", "第二条")),
        ("art2.p1.i2.1", "第二条第一款第（二）项第1目", ("第一章 总则", "第二条")),
        ("art3-1", "第三条之一", ("第二章 借阅", "第一节 借书", "第三条之一")),
        ("ch3", "附则", ("附则",)),
    ],
)
def test_labels_and_paths(address: str, label: str, path: tuple[str, ...]) -> None:
    clause = clauses_of(LAW)[address]
    assert clause.label == label
    assert tuple(squeeze(part) for part in clause.path) == tuple(squeeze(part) for part in path)


def test_every_character_is_in_a_heading_or_in_own_text() -> None:
    assert given_back(LAW, parse_outline(LAW).clauses) == squeeze(LAW)


def test_a_line_that_begins_with_a_reference_is_no_article() -> None:
    own = clauses_of(LAW)["art3"].own
    assert squeeze("".join(LAW[a:b] for a, b in own)) == "违反第二条第一款规定的，不得借书。"


def test_an_article_with_one_paragraph_leaves_it_out() -> None:
    text = "办法\n第一条 分为：\n（一）甲；\n（二）乙。\n第二条 施行。"
    assert addresses(text) == ["title", "art1", "art1.i1", "art1.i2", "art2"]


def test_numbers_over_a_thousand_run_on() -> None:
    text = "大法典\n" + "".join(f"第{chinese_numeral(n)}条 文{n}。\n" for n in range(1, 1261))
    assert addresses(text) == ["title", *(f"art{n}" for n in range(1, 1261))]


def test_books_prefix_their_chapters() -> None:
    text = "法典\n第一编 总则\n第一章 甲\n第一条 文。\n第二编 物权\n第一分编 通则\n第一章 乙\n第二条 文。\n"
    assert addresses(text) == ["title", "bk1", "bk1.ch1", "art1", "bk2", "bk2.pt1", "bk2.pt1.ch1", "art2"]


def test_an_order_before_a_statute_is_its_record() -> None:
    text = (
        "某省人民政府令\n第12号\n《甲办法》已经通过，现予公布。\n省长 某某\n2020年5月1日\n"
        "甲办法\n第一条 一。\n第二条 二。"
    )
    assert addresses(text) == ["record", "title", "art1", "art2"]


def test_appendices_have_outlines_of_their_own() -> None:
    text = (
        "关于印发办法的通知\n各区县：\n现印发给你们。\n附件：甲办法\n某市教育委员会\n2020年5月1日\n"
        "附件1\n甲办法\n第一条 一。\n第二条 二。\n附件2\n乙方案\n一、目标\n（一）先做。\n"
    )
    assert addresses(text) == [
        *("title", "p1", "p2", "enclosures", "signature", "appendix1", "appendix1.title"),
        *("appendix1.art1", "appendix1.art2", "appendix2", "appendix2.title", "appendix2.1", "appendix2.1.1"),
    ]


def test_levels_nested_the_other_way_follow_their_numbers() -> None:
    text = "通知\n（1）甲。\n1.子。\n2.丑。\n（2）乙。\n1.寅。\n（3）丙。"
    assert addresses(text) == ["title", "1", "1.1", "1.2", "2", "2.1", "3"]


def test_a_text_without_structure_says_so() -> None:
    assert not has_outline(parse_outline("通知\n今天放假。\n明天上课。").clauses)
    assert has_outline(parse_outline(LAW).clauses)


LINES = st.sampled_from(
    [
        *LAW.split("\n"),
        "附件",
        "附件：甲",
        "2020年5月1日",
        "1.甲",
        "（1）乙",
        "①丙",
        "第三章",
        "一、丁",
        "目录",
        "",
    ]
)


@given(st.lists(LINES, max_size=40).map("\n".join))
def test_any_mixture_keeps_its_characters_and_has_sound_spans(text: str) -> None:
    clauses = parse_outline(text).clauses
    assert given_back(text, clauses) == squeeze(text)
    found = {clause.address: clause for clause in clauses}
    assert len(found) == len(clauses)
    for clause in clauses:
        assert 0 <= clause.start <= clause.heading_end <= clause.end <= len(text)
        if clause.parent:
            assert found[clause.parent].start <= clause.start
            assert clause.end <= found[clause.parent].end


@needs_library
@pytest.mark.parametrize("path", sorted(LIBRARY.glob("*.md")), ids=lambda path: path.stem)
def test_the_library_loses_no_character(path: Path) -> None:
    document = read_document(path.read_bytes(), path.name, {})
    assert document.text == path.read_text(encoding="utf-8")
    text = shown(document.text, document.markup)
    assert given_back(text, parse_outline(text).clauses) == squeeze(text)
    marks = "".join(document.text[start:end] for start, end in document.markup)
    assert re.fullmatch(r"(?:#+|<!-- INFO END -->|\s)*", marks)


@needs_library
@pytest.mark.skipif(not ARTICLES.is_file(), reason="the benchmark of statutes is not here")
def test_articles_equal_those_of_the_benchmark() -> None:
    laws: dict[str, dict[str, str]] = {}
    with gzip.open(ARTICLES, "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            laws.setdefault(row["law"], {})[row["article"]] = row["text"]
    newest = {path.stem.partition("(")[0]: path for path in sorted(LIBRARY.glob("*.md"))}
    compared = equal = 0
    for law, path in newest.items():
        if path.stem in OTHER_VERSIONS or law not in laws:
            continue
        document = read_document(path.read_bytes(), path.name, {})
        text = shown(document.text, document.markup)
        found = clauses_of(text)
        for article, wanted in laws[law].items():
            number, _, inserted = article.removeprefix("第").partition("条")
            name = f"art{numeral(number)}" + (f"-{numeral(inserted[1:])}" if inserted else "")
            compared += 1
            if clause := found.get(name):
                equal += fold_text(text[clause.heading_end : clause.end]) == fold_text(wanted)
    assert compared > 800
    assert equal / compared >= 0.995
