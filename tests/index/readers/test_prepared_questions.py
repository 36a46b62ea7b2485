import json
from pathlib import Path

import pytest

from index.errors import InvalidMetadata
from index.readers.prepared_questions import load_claims, load_lay_questions, load_open_questions
from index.schema import Claim, Document, LayQuestion, OpenQuestion, Passage, PassageKind

TEXTS = ("居民凭身份证免费办理借书证。", "每次可借５本，借期30天。", "借书证遗失的，应当补办。")
DOCUMENT = Document("books", "2024-05-01", "办法", "".join(TEXTS), "", "books.txt")


def passage(number: int, text: str) -> Passage:
    where = ("1", "一、", (), PassageKind.SENTENCE, 0, len(text))
    return Passage(f"p{number}", "books", "2024-05-01", *where, text, number)


PASSAGES = [passage(number, text) for number, text in enumerate(TEXTS)]


def write(folder: Path, name: str, *rows: object) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / f"books.{name}.jsonl").write_text(text, encoding="utf-8")


def test_a_document_without_files_has_no_questions(tmp_path: Path) -> None:
    assert load_lay_questions(PASSAGES, tmp_path, "books") == ()
    assert load_claims(PASSAGES, tmp_path, "books") == ()
    assert load_open_questions(DOCUMENT, tmp_path, "books") == ()


def test_a_question_belongs_to_the_passage_that_holds_the_quotation(tmp_path: Path) -> None:
    write(
        tmp_path,
        "questions",
        {"quote": "免費辦理 借書證", "questions": ["办卡要钱吗？", "办卡要钱吗？"]},  # another writing
        {"quote": "每次可借5本", "questions": ["借几本？"]},
        {"quote": "居民凭身份证", "questions": ["办卡要钱吗？"]},  # said before
    )
    assert load_lay_questions(PASSAGES, tmp_path, "books") == (
        LayQuestion("p0", "办卡要钱吗？"),
        LayQuestion("p1", "借几本？"),
    )


def test_claims_say_whether_the_passage_bears_them_out(tmp_path: Path) -> None:
    row = {
        "quote": "借期30天",
        "true": ["能借三十天吧？"],
        "false": [
            {"question": "能借十本吧？", "value": "５本"},
            {"question": "能借十天吧？", "value": "30 天"},
        ],
    }
    write(tmp_path, "claims", row)
    assert load_claims(PASSAGES, tmp_path, "books") == (
        Claim("p1", "能借三十天吧？", holds=True),
        Claim("p1", "能借十本吧？", holds=False, value="５本"),
        Claim("p1", "能借十天吧？", holds=False, value="30 天"),
    )


def test_a_value_must_stand_in_the_passage(tmp_path: Path) -> None:
    false = [{"question": "要钱吧？", "value": "５本"}]  # it stands in another one
    write(tmp_path, "claims", {"quote": "免费办理", "true": [], "false": false})
    with pytest.raises(InvalidMetadata, match="第 1 行 的“５本”不在引文所在的句子里"):
        load_claims(PASSAGES, tmp_path, "books")


def test_open_questions_keep_the_order_of_the_file(tmp_path: Path) -> None:
    rows = [{"clause": "2", "question": f"问题{number}？", "missing": "电话"} for number in (2, 1)]
    write(tmp_path, "open", *rows)
    assert load_open_questions(DOCUMENT, tmp_path, "books") == (
        OpenQuestion("books", "2", "问题2？", "电话"),
        OpenQuestion("books", "2", "问题1？", "电话"),
    )


@pytest.mark.parametrize(("quote", "count"), [("借书证", 2), ("阅览室", 0)])
def test_a_quotation_must_be_in_exactly_one_passage(tmp_path: Path, quote: str, count: int) -> None:
    write(tmp_path, "questions", {"quote": "免费", "questions": []}, {"quote": quote, "questions": ["？"]})
    with pytest.raises(InvalidMetadata, match=f"第 2 行 的引文在 {count} 处出现"):
        load_lay_questions(PASSAGES, tmp_path, "books")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"{", "第 1 行不是合法的 JSON"),
        (b"\n \n[]", "第 3 行应有 quote、questions"),
        ('{"quote": "免费"}'.encode(), "应有 quote、questions"),
        ('{"quote": "免费", "questions": "问"}'.encode(), "应有 quote、questions"),
        ('{"quote": "免费"}'.encode("gb18030"), "不是 UTF-8"),
    ],
)
def test_a_malformed_row_is_refused_with_its_line(tmp_path: Path, data: bytes, told: str) -> None:
    (tmp_path / "books.questions.jsonl").write_bytes(data)
    with pytest.raises(InvalidMetadata) as refusal:
        load_lay_questions(PASSAGES, tmp_path, "books")
    assert told in refusal.value.message
    assert "books.questions.jsonl" in refusal.value.message


def test_rows_end_with_line_feeds_only(tmp_path: Path) -> None:
    line = '{"quote": "免费", "questions": ["要\u2028钱吗？"]}'
    (tmp_path / "books.questions.jsonl").write_bytes(f"\ufeff{line}\r\n".encode())
    assert load_lay_questions(PASSAGES, tmp_path, "books") == (LayQuestion("p0", "要\u2028钱吗？"),)


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("claims", {"quote": TEXTS[0], "true": [], "false": ["要钱吧？"]}),
        ("claims", {"quote": TEXTS[0], "true": [], "false": [{"question": "要钱吧？"}]}),
        ("claims", {"quote": TEXTS[0], "true": [3], "false": []}),
        ("questions", {"quote": TEXTS[0], "questions": [3, None]}),
    ],
)
def test_rows_of_another_shape_are_named(tmp_path: Path, name: str, row: object) -> None:
    write(tmp_path, name, row)
    load = load_claims if name == "claims" else load_lay_questions
    with pytest.raises(InvalidMetadata, match="第 1 行"):
        load(PASSAGES, tmp_path, "books")
