"""Dialect and lay words put into standard ones: `data/dialect.tsv`."""

import csv
import re
from functools import lru_cache
from pathlib import Path

from index.text.tokens import DATA, cut


class Lexicon:
    """Dialect and lay words with their standard forms, from `data/dialect.tsv`.

    A row is `form<TAB>standard<TAB>scope`: scope `any` replaces the form wherever it stands, `word`
    only where segmentation makes it a word of its own. An empty standard drops the form.
    """

    def __init__(self, path: Path = DATA / "dialect.tsv") -> None:
        self._anywhere: dict[str, str] = {}
        self._as_word: dict[str, str] = {}
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row and not row[0].startswith("#"):
                    form, standard, scope = row
                    (self._anywhere if scope == "any" else self._as_word)[form] = standard
        longest_first = sorted(self._anywhere, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def standardise(self, text: str) -> str:
        """`text` with every known form in its standard words; nothing else changes."""
        if self._pattern is not None:
            text = self._pattern.sub(lambda match: self._anywhere[match.group()], text)
        return "".join(self._as_word.get(word, word) for word in cut(text))


@lru_cache(maxsize=1)
def _shipped() -> Lexicon:
    return Lexicon()


@lru_cache(maxsize=128)
def standardise(text: str) -> str:
    """`text` with every form that the shipped lexicon knows in its standard words. The last few are kept:
    the steps of one question ask for the same clauses again and again."""
    return _shipped().standardise(text)
