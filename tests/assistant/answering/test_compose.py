"""Evidence into an answer: each part its line, every passage quoted once."""

from dataclasses import replace

from assistant.answering.compose import Composer, named, quoted
from assistant.answering.select import Selected
from assistant.answering.strength import fair_from
from assistant.schema import Composition, Contradiction, Evidence, Stance, SubQuestion
from index.library.library import Library
from index.schema import Authority
from prompts import reply
from tests.assistant.answering.sample import CARD, GROUPS, LENT, evidence
from tests.assistant.sample import NEW, OLD, RULES, document, library
from tests.assistant.sample import quoted as passage_of

ONE, ALL = library(RULES), library()
TEN = Contradiction("每次能借10本", evidence(LENT, "５本", Stance.DENIES))


def part(own: str, *found: Evidence) -> SubQuestion:
    return SubQuestion(own, own, evidence=found, answered=bool(found), confidence=0.8)


def composed(held: Library, *parts: SubQuestion, corrected: tuple[Contradiction, ...] = ()) -> Composition:
    return Composer(held).compose(Selected(parts, True, 0.75), corrected)


def texts(told: Composition) -> list[str]:
    return [sentence.text for sentence in told.sentences]


BOOKS = part("每次能借几本？", evidence(LENT, "５本"))
CARDS = part("借书证怎么办？", evidence(CARD, "居民凭身份证"))
FEE = part("押金要多少？")


def test_a_single_question_has_a_line_and_no_name() -> None:
    told = composed(ONE, BOOKS)
    assert texts(told) == ["文件写的是：「每次可借５本，借期30天」。"]
    assert told.sentences[0].passages == (LENT,)
    assert (told.missing, told.correction, told.confidence) == ((), False, 0.75)


def test_weak_evidence_states_no_fact_alone() -> None:
    number = part("每次能借多少本？", evidence(LENT, "５本"))
    sure = Composer(ONE).compose(Selected((number,), True, fair_from()))
    assert (sure.short_answer, sure.sentences[0].text[:5]) == ("5本", "文件写的是")
    alone = Composer(ONE).compose(Selected((number,), True, fair_from() - 0.01))
    assert alone.short_answer is None


def test_each_part_has_its_line_in_the_order_of_the_message() -> None:
    told = composed(ONE, FEE, BOOKS, CARDS)
    assert texts(told) == [
        "您问“押金要多少”：文件里没有写到。",
        "您问“每次能借几本”：文件写的是：「每次可借５本，借期30天」。",
        "您问“借书证怎么办”：文件写的是：「居民凭身份证免费办理借书证，当场领取」。",
    ]
    assert told.missing == ("押金要多少",)
    assert told.short_answer is None
    assert told.sentences[0].passages == ()


def test_parts_that_the_same_words_answer_share_a_line() -> None:
    told = composed(ONE, BOOKS, replace(BOOKS, asked="借书有上限吗？"))
    assert texts(told) == ["您问“每次能借几本”和“借书有上限吗”：文件写的是：「每次可借５本，借期30天」。"]


def test_a_passage_is_quoted_once_however_many_parts_it_carries() -> None:
    cards = part("借书证怎么办？", evidence(CARD, "居民凭身份证"), evidence(LENT, "借期30天"))
    groups = part("谁组织？", evidence(GROUPS, "鼓励学校"), evidence(LENT, "借期30天"))
    told = composed(ALL, BOOKS, cards, groups)
    assert all(text.startswith("您问") for text in texts(told))  # the lines quote all three whole
    partly = composed(ALL, part("谁组织？", evidence(GROUPS, "鼓励学校"), evidence(LENT, "借期30天")), cards)
    assert [text for text in texts(partly) if text.startswith("《")] == [
        "《河湾镇图书馆开放办法》二、（二）：「每次可借５本，借期30天。」"
    ]


def test_what_a_line_quotes_whole_is_not_quoted_again() -> None:
    assert texts(composed(ONE, BOOKS)) == ["文件写的是：「每次可借５本，借期30天」。"]
    assert texts(composed(ALL, BOOKS)) == [
        "文件写的是：「每次可借５本，借期30天」。（出自《河湾镇图书馆开放办法》二、（二））"
    ]


def test_a_list_is_whole_where_nothing_else_stands_in_its_clauses() -> None:
    listed = part("借阅有哪些规定？", evidence(LENT, "借期30天"), evidence(CARD, "居民凭身份证"))
    assert texts(composed(ONE, listed))[0].startswith("文件写了这两点：")
    one = document("饭堂办法\n一、用餐\n饭堂每天开放。儿童半价。老人免费。\n", "meals")
    daily, half, free = (evidence(passage_of(one, words), words) for words in ("每天", "半价", "免费"))
    assert texts(composed(library(one), part("有哪些规定？", daily, free)))[0].startswith(
        "文件写了这两点（节选）："
    )
    assert texts(composed(library(one), part("有哪些规定？", daily, half, free)))[0].startswith(
        "文件写了这三点："
    )


def test_a_correction_comes_first_and_answers_the_question_about_the_same() -> None:
    told = composed(ONE, BOOKS, corrected=(TEN,))
    assert texts(told) == ["不对。您提到“每次能借10本”，文件写的是“５本”：「每次可借５本，借期30天」。"]
    assert (told.correction, told.short_answer) == (True, "5本")
    other = composed(ONE, CARDS, corrected=(TEN,))
    assert [text[:3] for text in texts(other)] == ["不对。", "文件写"]


def test_higher_law_is_quoted_before_lower_after_what_answers_best() -> None:
    law = replace(NEW, authority=Authority.LAW)
    rule = replace(OLD, id="fees", authority=Authority.RULE)
    ten, five = passage_of(law, "十本书"), passage_of(rule, "五本书")
    held = library(RULES, law, rule)
    asked = part("每次借多少？", evidence(LENT, "５本"), evidence(five, "五本书"), evidence(ten, "十本书"))
    told = composed(held, asked)
    assert [sentence.passages[0] for sentence in told.sentences] == [LENT, ten, five]


def test_a_part_is_named_in_the_askers_words_its_end_where_it_is_long() -> None:
    assert named(part(" 押金 要多少？ ")) == "押金 要多少"
    story = "我们小区离河边的图书馆很远走路过去要一个多小时还要过一座桥，所以我想问一下，押金要多少？"
    assert named(part(story)) == "押金要多少"
    assert named(part("“每次5本”是啥意思？")) == "‘每次5本’是啥意思"
    assert named(part("很" * 60)) == reply("unnamed_part")
    assert named(part("")) == reply("unnamed_part")


def test_a_quotation_names_its_document_version_and_force_where_several_are_held() -> None:
    ten = passage_of(NEW, "十本书")
    assert quoted(ten, library(NEW)) == "「居民每次可以借十本书，借期不得超过三十天。」"
    law = replace(NEW, authority=Authority.LAW)
    held = library(RULES, OLD, law)
    assert quoted(ten, held).startswith("《市图书条例》（法律，2020-05-01版本）第二条：「")
