import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from index.build.content import Edition, fingerprint_of, read_content, recipe_of
from index.encoder.embedder import BundledEmbeddings
from index.errors import InvalidMetadata
from index.readers.document import read_document
from index.schema import Document
from index.settings import IndexSettings
from index.storage.added_documents import AddedDocument
from index.storage.vector_cache import PASSAGE, QUESTION

MakeCorpus = Callable[..., IndexSettings]
TEXT = "夜间阅览通知\n一、时间\n每晚开放到十一点。\n"
SHIPPED = "library-rules@2024-05-01"


def document(identifier: str = "notice", version: str = "2024-06-01", text: str = TEXT) -> Document:
    return read_document(text.encode(), "notice.txt", {"id": identifier, "version": version})


def added(each: Document) -> AddedDocument:
    return AddedDocument(each, Path("notice.txt"), {})


def only(settings: IndexSettings) -> Edition:
    (edition,) = read_content(settings.corpus)
    return edition


def test_a_shipped_document_comes_with_its_questions(make_corpus: MakeCorpus) -> None:
    settings = make_corpus()
    edition = only(settings)
    assert (edition.key, edition.shipped) == (SHIPPED, True)
    assert edition.original == settings.corpus / "library.txt"
    assert [question.text for question in edition.lay] == ["办张借书的卡要好多钱？"]
    assert edition.lay_texts == ["办张借书的卡要多少钱？"]  # in standard words
    assert [question.text for question in edition.open] == ["借书证丢了怎么补办？"]
    assert edition.claims == ()
    holder = next(passage for passage in edition.passages if passage.id == edition.lay[0].passage_id)
    assert holder.text == "居民凭身份证免费办理借书证。"


def test_added_documents_are_ordered_among_the_shipped(make_corpus: MakeCorpus) -> None:
    settings = make_corpus()
    others = [added(document("z")), added(document("a")), added(document("a", "2024-01-01"))]
    editions = read_content(settings.corpus, others)
    assert [edition.key for edition in editions] == ["a@2024-01-01", "a@2024-06-01", SHIPPED, "z@2024-06-01"]
    assert [edition.shipped for edition in editions] == [False, False, True, False]
    assert editions[0].lay == ()


def test_the_shipped_document_counts_where_both_hold_one(make_corpus: MakeCorpus) -> None:
    settings = make_corpus()
    same = added(document("library-rules", "2024-05-01"))
    assert read_content(settings.corpus, [same]) == read_content(settings.corpus)


def test_questions_of_added_documents_are_found_by_their_key(make_corpus: MakeCorpus, tmp_path: Path) -> None:
    row = {"quote": "每晚开放到十一点", "questions": ["开到几点？"]}
    file = tmp_path / "notice@2024-06-01.questions.jsonl"
    file.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    others = [added(document()), added(document("notice", "2023-06-01"))]
    editions = {each.key: each for each in read_content(make_corpus().corpus, others, tmp_path)}
    assert [question.text for question in editions["notice@2024-06-01"].lay] == ["开到几点？"]
    assert editions["notice@2023-06-01"].lay == ()


@pytest.mark.parametrize(
    ("identifier", "version"), [("../a", "1"), ("Notice", "1"), ("a", "1/2"), ("a..b", "1")]
)
def test_an_id_or_version_that_is_no_name_is_refused(
    make_corpus: MakeCorpus, identifier: str, version: str
) -> None:
    with pytest.raises(InvalidMetadata):
        read_content(make_corpus().corpus, [added(replace(document(), id=identifier, version=version))])


def test_a_digest_stands_for_all_that_an_edition_contributes(make_corpus: MakeCorpus) -> None:
    edition = only(make_corpus())
    assert only(make_corpus()).digest == edition.digest
    assert len(edition.digest) == 20
    other = [
        replace(edition, document=replace(edition.document, title="另一题目")),
        replace(edition, document=replace(edition.document, text=edition.document.text + " ")),
        replace(edition, lay=()),
        replace(edition, lay=(replace(edition.lay[0], text="要钱吗？"),)),
        replace(edition, open=()),
    ]
    assert len({edition.digest, *(each.digest for each in other)}) == 6
    assert replace(edition, original=Path("elsewhere")).digest == edition.digest


def test_what_is_embedded_is_named_once(make_corpus: MakeCorpus) -> None:
    text = "办法\n一、甲\n借书证免费。\n二、乙\n借书证免费。\n"
    edition = only(make_corpus(text=text, questions={}))
    pairs = edition.embedded()
    assert pairs.count((PASSAGE, "借书证免费。")) == 1
    assert len(edition.passage_texts) == len({text for kind, text in pairs if kind == PASSAGE}) + 1
    assert [text for kind, text in pairs if kind == QUESTION] == ["借书证丢了怎么补办？"]


def test_a_fingerprint_depends_on_recipe_and_digests_in_any_order() -> None:
    digests = {"a@1": "x", "b@1": "y"}
    fingerprint = fingerprint_of("r", digests)
    assert fingerprint_of("r", dict(reversed(digests.items()))) == fingerprint
    others = [("s", digests), ("r", {"a@1": "x"}), ("r", {"a@1": "y", "b@1": "x"}), ("r", {})]
    assert len({fingerprint, *(fingerprint_of(*each) for each in others)}) == 5


def test_another_model_is_another_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = BundledEmbeddings()  # which loads its weights when it is first asked
    recipe = recipe_of(embedder)
    assert recipe_of(BundledEmbeddings()) == recipe
    monkeypatch.setattr(BundledEmbeddings, "model_id", "another")
    assert recipe_of(embedder) != recipe
