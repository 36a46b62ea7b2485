"""Punctuation as it is set in Chinese: words that were folded to be matched are shown to people again."""

import re

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff。、“”‘’《》"
_HALF, _FULL = ",?!:;()", "，？！：；（）"
_TO_FULL = dict(zip(_HALF, _FULL, strict=True))
_MARKS = f"[{re.escape(_HALF + _FULL)}]+"
_BESIDE_HAN = re.compile(f"(?<=[{_HAN}]){_MARKS}|{_MARKS}(?=[{_HAN}])")
_ADDRESS = re.compile(r"[!-~]*://[!-~]*")


def chinese_marks(text: str) -> str:
    """`text` with the marks beside Chinese characters in full width (娃儿,好久 becomes 娃儿，好久); those in
    numbers, among other letters and in addresses (`://`) stay. A pair of brackets goes together, where either
    stands beside a Chinese character; one without its other stays. As long as before."""
    beside = {at for found in _BESIDE_HAN.finditer(text) for at in range(*found.span())}
    kept = {at for found in _ADDRESS.finditer(text) for at in range(*found.span())}
    wide = {at for at in beside - kept if text[at] not in "()"}
    for pair in _pairs(text):
        if not kept.intersection(pair) and beside.intersection(pair):
            wide.update(pair)
    return "".join(_TO_FULL.get(c, c) if at in wide else c for at, c in enumerate(text))


def _pairs(text: str) -> list[tuple[int, int]]:
    """Where brackets in half width open and close, innermost pairs first."""
    pairs, open_ = [], []
    for at, character in enumerate(text):
        if character == "(":
            open_.append(at)
        elif character == ")" and open_:
            pairs.append((open_.pop(), at))
    return pairs
