"""What a person or a document wrote, as it may stand on a page."""

import re
from collections.abc import Iterator

_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]|(?<![\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d"
)
"""Characters without a look of their own; a joiner between the parts of an emoji has its use."""
_LINE_BREAK = re.compile("\r\n|[\r\x85\u2028\u2029]")


def seen(text: str) -> str:
    """`text` of a person or a document as it may stand among others on a page: without characters that are
    not seen or that turn the direction of what stands beside them, every line break `\\n`. Not for
    quotations, which keep every character and are set apart by the templates."""
    return _UNSEEN.sub("", _LINE_BREAK.sub("\n", text)).strip()


def quote_parts(quote: str) -> Iterator[tuple[str, bool]]:
    """The characters of `quote` in order, with whether they are white space without a Latin letter or digit
    on either side, which only a page break explains; a tab parts the cells of a row."""
    pieces = re.split(r"(\s+)", quote)
    for at, piece in enumerate(pieces):
        if not piece:
            continue
        before = pieces[at - 1][-1:] if at else ""
        after = pieces[at + 1][:1] if at + 1 < len(pieces) else ""
        yield piece, at % 2 == 1 and "\t" not in piece and not (_latin(before) or _latin(after))


def _latin(character: str) -> bool:
    return "!" <= character <= "~"
