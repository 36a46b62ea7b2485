"""Personal data in what people write: found by its grammar (`data/privacy.toml`), and masked before it is
stored, logged or sent."""

import re
from functools import lru_cache
from itertools import chain

from index.text.addresses import addresses
from index.text.personal_accounts import personal_accounts
from index.text.personal_numbers import personal_numbers
from index.text.plain_writing import plain_writing
from index.text.privacy_grammar import Found

KINDS = ("邮箱", "身份证号", "银行卡号", "手机号", "电话号码", "微信号", "QQ号", "护照号", "车牌号", "住址")
"""What personal data may be, as it stands in brackets in its place."""


def find(text: str) -> tuple[Found, ...]:
    """The personal data of `text`, in order; none overlaps another. Linear in the length of `text`."""
    plain = plain_writing(text, _masked())
    found: list[Found] = []
    taken = bytearray(len(plain.text))
    for data in chain(personal_accounts(plain.text), personal_numbers(plain.text), addresses(plain.text)):
        if not any(taken[data.start : data.end]):
            taken[data.start : data.end] = b"\1" * (data.end - data.start)
            found.append(Found(data.kind, *plain.span(data.start, data.end)))
    return tuple(sorted(found, key=lambda data: data.start))


def mask(text: str) -> str:
    """`text` with personal data replaced by what it is, in brackets, such as `[手机号]`."""
    parts, at = [], 0
    for data in find(text):
        parts += [text[at : data.start], f"[{data.kind}]"]
        at = data.end
    return "".join([*parts, text[at:]])


def mask_what_needs_its_words(text: str) -> str:
    """`text` with those personal data replaced that a piece of it would not show to be any: what only the
    words around tell (加我V：…), and what is told in several pieces. Of an address the name before its first
    number stays."""
    parts, at = [], 0
    for data in find(text):
        value = text[data.start : data.end]
        if not _shows_itself(value):
            name = _NAME.match(value) if data.kind == "住址" else None
            parts += [text[at : data.start], name[0] if name else "", f"[{data.kind}]"]
            at = data.end
    return "".join([*parts, text[at:]])


def _shows_itself(value: str) -> bool:
    """Whether it is found whole without the words around it, and is one piece to those who cut sentences."""
    alone = find(value)
    whole = len(alone) == 1 and (alone[0].start, alone[0].end) == (0, len(value))
    return whole and not _CUTS.search(value)


_NAME = re.compile(r"[^\W\d零〇一二三四五六七八九十]*")
"""Of an address: districts, road and estate up to the first number."""
_CUTS = re.compile(r"[^\w.@+·/()（）＠．－-]")


@lru_cache(maxsize=1)
def _masked() -> re.Pattern[str]:
    """What is masked already, and tells nothing of what stands beside it."""
    return re.compile(rf"\[(?:{'|'.join(KINDS)})\]")
