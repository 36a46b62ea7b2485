"""What was found for the things asked becomes an answer, or a refusal that names them."""

from dataclasses import replace

from assistant.answering.answer import Answering, Judged
from assistant.answering.decision import DecisionModel
from assistant.answering.models import ReadingModel
from assistant.answering.read import Order
from assistant.reading.reader import reader
from assistant.schema import FoundStatement, Question, Request, Stance, SubQuestion
from index.schema import Hit, LayMatch, LayQuestion, OpenMatch, OpenQuestion, Passage, Signals
from index.structure.passages import make_passages
from tests.assistant.answering.sample import CARD, LENT
from tests.assistant.sample import DAY, RULES, library

HELD, PASSAGES = library(RULES), make_passages(RULES)
_NEARER = DecisionModel({"density": 100.0}, 0.0, 0.5)
NEARER = ReadingModel(Order(0.0, 1.0), _NEARER, DecisionModel({}, 0.0, 0.5))
"""The search alone orders, and what is answered is nearer to questions that a passage answers than to open
ones."""


def part(own: str, *found: Passage, near: float = 0.95, joined: SubQuestion | None = None) -> SubQuestion:
    """A part with its hits, the best first, each with a prepared question at the cosine `near`; an open
    question lies at 0.9."""
    hits = tuple(Hit(passage, Signals(), -3.0 * at, own) for at, passage in enumerate(found))
    asked = LayMatch(LayQuestion(found[0].id, own), near)
    unsaid = OpenMatch(OpenQuestion("rules", "2.1", own, ""), 0.9)
    return SubQuestion(own, own, (0.0, 0.0), hits, (unsaid,), (asked,), joined=joined)


def judged(*parts: SubQuestion, stated: tuple[FoundStatement, ...] = ()) -> Judged:
    message = "".join(one.asked for one in parts)
    answering = Answering(HELD, PASSAGES, reader(), NEARER)
    return answering.answer(Request(message, DAY), Question(message, standalone=message), parts, stated)


def test_what_is_near_is_answered_with_the_words_that_decide() -> None:
    found = judged(part("借期是多少天？", LENT))
    assert found.covered
    (answered,) = found.parts
    (piece,) = answered.evidence
    assert answered.answered
    assert (piece.passage, piece.stance) == (LENT, Stance.ANSWERS)
    assert "30天" in RULES.text[slice(*piece.span)]
    assert found.answer.short_answer == "30天"


def test_a_refusal_names_what_was_asked_in_the_askers_words() -> None:
    found = judged(part("押金要多少？", CARD, near=0.8), part("罚款要多少？", LENT, near=0.8))
    assert not found.covered
    assert found.answer.sentences == ()
    assert found.answer.missing == ("押金要多少", "罚款要多少")
    assert [one.evidence for one in found.parts] == [(), ()]
    assert 0 < found.answer.confidence < 1


def test_parts_are_judged_one_by_one() -> None:
    found = judged(part("借期是多少天？", LENT), part("押金要多少？", CARD, near=0.8))
    assert found.covered
    assert [one.answered for one in found.parts] == [True, False]
    assert found.answer.missing == ("押金要多少",)


def test_a_part_that_leans_on_the_one_before_is_read_together_with_it() -> None:
    together = part("借书证怎么办，要多少钱？", CARD)
    leaning = part("要多少钱？", CARD, near=0.8, joined=together)
    found = judged(leaning)
    assert found.covered
    assert found.parts[0].asked == "要多少钱？"
    elsewhere = part("借书证怎么办，要多少钱？", LENT)
    assert not judged(replace(leaning, joined=elsewhere)).covered  # found far from the part alone


def test_a_yes_or_no_question_about_another_number_is_denied() -> None:
    found = judged(part("每次可借3本吗？", LENT))
    assert found.parts[0].evidence[0].stance is Stance.DENIES
    assert found.answer.short_answer == "不是"
    assert found.answer.sentences[0].text.startswith("不是。")
    assert judged(part("每次可借5本吗？", LENT)).parts[0].evidence[0].stance is Stance.ANSWERS


def test_a_statement_that_the_text_excludes_is_corrected_also_where_nothing_is_answered() -> None:
    hits = (Hit(LENT, Signals(dense_passage=0.95), 1.0),)
    stated = FoundStatement("每次可借3本", "每次可借3本", 0.9, "每次可借3本", hits)
    found = judged(part("押金要多少？", CARD, near=0.8), stated=(stated,))
    assert found.covered
    assert found.answer.correction
    assert found.answer.sentences[0].text.startswith("不对。您提到“每次可借3本”，文件写的是“５本”")
    assert found.answer.missing == ("押金要多少",)
