"""`policy-qa docs add`, killed at any moment: afterwards the old state is whole or the new one is."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from index.build.add_documents import add_documents
from index.build.check_index import verify_index
from index.readers.find_files import find_sources
from index.schema import PassageKind
from index.search.open_index import open_index
from index.search.searcher import Query
from index.settings import IndexSettings
from index.storage.catalog import read_catalog
from index.storage.chroma import open_record
from index.storage.document_files import key_of
from index.storage.manifest import read_manifest
from tests.index.conftest import NOTICE_QUESTION

MakeCorpus = Callable[..., IndexSettings]
MakeFile = Callable[..., Path]
ROOT = Path(__file__).resolve().parents[3]
OLD, NEW = "居民凭身份证免费办理借书证。", "夜间阅览室每晚开放到十一点。"

_ADD = """
import sys
from assistant.cli.main import main
sys.stdout.write("started\\n")
sys.stdout.flush()
sys.exit(main(["docs", "add", sys.argv[1]]))
"""


def start_adding(settings: IndexSettings, path: Path) -> "subprocess.Popen[str]":
    environment = {
        **os.environ,
        "PYTHONUTF8": "1",
        "POLICY_QA_STATE_DIR": str(settings.directory.parent),
        "POLICY_QA_CORPUS_DIR": str(settings.corpus),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", _ADD, str(path)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    return process


def check_whole(settings: IndexSettings, new: str, others: frozenset[str]) -> bool:
    """Whether the new document is there; it and the others are there whole or not at all."""
    with closing(open_index(settings)) as opened:
        keys = {key_of(document) for document in opened.documents}
        present = new in keys
        assert keys == {*others, *([new] if present else [])}
        assert present == (new in read_catalog(settings.collection))
        for question, sentence, expected in (
            ("居民怎么办借书证？", OLD, True),
            (NOTICE_QUESTION, NEW, present),
        ):
            hits = opened.searcher.search(Query(question)).hits
            first = next(hit.passage for hit in hits if hit.passage.kind is PassageKind.SENTENCE)
            assert (first.text == sentence) == expected
            assert {f"{h.passage.document_id}@{h.passage.document_version}" for h in hits} <= keys
        for document in opened.documents:
            assert opened.original(document).read_bytes() == document.text.encode()
    return present


def kill_often(settings: IndexSettings, path: Path, times: int) -> None:
    """Kill `docs add` of `path` once in each of `times` equal slices of the time that it takes undisturbed;
    after each, look at what is there, add again, and verify all of it."""
    with closing(open_index(settings)) as opened:
        others = frozenset(map(key_of, opened.documents))
    base = settings.directory.parent
    copy = base.with_name("base")
    shutil.copytree(base, copy)
    durations = []
    for _ in range(2):  # the second is the shorter: files are in memory then
        shutil.rmtree(base)
        shutil.copytree(copy, base)
        begun = time.monotonic()
        whole = start_adding(settings, path)
        whole.communicate()
        durations.append(time.monotonic() - begun)
        assert whole.returncode == 0
    duration = min(durations)
    (new,) = read_catalog(settings.collection).keys() - others
    assert check_whole(settings, new, others)
    chance = random.Random(20261124)
    ends: list[str] = []
    too_late = 0
    for number in range(times):
        shutil.rmtree(base)
        shutil.copytree(copy, base)
        process = start_adding(settings, path)
        time.sleep((number + chance.random()) / times * duration)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        present = check_whole(settings, new, others)
        ends.append("new" if present else "old")
        if process.returncode == 0:
            too_late += 1
            assert present
        report = add_documents(settings, find_sources([path])[0])
        assert [len(report.added), len(report.known)] == ([0, 1] if present else [1, 0])
        assert check_whole(settings, new, others)
        verdict = verify_index(settings, repair=False)
        assert verdict.found == (), verdict
        in_use = (settings.directory / "CURRENT").read_text()
        assert {p.name for p in settings.directory.iterdir()} == {
            *("CURRENT", "lock", "chroma", "chroma-owner"),
            in_use,
        }
        with open_record(settings) as record:
            assert record.names() == read_manifest(settings.directory / in_use).collections.keys()
    sys.stdout.write(
        f"{times} kills within {duration:.1f} s, {len(others)} documents: {ends.count('old')} times the old "
        f"state, {ends.count('new')} times the new one, {too_late} of these after the command had ended; "
        "nothing wrong\n"
    )
    assert "old" in ends


def test_six_kills(built: IndexSettings, make_file: MakeFile) -> None:
    kill_often(built, make_file(), 6)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_fifty_kills_at_a_hundred_documents(make_corpus: MakeCorpus, make_file: MakeFile) -> None:
    """`make kill-campaign`."""
    settings = make_corpus()
    others = [
        make_file(f"{number}.txt", f"第{number}号告示\n一、内容\n{number}号楼电梯检修。\n二、时间\n上午。\n")
        for number in range(99)
    ]
    assert len(add_documents(settings, find_sources(others)[0]).added) == 99
    kill_often(settings, make_file(), 50)
