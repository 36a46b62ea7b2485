"""Punctuation as it is set in Chinese: words that were folded to be matched are shown to people again."""

import re

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff，。？！：；（）、“”‘’《》"
_HALF, _FULL = ",?!:;()", "，？！：；（）"
_TO_FULL = str.maketrans(_HALF, _FULL)
_MARKS = f"[{re.escape(_HALF)}]+"
_BESIDE_HAN = re.compile(f"(?<=[{_HAN}]){_MARKS}|{_MARKS}(?=[{_HAN}])")


def chinese_marks(text: str) -> str:
    """`text` with the marks beside Chinese characters in full width (娃儿,好久 becomes 娃儿，好久); those in
    numbers and among other letters stay. As long as before."""
    return _BESIDE_HAN.sub(lambda found: found.group().translate(_TO_FULL), text)
