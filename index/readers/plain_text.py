"""Plain text: which encoding its bytes are in, told by what Chinese text looks like, never by chance.

UTF-8 proves itself: other text is hardly ever valid UTF-8. Among the double-byte encodings each
candidate's decoding gets the likelihood of its characters under a frequency model (Zipf's law over
a list of Chinese characters). All candidates explain the same bytes, so the sums can be compared;
the best one must be likely in itself and clearly ahead of the next. That tells short texts apart,
which detectors built on byte statistics cannot.
"""

import math
import re
from functools import lru_cache
from importlib.resources import files

from index.errors import UndecodableDocument
from index.readers.formats import Extracted

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_CANDIDATES = ("utf-8", "gb18030", "big5", "utf-16-le", "utf-16-be")
_SAMPLE = 20_000
"""Characters that the frequency model looks at."""
_LEAST_MEAN = -7.8
"""Mean log likelihood of a character that a long text must reach. Statutes have -6.4, and -6.8 at
worst; Korean read as Chinese has -9.2, other wrong decodings less. Short texts scatter more."""
_SCATTER = 3.0
"""How much lower the mean of a short text may be: this over the root of its length."""
_LEAST_LEAD = 4.0
"""Lead over the next encoding, in the same unit: odds of 50 to 1."""
_CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")
_CJK = re.compile("[\u3000-\u9fff\uff00-\uffef]")
"""Their presence in decoded UTF-8 ends all doubt; a few bytes of GB18030 can be UTF-8 of other scripts."""
_ODD = -22.0
_SIGNS = "，。、；：？！“”‘’（）《》〈〉【】〔〕「」『』—…·～％　"


def read(data: bytes, name: str) -> Extracted:
    """The stored text of a plain text file. Raises UndecodableDocument."""
    return Extracted(decode(data, name))


def decode(data: bytes, name: str) -> str:
    """Bytes to text: decoded, byte-order mark dropped, CRLF made LF, nothing else changed.

    Raises UndecodableDocument where the bytes are no text or their encoding cannot be told.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = _try(data[len(mark) :], encoding)
            break
    else:
        text = _try(data, "utf-8")
        if text is None or _binary(text) or not (text.isascii() or _CJK.search(text)):
            text = _guess(data)
    if text is None or _binary(text):
        raise UndecodableDocument(
            f"文件“{name}”认不出是哪种编码的文本，请用记事本或 WPS 打开，另存为 UTF-8 编码后再添加。"
        )
    return text.replace("\r\n", "\n")


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _binary(text: str) -> bool:
    """Whether control characters show that this is no text."""
    return "\0" in text or len(_CONTROLS.findall(text)) > len(text) // 200


def _guess(data: bytes) -> str | None:
    """The text in the double-byte encoding that explains the bytes best, or None."""
    scored: list[tuple[float, str]] = []
    for encoding in _CANDIDATES:
        text = _try(data, encoding)
        if text:
            scored.append((_likelihood(text[:_SAMPLE], len(data)), text))
    if not scored:
        return None
    scored.sort(key=lambda entry: -entry[0])
    best, text = scored[0]
    length = min(len(text), _SAMPLE)
    likely = best >= (_LEAST_MEAN - _SCATTER / math.sqrt(length)) * length
    clear = len(scored) < 2 or best - scored[1][0] >= _LEAST_LEAD
    if likely and clear:
        return text
    return _try(data, "utf-8")  # of a script that the model does not know


def _likelihood(text: str, size: int) -> float:
    table = _table()
    total = sum(_log_probability(char, table) for char in text)
    # Candidates differ in how many characters they make of the bytes: compare like with like.
    return total if size <= _SAMPLE * 2 else total / len(text) * _SAMPLE


def _log_probability(char: str, table: dict[str, float]) -> float:
    known = table.get(char)
    if known is not None:
        return known
    if "\u4e00" <= char <= "\u9fa5":
        return -13.0
    if char < "\u0250" or "\uff00" <= char <= "\uffef" or "\u2000" <= char <= "\u2bff":
        return -14.0
    return _ODD


@lru_cache(maxsize=1)
def _table() -> dict[str, float]:
    """Log probabilities: Chinese characters by rank, signs, and printable ASCII."""
    lines = (files("index") / "data" / "characters.txt").read_text(encoding="utf-8").splitlines()
    kept = "".join(line for line in lines if not line.startswith("#"))
    simplified, traditional = kept.split("==")
    table = dict.fromkeys(map(chr, range(0x20, 0x7F)), math.log(0.1 / 95))
    table |= dict.fromkeys("\n\r\t", math.log(0.02))
    table |= dict.fromkeys(_SIGNS, math.log(0.12 / len(_SIGNS)))
    table |= dict.fromkeys("０１２３４５６７８９①②③④⑤⑥⑦⑧⑨⑩－．", math.log(0.02 / 22))
    for forms in (traditional, simplified):
        for rank, char in enumerate(forms):
            table[char] = math.log(0.75 / 4.2 / (rank + 25))
    return table
