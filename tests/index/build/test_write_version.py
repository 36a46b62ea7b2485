import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.build.content import read_content, recipe_of
from index.build.plan import Base, Plan, PlannedEdition
from index.build.write_version import write_files
from index.schema import Passage
from index.settings import IndexSettings
from index.storage.chroma import check_record, open_record
from index.storage.entries import COLLECTIONS, OPEN, PASSAGES, QUESTIONS
from index.storage.manifest import check_files, read_manifest
from index.storage.segments import open_segment
from index.storage.tables import Objects, Tables
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
        self.settings = replace(settings, directory=home / "index")
        self.settings.directory.mkdir()
        self._number = 0
        self.embedder = Embedder()
        self.told: list[tuple[int, int]] = []

    def plan(self, base: Path | None = None) -> Plan:
        """The plan of the corpus as it is now, on top of `base`."""
        recipe = recipe_of(self.embedder)
        editions = {
            each.key: PlannedEdition("mark", each, None) for each in read_content(self.settings.corpus)
        }
        grown = Base(base, read_manifest(base)) if base is not None else None
        return Plan(editions, {}, recipe, "chroma", self.embedder, grown)

    def write(self, base: Path | None = None) -> Path:
        """A version of the corpus as it is now, grown from `base` where it can."""
        self._number += 1
        self.embedder.asked.clear()
        self.told.clear()
        target = self._home / f"v{self._number}"
        cache = VectorCache(self.embedder, self._home / f"cache{self._number}")
        with open_record(self.settings) as record:
            told = self.told
            write_files(target, self.plan(base), cache, record, lambda *each: told.append(each))
        return target

    def held(self, version: Path) -> dict[str, dict[str, tuple[str, list[float]]]]:
        """Text and vector of every entry in Chroma, by collection and id; its vectors are off by the last
        bit."""
        found: dict[str, dict[str, tuple[str, list[float]]]] = {name: {} for name in COLLECTIONS}
        with open_record(self.settings) as record:
            for edition in read_manifest(version).editions.values():
                for name, size in zip(COLLECTIONS, edition.sizes, strict=True):
                    if not size:
                        continue
                    each = record.entries(edition.collection, name)
                    vectors = [[round(float(value), 2) for value in vector] for vector in each.vectors]
                    found[name].update(zip(each.ids, zip(each.texts, vectors, strict=True), strict=True))
        return found


def tables(version: Path) -> Tables:
    segments = read_manifest(version).segments
    return Tables([(open_segment(version / "segments" / name), keys) for name, keys in segments.items()])


def searched(version: Path) -> dict[str, list[object]]:
    """Everything that is searched of a version, in order."""
    held = tables(version)
    found: dict[str, list[object]] = {
        "headings": list(held.headings()),
        "lay": list(held.answering(QUESTIONS)),
    }
    for name, table in held.tables.items():
        found[name] = [(*table.entry(at), list(table.vector(at))) for at in range(len(table))]
    for question in ("借期", "每晚开放到几点"):
        found[question] = list(held.tables[PASSAGES].bm25().scores(tokens(question)))
    return found


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


def inode(version: Path, name: str) -> int:
    return (version / name).stat().st_ino


def test_a_version_holds_everything_of_its_editions(writer: Writer) -> None:
    version = writer.write()
    edition = writer.plan().editions[RULES].read
    assert read_version_document(version, RULES) == edition.document
    assert (version / "originals" / f"{RULES}.txt").read_bytes() == edition.original.read_bytes()
    entries = writer.held(version)
    assert {key: text for key, (text, _) in entries[PASSAGES].items()} == {
        p.id: p.text for p in edition.passages
    }
    assert [text for text, _ in entries[QUESTIONS].values()] == ["办张借书的卡要好多钱？"]
    assert list(entries[QUESTIONS]) == [f"{RULES}?000000"]
    assert entries[OPEN][f"{RULES}~000000"] == (
        "借书证丢了怎么补办？",
        writer.embedder.embed_query("借书证丢了怎么补办？"),
    )
    held = tables(version)
    assert tuple(Objects(held.tables[PASSAGES])) == edition.passages
    assert tuple(Objects(held.tables[QUESTIONS])) == edition.lay
    assert tuple(Objects(held.tables[OPEN])) == edition.open
    index = held.tables[PASSAGES].bm25()
    assert edition.passages[int(np.argmax(index.scores(tokens("借期"))))].address == "2.2"


def test_the_manifest_says_what_was_planned_and_agrees(writer: Writer) -> None:
    version, plan = writer.write(), writer.plan()
    manifest = read_manifest(version)
    assert (manifest.fingerprint, manifest.recipe, manifest.encoder) == (
        plan.fingerprint,
        plan.recipe,
        "test-model",
    )
    edition = plan.editions[RULES].read
    assert {key: held.digest for key, held in manifest.editions.items()} == plan.digests
    assert manifest.editions[RULES].title == edition.document.title
    assert manifest.counts == {
        **{"documents": 1, "passages": len(edition.passages)},
        **{"lay_questions": 1, "claims": 0, "open_questions": 1},
    }
    check_files(version, manifest)
    check_record(writer.settings, manifest.collections)


def test_progress_counts_every_vector(writer: Writer) -> None:
    writer.write()
    wanted = len(writer.plan().editions[RULES].read.embedded())
    assert writer.told[-1] == (wanted, wanted)
    assert [done for done, _ in writer.told] == sorted(done for done, _ in writer.told)
    assert len(writer.embedder.asked) == wanted


def test_a_new_edition_costs_only_its_own(writer: Writer, corpus: Path) -> None:
    old = writer.write()
    before = writer.held(old)
    add_notice(corpus)
    new = writer.write(base=old)
    notice = writer.plan().editions[NOTICE].read
    assert sorted(writer.embedder.asked) == sorted(text for _, text in notice.embedded())
    for name in (f"documents/{RULES}.txt", f"documents/{RULES}.json"):
        assert inode(new, name) == inode(old, name)  # taken over as it is
    assert read_manifest(new).editions[RULES].collection == read_manifest(old).editions[RULES].collection
    after = writer.held(new)
    assert set(after[PASSAGES]) == {*before[PASSAGES], *(passage.id for passage in notice.passages)}
    for name in COLLECTIONS:
        assert {key: after[name][key] for key in before[name]} == before[name]
    assert writer.held(old) == before
    assert read_manifest(new).counts["documents"] == 2


def test_a_version_grown_is_the_version_made_anew(writer: Writer, corpus: Path) -> None:
    old = writer.write()
    add_notice(corpus)
    grown, anew = writer.write(base=old), writer.write()
    assert writer.held(grown) == writer.held(anew)
    assert searched(grown) == searched(anew)
    one, other = read_manifest(grown), read_manifest(anew)
    assert (one.fingerprint, one.counts) == (other.fingerprint, other.counts)
    assert one.editions.keys() == other.editions.keys()


def test_a_changed_edition_replaces_the_old_one(writer: Writer, corpus: Path) -> None:
    add_notice(corpus)
    old = writer.write()
    add_notice(corpus, NOTICE_TEXT.replace("十一点", "十二点"))
    new = writer.write(base=old)
    assert len(writer.embedder.asked) == 5  # all of the notice, nothing of the rules
    for texts in (
        [text for text, _ in writer.held(new)[PASSAGES].values()],
        [passage.text for passage in Objects[Passage](tables(new).tables[PASSAGES])],
    ):
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
    assert not [key for entries in writer.held(new).values() for key in entries if key.startswith("notice")]
    assert tables(new).editions == (RULES,)
