from pathlib import Path

import pytest

from index.text.lexicon import Lexicon, standardise

ROWS = """# form, standard, scope
咋个	怎么	any
咋个办	怎么办理	any
巴适	好	word
嘛		word
"巧	"好	any
"""


@pytest.fixture
def lexicon(tmp_path: Path) -> Lexicon:
    path = tmp_path / "words.tsv"
    path.write_text(ROWS, encoding="utf-8")
    return Lexicon(path)


@pytest.mark.parametrize(
    ("text", "standard"),
    [
        ("咋个借书", "怎么借书"),
        ("咋个办借书证", "怎么办理借书证"),  # the longer of two forms
        ("借书证，咋个？", "借书证，怎么？"),
        ("借书证 怎么办 ", "借书证 怎么办 "),  # white space stays
        ("借书证嘛", "借书证"),  # a form without a standard is dropped
        ('"巧', '"好'),  # a quotation mark is a character like others
        ("# form", "# form"),
        ("", ""),
    ],
)
def test_a_known_form_is_put_into_its_standard_words(lexicon: Lexicon, text: str, standard: str) -> None:
    assert lexicon.standardise(text) == standard


def test_a_word_is_replaced_only_where_it_is_a_word_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "words.tsv"
    path.write_text("书\t图书\tword\n", encoding="utf-8")
    words = Lexicon(path)
    assert words.standardise("借 书") == "借 图书"
    assert words.standardise("图书馆") == "图书馆"
    path.write_text("书\t图书\tany\n", encoding="utf-8")
    assert Lexicon(path).standardise("图书馆") == "图图书馆"


def test_an_empty_lexicon_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "empty.tsv"
    path.write_text("# only a comment\n\n", encoding="utf-8")
    assert Lexicon(path).standardise("咋个办借书证") == "咋个办借书证"


def test_a_missing_or_malformed_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Lexicon(tmp_path / "missing.tsv")
    path = tmp_path / "short.tsv"
    path.write_text("咋个\t怎么\n", encoding="utf-8")
    with pytest.raises(ValueError, match="unpack"):
        Lexicon(path)


def test_the_shipped_lexicon_knows_the_words_of_the_place() -> None:
    assert standardise("咋个办借书证") == "怎么办借书证"
    assert standardise("居民凭身份证办理借书证。") == "居民凭身份证办理借书证。"
