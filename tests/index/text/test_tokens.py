import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.lexicon import Lexicon
from index.text.tokens import DATA, tokens, words


def test_words_and_bigrams() -> None:
    found = tokens("公办幼儿园 50％")
    assert {"公办", "幼儿园", "幼儿", "#公办", "#办幼", "50%"} <= set(found)


def test_width_and_case_make_no_difference() -> None:
    assert tokens("ＧＤＰ比例４％") == tokens("gdp比例4%")


def test_stray_spaces_make_no_difference() -> None:
    assert tokens("普惠性民办幼儿 园") == tokens("普惠性民办幼儿园")


def test_terms_of_the_user_dictionary_are_words() -> None:
    for term in ("随迁子女", "留守儿童"):
        assert term in words(f"保障{term}入学")


def test_punctuation_is_no_token() -> None:
    assert tokens("，。！？…—《》") == ()
    assert tokens("") == ()


def test_dialect_becomes_standard() -> None:
    lexicon = Lexicon()
    assert lexicon.standardise("这个啷个办") == "这个怎么办"
    assert lexicon.standardise("公办幼儿园占比") == "公办幼儿园占比"


def test_every_row_of_the_lexicon_is_well_formed() -> None:
    rows = (DATA / "dialect.tsv").read_text(encoding="utf-8").splitlines()
    for row in rows:
        if row and not row.startswith("#"):
            form, _, scope = row.split("\t")
            assert form
            assert scope in {"any", "word"}, row


def test_a_form_counts_as_a_word_only_where_it_is_one(tmp_path: Path) -> None:
    table = tmp_path / "forms.tsv"
    table.write_text("# form\tstandard\tscope\n娃儿\t孩子\tany\n书\t课本\tword\n", encoding="utf-8")
    lexicon = Lexicon(table)
    assert lexicon.standardise("娃儿的图书馆") == "孩子的图书馆"


@given(st.text(st.characters(codec=None, categories=None), max_size=60))
def test_any_text_has_tokens_and_keeps_what_is_no_known_form(text: str) -> None:
    assert all(tokens(text))  # none is empty
    assert Lexicon(Path(os.devnull)).standardise(text) == text


@pytest.mark.parametrize("cached", [True, False])
def test_jieba_writes_only_where_it_is_told(tmp_path: Path, cached: bool) -> None:
    shared = tmp_path / "shared-temp"
    shared.mkdir()
    own = tmp_path / "own"
    program = "from index.text import tokens\nimport pathlib, sys\n"
    if cached:
        program += "tokens.keep_cache_in(pathlib.Path(sys.argv[1]))\n"
    program += "tokens.words('公办幼儿园')"
    subprocess.run(
        [sys.executable, "-c", program, str(own)],
        check=True,
        cwd=Path(__file__).parents[3],
        env={"TMPDIR": str(shared), "PATH": ""},
    )
    assert list(shared.iterdir()) == []
    assert own.exists() == cached
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
