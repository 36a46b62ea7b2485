from itertools import pairwise

from index.schema import Document, PassageKind
from index.structure.outline import outlined, parse_outline
from index.structure.passages import make_passages, split_sentences


def document(text: str) -> Document:
    return outlined(Document(id="doc", version="1", title="题", text=text, sha256="", source_name="doc.txt"))


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, 0, len(text))]


def test_a_passage_is_the_stored_text_at_its_offsets(plan: Document) -> None:
    for passage in make_passages(plan):
        assert passage.text == plan.text[passage.start : passage.end] != ""
        assert passage.text == passage.text.strip()


def test_passages_give_back_every_character_of_the_plan(plan: Document) -> None:
    given = "".join(passage.text for passage in make_passages(plan))
    assert "".join(given.split()) == "".join(plan.text.split())


def test_passages_are_in_text_order_and_do_not_overlap(plan: Document) -> None:
    passages = make_passages(plan)
    assert [passage.ordinal for passage in passages] == list(range(len(passages)))
    assert all(before.end <= after.start for before, after in pairwise(passages))
    assert len({passage.id for passage in passages}) == len(passages)


def test_no_passage_crosses_a_clause_border(plan: Document) -> None:
    spans = {clause.address: (clause.start, clause.end) for clause in parse_outline(plan.text).clauses}
    for passage in make_passages(plan):
        start, end = spans[passage.address]
        assert start <= passage.start < passage.end <= end


def test_a_heading_is_a_passage(plan: Document) -> None:
    headings = {p.address: p.text for p in make_passages(plan) if p.kind is PassageKind.HEADING}
    assert headings["2"] == "二、重点任务"
    assert headings["2.1.4"] == "４.实施学校体育固本行动。"


def test_a_sentence_of_the_plan_is_one_passage(plan: Document) -> None:
    quote = (
        "大力发展公办幼儿园，探索小村联合办园、流动幼儿园、季节班等，"
        "到2022年全市公办园在园幼儿占比达到50％以上。"
    )
    (passage,) = [p for p in make_passages(plan) if p.text == quote]
    assert passage.clause_id == "chongqing-education-modernization-2020-2022@2020-10-22#2.2.1"
    assert passage.label == "二、（二）1"


def test_sentences_end_with_their_closing_signs() -> None:
    assert sentences("他说：“好。”走了！（完。）余下") == ["他说：“好。”", "走了！", "（完。）", "余下"]


def test_figures_do_not_end_a_sentence() -> None:
    assert sentences("不低于1.3倍；占4.5%。") == ["不低于1.3倍；占4.5%。"]


def test_a_sentence_goes_on_over_a_line_break() -> None:
    text = "题\n一、甲\n落实\n《指南》。下一句。"
    found = [p.text for p in make_passages(document(text)) if p.kind is PassageKind.SENTENCE]
    assert found == ["落实\n《指南》。", "下一句。"]
