import hashlib
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.build.content import read_content, recipe_of
from index.build.write_version import Base, Plan, base_of, is_whole, write_files
from index.settings import IndexSettings
from index.storage.bm25 import Bm25Index
from index.storage.chroma import COLLECTIONS, OPEN, PASSAGES, QUESTIONS, ChromaStore
from index.storage.manifest import CHROMA, alone, check_files, read_manifest
from index.storage.vector_cache import VectorCache
from index.storage.version_documents import read_version_document
from index.text.tokens import tokens

MakeCorpus = Callable[..., IndexSettings]
RULES, NOTICE = "library-rules@2024-05-01", "notice@2024-06-01"
NOTICE_TEXT = "夜间阅览通知\n一、时间\n每晚开放到十一点。\n二、对象\n年满十六岁的居民。\n"


class Embedder:
    """Stands for a model: a text's vector comes from its hash, and the texts are remembered."""

    model_id = "test-model"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.asked += texts
        return [[float(byte) for byte in hashlib.sha256(text.encode()).digest()[:4]] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]

    def embed_queries(self, texts: list[str]) -> list[list[float]]:
        return self.embed_documents(texts)


class Writer:
    """Writes one version after the other, each with a cache of its own: nothing is remembered."""

    def __init__(self, home: Path, settings: IndexSettings) -> None:
        self._home = home
        self._settings = settings
        self._number = 0
        self.embedder = Embedder()
        self.told: list[tuple[int, int]] = []

    def plan(self) -> Plan:
        editions = read_content(self._settings.corpus)
        return Plan(editions, {}, recipe_of(self.embedder), self.embedder)

    def write(self, base: Path | None = None) -> Path:
        """A version of the corpus as it is now, grown from `base` where it can."""
        self._number += 1
        self.embedder.asked.clear()
        self.told.clear()
        plan, target = self.plan(), self._home / f"v{self._number}"
        cache = VectorCache(self.embedder, self._home / f"cache{self._number}")
        write_files(
            target,
            plan,
            base_of(base, plan) if base else None,
            cache,
            lambda done, total: self.told.append((done, total)),
        )
        return target


@pytest.fixture
def corpus(make_corpus: MakeCorpus) -> Path:
    return make_corpus().corpus


@pytest.fixture
def writer(tmp_path: Path, make_corpus: MakeCorpus) -> Writer:
    return Writer(tmp_path, make_corpus())


def add_notice(corpus: Path, text: str = NOTICE_TEXT) -> None:
    (corpus / "notice.txt").write_text(text, encoding="utf-8")
    fields = 'id = "notice"\nversion = "2024-06-01"\nfile = "notice.txt"\n'
    (corpus / "notice.toml").write_text(fields, encoding="utf-8")


def held(version: Path) -> dict[str, dict[str, tuple[str, list[float]]]]:
    """Text and vector of every entry of the database, by collection and id; Chroma's vectors are off by the
    last bit."""
    found: dict[str, dict[str, tuple[str, list[float]]]] = {}
    with closing(ChromaStore(version / CHROMA)) as database:
        for name in COLLECTIONS:
            each = database.entries(name)
            vectors = [[round(float(value), 2) for value in vector] for vector in each.vectors]
            found[name] = dict(zip(each.ids, zip(each.texts, vectors, strict=True), strict=True))
    return found


def inode(version: Path, name: str) -> int:
    return (version / name).stat().st_ino


def test_a_version_holds_everything_of_its_editions(writer: Writer) -> None:
    version = writer.write()
    (edition,) = writer.plan().editions
    assert read_version_document(version, RULES) == edition.document
    assert (version / "originals" / f"{RULES}.txt").read_bytes() == edition.original.read_bytes()
    words = json.loads((version / "tokens" / f"{RULES}.json").read_bytes())
    assert words["passages"] == [tokens(text) for text in edition.passage_texts]
    entries = held(version)
    assert {key: text for key, (text, _) in entries[PASSAGES].items()} == {
        p.id: p.text for p in edition.passages
    }
    assert [text for text, _ in entries[QUESTIONS].values()] == ["办张借书的卡要好多钱？"]
    assert list(entries[QUESTIONS]) == [f"{RULES}?000000"]
    assert entries[OPEN][f"{RULES}~000000"] == (
        "借书证丢了怎么补办？",
        writer.embedder.embed_query("借书证丢了怎么补办？"),
    )
    index = Bm25Index.load(version / "bm25-passages", len(edition.passages))
    assert edition.passages[int(np.argmax(index.scores(tokens("借期"))))].address == "2.2"


def test_the_manifest_says_what_was_planned_and_agrees(writer: Writer) -> None:
    version, plan = writer.write(), writer.plan()
    manifest = read_manifest(version)
    assert (manifest.fingerprint, manifest.recipe, manifest.encoder) == (
        plan.fingerprint,
        plan.recipe,
        "test-model",
    )
    assert manifest.editions == plan.digests == {RULES: plan.editions[0].digest}
    assert manifest.counts == {
        **{"documents": 1, "passages": len(plan.editions[0].passages)},
        **{"lay_questions": 1, "claims": 0, "open_questions": 1},
    }
    with alone(version):
        check_files(version, manifest)


def test_progress_counts_every_vector(writer: Writer) -> None:
    writer.write()
    wanted = len(writer.plan().editions[0].embedded())
    assert writer.told[-1] == (wanted, wanted)
    assert [done for done, _ in writer.told] == sorted(done for done, _ in writer.told)
    assert len(writer.embedder.asked) == wanted


def test_a_new_edition_costs_only_its_own(writer: Writer, corpus: Path) -> None:
    old = writer.write()
    before = held(old)
    add_notice(corpus)
    new = writer.write(base=old)
    notice = next(edition for edition in writer.plan().editions if edition.key == NOTICE)
    assert sorted(writer.embedder.asked) == sorted(text for _, text in notice.embedded())
    for name in (
        f"documents/{RULES}.txt",
        f"documents/{RULES}.json",
        f"tokens/{RULES}.json",
    ):
        assert inode(new, name) == inode(old, name)  # taken over as it is
    after = held(new)
    assert set(after[PASSAGES]) == {*before[PASSAGES], *(passage.id for passage in notice.passages)}
    for name in COLLECTIONS:
        assert {key: after[name][key] for key in before[name]} == before[name]
    assert held(old) == before
    assert read_manifest(new).counts["documents"] == 2


def test_a_version_grown_is_the_version_made_anew(writer: Writer, corpus: Path) -> None:
    old = writer.write()
    add_notice(corpus)
    grown, anew = writer.write(base=old), writer.write()
    assert held(grown) == held(anew)
    one, other = read_manifest(grown), read_manifest(anew)
    assert (one.fingerprint, one.editions, one.counts) == (other.fingerprint, other.editions, other.counts)
    for name in ("bm25-passages", "bm25-questions"):
        for path in (anew / name).iterdir():
            assert (grown / name / path.name).read_bytes() == path.read_bytes()


def test_a_changed_edition_replaces_the_old_one(writer: Writer, corpus: Path) -> None:
    add_notice(corpus)
    old = writer.write()
    add_notice(corpus, NOTICE_TEXT.replace("十一点", "十二点"))
    new = writer.write(base=old)
    assert len(writer.embedder.asked) == 5  # all of the notice, nothing of the rules
    texts = [text for text, _ in held(new)[PASSAGES].values()]
    assert "每晚开放到十二点。" in texts
    assert "每晚开放到十一点。" not in texts
    assert inode(new, f"documents/{NOTICE}.txt") != inode(old, f"documents/{NOTICE}.txt")


def test_an_edition_that_is_gone_leaves_nothing(writer: Writer, corpus: Path) -> None:
    add_notice(corpus)
    old = writer.write()
    (corpus / "notice.toml").unlink()
    new = writer.write(base=old)
    assert writer.embedder.asked == []
    assert writer.told[-1] == (0, 0)
    assert not list(new.glob(f"*/{NOTICE}*"))
    assert not [key for entries in held(new).values() for key in entries if key.startswith("notice")]


def test_only_a_whole_version_of_the_same_recipe_is_a_base(
    writer: Writer, corpus: Path, tmp_path: Path
) -> None:
    version, plan = writer.write(), writer.plan()
    base = base_of(version, plan)
    assert base == Base(version, read_manifest(version))
    assert base.same(plan) == {RULES}
    add_notice(corpus)
    assert base.same(writer.plan()) == {RULES}
    other = Plan(plan.editions, plan.catalog, "another recipe", plan.embedder)
    assert base_of(version, other) is None
    assert base_of(tmp_path / "gone", plan) is None
    (version / "tokens" / f"{RULES}.json").write_bytes(b"{}")
    assert base_of(version, plan) is None


def test_a_database_is_whole_while_every_entry_has_its_vector(writer: Writer) -> None:
    version, plan = writer.write(), writer.plan()
    with closing(ChromaStore(version / CHROMA)) as database:
        assert is_whole(database, plan)
        database.remove(RULES)
        assert not is_whole(database, plan)


def test_a_database_full_of_what_was_removed_is_no_base(writer: Writer, corpus: Path) -> None:
    version = writer.write()
    held = sum(read_manifest(version).counts.values())
    for number in range(held + 1):  # each time other words: all entries of the notice are replaced
        add_notice(corpus, NOTICE_TEXT.replace("十一点", f"{number + 1}点"))
        if base_of(version, writer.plan()) is None:
            break
        version = writer.write(version)
    assert read_manifest(version).removed > 0.5 * sum(read_manifest(version).counts.values())
