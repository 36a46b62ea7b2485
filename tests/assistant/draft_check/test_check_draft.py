"""Drafts checked against the plan and a law in two versions."""

import random
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.draft_check.check_draft import MAX_TEXT, DraftChecker
from assistant.draft_check.quotation_pieces import TERM
from assistant.draft_check.verdicts import Check, Verdict
from assistant.errors import TooMuchToCheck
from index.library.library import Library
from index.readers.corpus import load_corpus
from index.readers.document import read_document
from index.schema import Validity
from index.structure.passages import split_sentences
from index.text.folding import fold_text, squeeze
from tests.growth import assert_in_proportion

DAY = date(2026, 3, 2)
PLAN = "《重庆市加快推进教育现代化实施方案（2020—2022年）》"
SAID = "到2022年全市公办园在园幼儿占比达到50％以上"
OLD = """市图书条例
（2010年7月30日某市人民代表大会常务委员会第十八次会议通过）
第一条　为了读书，制定本条例。
第二条　居民每次可以借五本书，借期不得超过三十天。
第三条　图书馆可以向读者收取办证的工本费。
第四条　本条例自2010年10月1日起施行。
"""
NEW = """市图书条例
（2010年7月30日某市人民代表大会常务委员会第十八次会议通过　2020年5月1日某市人民代表大会常务委员会修订）
第一条　为了读书，制定本条例。
第二条　居民每次可以借十本书，借期不得超过三十天。
第三条　图书馆应当每周开放六天以上。
第四条　本条例自2020年7月1日起施行。
"""


@pytest.fixture(scope="module")
def verifier() -> DraftChecker:
    statutes = [
        read_document(text.encode(), f"市图书条例({version}).txt", {"id": "books"})
        for text, version in ((OLD, "2010-07-30"), (NEW, "2020-05-01"))
    ]
    return DraftChecker(Library([*load_corpus(), *statutes]))


def quotations(verifier: DraftChecker, text: str) -> list[Check]:
    return [check for check in verifier.verify_text(text, DAY).results if check.kind == "quotation"]


@pytest.mark.parametrize(
    "draft",
    [
        f"明确“{SAID}”。",
        f"明确「{SAID}」。",
        f"明确『{SAID}』。",
        f'明确"{SAID}"。',
        f"明确：\n> {SAID[:9]}\n> {SAID[9:]}\n",
        f"明确“{SAID.replace('％', '%').replace('2022', '２０２２')}”。",  # noqa: RUF100
        f"明确“{SAID}。”",
        "明确“大力发展公办幼儿园……全市公办园在园幼儿占比达到50％以上”。",
    ],
)
def test_every_kind_of_quotation_is_found_and_equal(verifier: DraftChecker, draft: str) -> None:
    (check,) = quotations(verifier, draft)
    assert check.verdict is Verdict.VERBATIM
    assert check.verified
    assert check.text == draft[check.start : check.end]
    assert check.location is not None
    assert check.location.clause_label == "二、（二）1"
    assert check.location.validity is Validity.EXPIRED
    assert "实施期已满" in check.note


@pytest.mark.parametrize(
    ("quote", "removed", "added"),
    [
        ("到2022年全市公办园在园幼儿占比达到60％以上", "5", "6"),
        ("到2023年全市公办园在园幼儿占比达到50％以上", "2", "3"),
        ("居民每次可以借九本书", "十", "九"),
        ("居民每次应当借十本书", "可以", "应当"),
        ("图书馆可以每周开放六天以上", "应当", "可以"),
        ("借期得超过三十天", "不", ""),
        ("图书馆不应当每周开放六天以上", "", "不"),
        ("得超过三十天", "不", ""),  # cut off from its negation
    ],
)
def test_one_changed_word_is_altered_and_shown(
    verifier: DraftChecker, quote: str, removed: str, added: str
) -> None:
    (check,) = verifier.verify_quote(quote, DAY).results
    assert check.verdict is Verdict.ALTERED
    assert not check.verified
    changed = [step for step in check.diff if step.op != "equal"]
    assert "".join(step.original for step in changed) == removed
    assert "".join(step.quote for step in changed) == added
    assert "".join(step.quote for step in check.diff) == quote
    assert check.nearest is not None
    assert "".join(step.original for step in check.diff) == check.nearest.quote


def test_changed_sentences_of_the_plan_are_never_called_verbatim(verifier: DraftChecker) -> None:
    chance = random.Random(0)
    plan = next(v for v in verifier.quotation_search.views if v.document.id != "books")
    text = plan.document.text
    kinds = [
        ("应当", "可以"),
        ("可以", "应当"),
        ("不", ""),
        ("必须", "可以"),
        ("鼓励", "要求"),
        ("推进", "探索"),
    ]
    verdicts = []
    for clause in plan.clauses:
        for start, end in (span for own in clause.own for span in split_sentences(text, *own)):
            sentence = squeeze(text[start:end])
            changed = [sentence.replace(old, new, 1) for old, new in kinds if old in sentence]
            digits = [m.start() for m in re.finditer("[0-9０-９]", sentence)]
            for at in digits[:2]:
                other = chance.choice([d for d in "0123456789" if d != fold_text(sentence[at])])
                changed.append(sentence[:at] + other + sentence[at + 1 :])
            verdicts += [verifier.verify_quote(each, DAY).results[0].verdict for each in changed]
    assert len(verdicts) > 100
    assert set(verdicts) == {Verdict.ALTERED}


def test_what_nobody_wrote_is_not_found(verifier: DraftChecker) -> None:
    (check,) = quotations(verifier, "据说“月球居民每天早晨都要喝三碗热豆浆”。")
    assert check.verdict is Verdict.NOT_FOUND
    assert check.location is check.nearest is None


@pytest.mark.parametrize("draft", [f"{PLAN}二、（二）1提出“{SAID}”。", f"“{SAID}”（{PLAN}二、（二）1）。"])
def test_a_quotation_beside_its_clause_is_verified(verifier: DraftChecker, draft: str) -> None:
    report = verifier.verify_text(draft, DAY)
    assert [check.verdict for check in report.results].count(Verdict.FOUND) == 1
    assert report.verified


@pytest.mark.parametrize(
    "draft",
    [
        f"{PLAN}二、（二）2提出“{SAID}”。",
        f"“{SAID}”（{PLAN}三、（一））。",
        f"《市图书条例》规定：“{SAID}”。",
    ],
)
def test_a_quotation_beside_another_clause_is_out_of_place(verifier: DraftChecker, draft: str) -> None:
    (check,) = quotations(verifier, draft)
    assert (check.verdict, check.misplaced, check.verified) == (Verdict.VERBATIM, True, False)
    assert check.location is not None
    assert check.location.clause_label == "二、（二）1"
    assert "二、（二）1" in check.note
    assert "改正出处" in check.note


def test_what_stands_in_an_old_version_only_says_so(verifier: DraftChecker) -> None:
    (check,) = quotations(verifier, "“图书馆可以向读者收取办证的工本费”")
    assert check.location is not None
    assert (check.verdict, check.location.validity) == (Verdict.VERBATIM, Validity.SUPERSEDED)
    assert "旧版本（2010-07-30）" in check.note
    (check,) = quotations(verifier, "“为了读书，制定本条例。”")  # in both: the one in force is named
    assert check.location is not None
    assert check.location.document_version == "2020-05-01"


@pytest.mark.parametrize(
    ("draft", "verdict"),
    [
        ("《市图书条例》第三条", Verdict.FOUND),
        ("《市图书条例》第八条", Verdict.NOT_FOUND),
        ("《月球条例》第三条", Verdict.NOT_FOUND),
        ("依照第三条办理", Verdict.AMBIGUOUS),
    ],
)
def test_references_are_checked(verifier: DraftChecker, draft: str, verdict: Verdict) -> None:
    (check,) = verifier.verify_text(draft, DAY).results
    assert (check.kind, check.verdict, check.verified) == ("reference", verdict, verdict is Verdict.FOUND)


def test_a_draft_s_own_articles_are_counted_and_not_checked(verifier: DraftChecker) -> None:
    draft = "第一条 为了读书，制定本办法。\n第二条 依照本办法第一条办理。\n第三条 本办法自公布之日起施行。\n"
    report = verifier.verify_text(draft, DAY)
    assert (report.results, report.summary.own, report.verified) == ((), 1, True)


def test_terms_are_no_quotations_unless_a_source_or_a_verb_says_so(verifier: DraftChecker) -> None:
    report = verifier.verify_text("落实“双减”政策，做到“五育并举”。", DAY)
    assert (report.results, report.terms) == ((), 2)
    assert len(quotations(verifier, "《市图书条例》第二条规定“借期不得超过”。")) == 1
    assert len(quotations(verifier, "会议明确：“每周开放”。")) == 1
    assert len(quotations(verifier, f"“{'读' * TERM}”")) == 1


ODD = st.text(
    st.sampled_from("《》第一二条款项（）、“”「」『』\"'>\n …—市图书条例借书不得可以应当50％%。\u200b")
    | st.characters(),
    max_size=120,
)


@given(ODD)
@settings(max_examples=150, deadline=None)
def test_any_text_is_checked_with_valid_offsets(verifier: DraftChecker, text: str) -> None:
    for report in (verifier.verify_text(text, DAY), verifier.verify_quote(text, DAY)):
        for check in report.results:
            assert text[check.start : check.end] == check.text
            assert check.note.endswith("。")
            for place in (check.location, check.nearest):
                if place is not None:
                    view = next(
                        v for v in verifier.quotation_search.views
                        if (v.document.id, v.document.version) == (place.document_id, place.document_version)
                    )  # fmt: skip
                    assert view.document.text[place.start : place.end] == place.quote


@pytest.mark.parametrize("marks", ["normal", "block", "unclosed", "references", "chain", "kinds", "shared"])
def test_the_longest_draft_takes_its_share_of_time(verifier: DraftChecker, marks: str) -> None:
    changed = SAID.replace("50", "60")
    line = {
        "normal": f"{PLAN}二、（二）1提出：“{changed}”。\n",
        "block": f"> {changed}。\n",
        "unclosed": f"“{changed}",
        "references": "第十二条、",
        "chain": "第一款、",
        "kinds": "《方案》，第一条。",
        "shared": "第一、二、三条，",
    }[marks]
    draft = (line * (MAX_TEXT // len(line) + 1))[:MAX_TEXT]
    assert_in_proportion(lambda size: verifier.verify_text(draft[:size], DAY), MAX_TEXT)


def test_titles_before_and_references_behind_take_their_share_too(verifier: DraftChecker) -> None:
    def check(count: int) -> None:
        verifier.verify_text("《方案》，" * count + "第一条。" * count, DAY)
        verifier.verify_text("第一条、" * count + "“一”" * 60, DAY)
        with pytest.raises(TooMuchToCheck):  # a draft with articles of its own
            verifier.verify_text("第一条 甲\n第二条 乙\n《教育法》x" + "第三条a" * 3 * count, DAY, most=2000)

    assert_in_proportion(check, 15_000)


def test_more_than_a_request_may_hold_is_refused_before_it_is_checked(verifier: DraftChecker) -> None:
    draft = f"{PLAN}二、（二）1提出：“{SAID}”。\n" * 3
    assert len(verifier.verify_text(draft, DAY, most=6).results) == 6
    with pytest.raises(TooMuchToCheck, match="5处"):
        verifier.verify_text(draft, DAY, most=5)
    assert len(verifier.verify_text("落实“双减”，做到“五育并举”。", DAY, most=0).results) == 0


def test_what_is_too_long_to_be_compared_is_verbatim_or_said_to_be_too_long(verifier: DraftChecker) -> None:
    views = verifier.quotation_search.views
    text = next(view for view in views if len(view.document.text) > 15_000).document.text
    quote = text[100:15_000].strip()
    (whole,) = verifier.verify_quote(quote, DAY).results
    assert whole.verdict is Verdict.VERBATIM
    (changed,) = verifier.verify_quote(quote.replace("教育", "体育", 1), DAY).results
    assert changed.verdict is Verdict.NOT_FOUND
    assert "太长" in changed.note
