import pytest

from index.library.library import Library
from index.library.titles import Title, TitleIndex, parse_title
from index.schema import Document

TITLES = {
    "law": "中华人民共和国读书法",
    "pine": "松林市读书条例",
    "stone": "青石市读书条例",
    "plan": "松林市加快推进全民读书实施方案（2020—2022年）",
    "next": "松林市加快推进全民读书实施方案（2023—2025年）",
}


@pytest.fixture(scope="module")
def titles() -> TitleIndex:
    documents = [Document(i, "2020-01-01", title, "文", "", "a.txt") for i, title in TITLES.items()]
    return TitleIndex(Library(documents))


def title(core: str, years: str = "", version_years: str = "") -> Title:
    return Title(core, frozenset(years.split()), frozenset(version_years.split()))


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("《中华人民共和国读书法》", title("读书法")),
        ("讀書法", title("读书法")),
        ("读 书\n法", title("读书法")),
        ("读书法（试行）", title("读书法")),
        ("读书法（2022年修订）", title("读书法", "", "2022")),
        ("《读书法》（2022年修订）", title("读书法", "", "2022")),
        ("《读书法(２０２２年修订)》", title("读书法", "", "2022")),
        ("读书规划（2020—2022年）", title("读书规划", "2020 2022")),
        ("读书规划(2020-2022年)(2021年修订)", title("读书规划", "2020 2022", "2021")),
        ("", title("")),
        ("《》", title("")),
    ],
)
def test_a_title_is_taken_apart(written: str, parts: Title) -> None:
    assert parse_title(written) == parts


@pytest.mark.parametrize(
    ("written", "ids"),
    [
        ("读书法", ["law"]),
        ("《中华人民共和国讀書法》（2022年修订）", ["law"]),
        ("书法", []),  # a law goes by its whole name
        ("松林市读书条例", ["pine"]),
        ("读书条例", ["pine", "stone"]),
        ("全民读书实施方案", ["next", "plan"]),
        ("读书实施方案（2023-2025年）", ["next"]),
        ("读书实施方案（2019—2022年）", []),
        ("方案", []),  # too short to name one
        ("松林市……方案", ["next", "plan"]),
        ("松林市…条例", ["pine"]),
        ("...读书条例", ["pine", "stone"]),
        ("林市……条例", []),  # what stands first must begin the title
        ("……", []),
        ("", []),
        ("藏书法", []),
    ],
)
def test_a_name_finds_the_documents_that_it_can_mean(
    titles: TitleIndex, written: str, ids: list[str]
) -> None:
    assert list(titles.find(written)) == ids


def test_documents_are_known_with_and_without_their_place(titles: TitleIndex) -> None:
    names = titles.names()
    assert set(names) == {
        *("读书法", "松林市读书条例", "青石市读书条例", "读书条例"),
        *("松林市加快推进全民读书实施方案", "加快推进全民读书实施方案"),
    }
    assert [len(name) for name in names] == sorted(map(len, names), reverse=True)


def test_a_kind_names_every_document_that_ends_with_it(titles: TitleIndex) -> None:
    assert titles.ending_with("条例") == ("pine", "stone")
    assert titles.ending_with("实施方案") == ("next", "plan")
    assert titles.ending_with("意见") == ()


def test_a_library_of_no_documents_has_no_names() -> None:
    empty = TitleIndex(Library([]))
    assert empty.names() == ()
    assert empty.find("读书法") == ()
