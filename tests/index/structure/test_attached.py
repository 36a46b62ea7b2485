"""Texts that a notice issues, and appendices."""

from index.structure.attached import parts_of
from index.structure.outline import parse_outline
from index.structure.tree import lines_of

NOTICE = (
    "某市教育局关于印发《某市读书方案》的通知\n某教发〔2024〕5号\n各区县：\n现将《某市读书方案》印发给你们，请执行。\n"
    "某市教育局\n2024年3月5日\n某市读书方案\n为了读书，制定本方案。\n一、目标\n多读书。\n二、任务\n（一）借书。借。\n"
)


def heads(text: str) -> list[tuple[str, str]]:
    return [(part.kind, part.title) for part in parts_of(list(lines_of(text)))]


def addresses(text: str) -> list[str]:
    return [clause.address for clause in parse_outline(text).clauses]


def test_a_notice_and_the_text_that_it_issues_have_outlines_of_their_own() -> None:
    assert heads(NOTICE) == [("text", ""), ("attached", "某市读书方案")]
    assert addresses(NOTICE) == [
        *(
            "title",
            "source",
            "p1",
            "p2",
            "signature",
            "att1",
            "att1.preamble",
            "att1.1",
            "att1.2",
            "att1.2.1",
        ),
    ]
    labels = {clause.address: clause.label for clause in parse_outline(NOTICE).clauses}
    assert labels["att1.2.1"] == "《方案》二、（一）"


def test_a_title_right_after_the_signature_needs_no_mention() -> None:
    text = NOTICE.replace("《某市读书方案》印发给你们", "方案印发给你们").replace(
        "《某市读书方案》", "读书方案"
    )
    assert heads(text)[1:] == [("attached", "某市读书方案")]


def test_several_texts_may_be_issued() -> None:
    text = (
        NOTICE.replace("《某市读书方案》", "《某市读书方案》《某市借书办法》")
        + "某市借书办法\n第一条 甲。\n第二条 乙。\n"
    )
    assert [title for _, title in heads(text)] == ["", "某市读书方案", "某市借书办法"]
    assert addresses(text)[-3:] == ["att2", "att2.art1", "att2.art2"]


def test_what_an_order_promulgates_is_the_text_itself() -> None:
    text = (
        "某市人民政府令\n第5号\n《某市读书办法》已经通过，现予公布。\n市长 某某\n2024年3月5日\n某市读书办法\n"
        "第一条 甲。\n第二条 乙。\n"
    )
    assert heads(text) == [("text", "")]
    assert addresses(text) == ["record", "title", "art1", "art2"]


def test_a_mention_of_another_text_attaches_nothing() -> None:
    text = "某市读书方案\n按照《某市借书办法》印发的要求：\n一、目标\n多读书。\n二、依据\n某市借书办法\n"
    assert heads(text) == [("text", "")]


def test_an_appendix_begins_with_its_own_line() -> None:
    text = "通知\n正文。\n附件1\n表一\n附件 二：\n表二\n附录\n"
    assert heads(text) == [("text", ""), ("appendix", "附件1"), ("appendix", "附件二：")]


def test_a_list_of_what_is_appended_opens_no_appendix() -> None:
    text = "通知\n正文。\n附件：\n读书指标\n附件\n读书指标\n一、借书\n"
    assert heads(text) == [("text", ""), ("appendix", "附件")]


def test_a_titled_appendix_counts_only_after_the_signature() -> None:
    text = "通知\n附件：借阅表\n某区\n2024年5月1日\n附件：借阅表\n一、姓名\n"
    assert [kind for kind, _ in heads(text)] == ["text", "appendix"]
    unsigned = text.replace("2024年5月1日\n", "")
    assert [kind for kind, _ in heads(unsigned)] == ["text"]


def test_a_numbered_heading_is_no_title_of_an_attached_text() -> None:
    text = (
        "某局关于做好工作的通知\n各单位：\n《某市学前教育条例》已经审议通过，现通知如下。\n一、总体要求\n好。\n"
        "二、深入学习《某市学前教育条例》\n（一）学。\n三、保障\n好。\n"
    )
    assert addresses(text) == ["title", "preamble", "preamble.p1", "preamble.p2", "1", "2", "2.1", "3"]


def test_a_title_that_a_line_breaks_attaches_nothing() -> None:
    text = "某局通知\n印发《某市教育方案》。\n要按照《某市\n教育方案》\n一、甲\n好。\n二、乙\n好。\n"
    assert heads(text) == [("text", "")]


def test_many_lines_after_a_signature_take_no_time() -> None:
    text = "通知\n正文。\n某局\n2024年3月5日\n" + "（某段）\n" * 20_000
    assert len(heads(text)) == 1
