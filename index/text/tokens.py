"""Words and character bigrams for lexical search.

jieba runs on an instance of its own with its cache in our directory: the shared one prints, and
reads a marshalled cache from the system's temp folder, which anyone on the machine could plant.
"""

import logging
import re
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

from index.text.folding import fold_text

TOKENS_VERSION = 1
"""Raise when the same text gives other tokens; a golden test watches this."""

DATA = Path(__file__).parents[1] / "data"
_CJK_RUN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[\u3400-\u9fffa-z0-9]")
_lock = threading.Lock()
_cache_dir: Path | None = None


def keep_cache_in(directory: Path) -> None:
    """Where jieba may keep its prefix dictionary; without this it keeps none."""
    global _cache_dir
    _cache_dir = directory


def _jieba() -> Any:
    with _lock:  # or two first users would both load it
        return _load_jieba()


@lru_cache(maxsize=1)
def _load_jieba() -> Any:
    import jieba

    jieba.setLogLevel(logging.CRITICAL)  # where it cannot write its cache it shows a traceback, and goes on
    tokenizer = jieba.Tokenizer()
    if _cache_dir is None:
        # Left to itself, jieba would write its cache; naming /dev/null there replaces that device.
        tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
        tokenizer.initialized = True
    else:
        _cache_dir.mkdir(parents=True, exist_ok=True)
        tokenizer.tmp_dir = str(_cache_dir)
        tokenizer.initialize()
    for term in (DATA / "terms.txt").read_text(encoding="utf-8").split():
        tokenizer.add_word(term)
    return tokenizer


def words(text: str) -> list[str]:
    """The words of `text` in order, without punctuation; `text` is folded first."""
    return [word for word in _jieba().lcut(fold_text(text)) if _WORD.search(word)]


def cut(text: str) -> list[str]:
    """`text` as it stands, cut into words and what stands between them; joined again they are `text`."""
    return list(_jieba().lcut(text))


def segments(text: str) -> list[str]:
    """`text` cut into words and what stands between them; joined again they are `text`."""
    return list(_jieba().lcut(text, HMM=False))


@lru_cache(maxsize=64)
def tokens(text: str) -> tuple[str, ...]:
    """What BM25 indexes: jieba's search-mode words, and character bigrams marked with `#`. Those of the last
    few texts are kept: one question is searched and compared several times."""
    folded = fold_text(text)
    found = [word for word in _jieba().lcut_for_search(folded) if _WORD.search(word)]
    for run in _CJK_RUN.findall(folded):
        found.extend(f"#{run[at : at + 2]}" for at in range(len(run) - 1))
    return tuple(found)
