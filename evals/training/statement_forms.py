"""Statements in the forms in which people pass on what they heard, made by rule.

In the claims that people wrote a question mark mostly asks. Here what is falsely stated, what is rightly
stated, and what states nothing stand in the same forms, so that the form alone tells nothing.
"""

from collections.abc import Iterable, Iterator

FORMS = (
    "听说{}?",
    "听说{},是真的噻",
    "不是说{}吗",
    "说好的{}",
    "听人说{}就行了?",
    "{},真的假的?",
    "据说{},没错吧?",
    "不是{}吗?",
    "{}?",
    "听说{}了,是真的吗?",
)
_OPENINGS = ("听说", "据说", "听人说", "说是")


def in_forms(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each text in one of the forms, these in turn: the message, and the text as it stands in it."""
    for number, text in enumerate(texts):
        bare = text
        for opening in _OPENINGS:
            bare = bare.removeprefix(opening)
        yield FORMS[number % len(FORMS)].format(bare), bare
