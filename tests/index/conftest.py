"""Small corpora, so that most tests embed a handful of texts instead of the whole plan."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from index.build.build_index import build_index
from index.readers.corpus import load_corpus
from index.schema import Document
from index.search.open_index import OpenIndex, open_index
from index.settings import CORPUS, IndexSettings
from tests.copied import copy_whole

SMALL_TEXT = """社区图书馆开放办法
来源： 发布时间：2024-05-01
为方便居民读书，制定本办法。
一、开放时间
(一)平日。周一至周五每天开放８小时。
(二)假日。周末开放到晚上９点。
二、借阅规则
１.借书证。居民凭身份证免费办理借书证。
２.借期。每次可借５本，借期30天。逾期的，
每天提醒一次。
"""

NOTICE = """夜间阅览室开放通知
一、时间
夜间阅览室每晚开放到十一点。
二、对象
年满十六岁的居民可以进入夜间阅览室。
"""
"""A document to add."""
NOTICE_NAME = "夜间阅览室开放通知(2024-06-01).txt"
NOTICE_QUESTION = "夜间阅览室开放到几点？"

MakeCorpus = Callable[..., IndexSettings]
MakeFile = Callable[..., Path]
QUESTIONS = {"居民凭身份证免费办理借书证": ["办张借书的卡要好多钱？"]}
UNSAID = {"clause": "2.1", "question": "借书证丢了怎么补办？", "missing": "补办的办法"}


def _write_corpus(home: Path, text: str, questions: dict[str, list[str]]) -> IndexSettings:
    corpus = home / "corpus"
    corpus.mkdir(exist_ok=True)
    (corpus / "library.toml").write_text(
        'id = "library-rules"\nversion = "2024-05-01"\nfile = "library.txt"\n'
        'title = "社区图书馆开放办法"\npublished = 2024-05-01\n',
        encoding="utf-8",
    )
    (corpus / "library.txt").write_bytes(text.encode("utf-8"))
    rows = [{"quote": quote, "questions": asked} for quote, asked in questions.items()]
    for name, lines in (("questions", rows), ("open", [UNSAID])):
        (corpus / f"library-rules.{name}.jsonl").write_text(
            "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
        )
    return IndexSettings(home / "state" / "index", corpus)


@pytest.fixture
def make_corpus(tmp_path: Path) -> MakeCorpus:
    """Writes a corpus with one document below `tmp_path`; called again, it changes that document."""

    def make(text: str = SMALL_TEXT, questions: dict[str, list[str]] = QUESTIONS) -> IndexSettings:
        return _write_corpus(tmp_path, text, questions)

    return make


@pytest.fixture(scope="session")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small corpus and its index, to be copied."""
    home = tmp_path_factory.mktemp("home")
    build_index(_write_corpus(home, SMALL_TEXT, QUESTIONS))
    return home


@pytest.fixture
def built(small_home: Path, make_corpus: MakeCorpus, tmp_path: Path) -> IndexSettings:
    """What `make_corpus` writes, its index built."""
    copy_whole(small_home / "state", tmp_path / "state")
    return make_corpus()


@pytest.fixture
def make_file(tmp_path: Path) -> MakeFile:
    """Writes a file to be added below `tmp_path`; without arguments, the notice."""

    def make(name: str = NOTICE_NAME, content: str | bytes = NOTICE) -> Path:
        path = tmp_path / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return make


@pytest.fixture(scope="session")
def small_index(tmp_path_factory: pytest.TempPathFactory) -> OpenIndex:
    """The small document's index, opened."""
    settings = _write_corpus(tmp_path_factory.mktemp("small"), SMALL_TEXT, QUESTIONS)
    build_index(settings)
    return open_index(settings)


@pytest.fixture(scope="session")
def plan() -> Document:
    """The shipped plan."""
    return next(d for d in load_corpus(CORPUS) if d.id == "chongqing-education-modernization-2020-2022")
