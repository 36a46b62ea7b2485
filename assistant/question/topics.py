"""Messages that only name a thing: 校园足球, 近视眼怎么管.

They ask nothing that a passage could answer or leave open; whether the documents treat the thing decides.
"""

import re

from assistant.question.kinds import kind_asked
from assistant.question.patterns import Asked
from assistant.schema import Question

_LONGEST = 9
"""Characters of a message that may only name a thing."""
_GAP = re.compile(r"[\s，,。；;：:、]")
_MARKS = re.compile(r"[^\w]+$")
_WHOLE = {Asked.HOW, Asked.YES_NO, Asked.OTHER}
"""Kinds of questions that ask about a thing as a whole."""


def names_thing(question: Question) -> bool:
    """Whether all that is said is one short run of words that asks for nothing in particular; what leans on a
    conversation says more."""
    said = _MARKS.sub("", question.clean)
    return (
        0 < len(said) <= _LONGEST
        and not question.prefer
        and not _GAP.search(said)
        and kind_asked(question.clean) in _WHOLE
    )
