"""Evidence over the invented library, and a document with a long sentence."""

from assistant.schema import Evidence, Stance
from index.schema import Passage
from tests.assistant.sample import RULES, document, quoted

POOL = document(
    """泳池开放办法
一、开放
到2025年，在保证水质安全的前提下，全市公共泳池每周开放６天以上，每天开放不少于１０小时，并应当为老年人留出专门时段，其中周末开放到晚上九点，节假日可以适当延长开放时间；到2030年，符合条件的学校泳池在暑假期间向社会开放，收费标准由物价部门另行规定。
二、课程
游泳课是小学的必修课，由公办泳池承担，2025年建成。
""",
    "pool",
)
OPEN = quoted(POOL, "每周开放")
"""A sentence of 127 characters."""
LESSONS = quoted(POOL, "必修")
LENT, CARD, HOURS, WEEKENDS, GROUPS = (
    quoted(RULES, words) for words in ("借期30天", "居民凭身份证", "每天开放", "周末", "鼓励学校")
)


def evidence(passage: Passage, words: str, stance: Stance = Stance.ANSWERS) -> Evidence:
    """The passage with `words` of it as those that decide."""
    at = passage.start + passage.text.index(words)
    return Evidence(passage, (at, at + len(words)), stance)
