"""The parts of a file that have a title and an outline of their own: the text that a notice issues
(印发《…》的通知), and appendices (附件1)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.structure.front_end_matter import (
    follows_signature,
    is_day,
    names_document,
    order_end,
    title_end,
)
from index.structure.numbering import numbered
from index.structure.statute_headings import article_in, unit_in
from index.structure.tree import Line, compact
from index.text.folding import squeeze
from index.text.numerals import CHINESE

_NUMBER = rf"(?P<n>{CHINESE}+|[0-9０-９]{{1,3}})?"
_APPENDIX = re.compile(rf"附 ?[件录表]? ?{_NUMBER} ?[：:]?$")
_APPENDIX_TITLED = re.compile(rf"附 ?[件录表] ?{_NUMBER} ?[：: ] ?\S")
_QUOTED = re.compile(r"《([^《》\n]{3,90}(?:《[^《》\n]{2,60}》[^《》\n]{0,40})*)》")
_ISSUED = re.compile("印发|转发|发布|公布|颁布|批转|下发|颁发|现将|通过|批准|审议")
_MAX_TITLE = 80
_LONGEST_WAY = 14
"""Lines between the title of an attached text and the first number of its outline, at most."""
_LONGEST_NOTICE = 200
"""Lines at the beginning of a file in which a notice names what it issues."""
_LONGEST_LIST = 4
_SHORTEST = 5
_MOST_BEFORE = 20
"""Characters of the issuer's name that a title has more than what the notice calls it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a file. `head` are the lines that open it, and name it: 附件2, or the title of what a notice
    issues; the text itself has none."""

    kind: str
    """`text`, `attached` or `appendix`."""
    head: tuple[Line, ...]
    lines: tuple[Line, ...]

    @property
    def title(self) -> str:
        """The opening lines as one, without white space."""
        return squeeze("".join(line.text for line in self.head))


def parts_of(lines: Sequence[Line]) -> list[Part]:
    """The text itself, then what is attached to it, in text order."""
    starts = [(at, (kind, end)) for at, kind, end in _starts(lines)]
    lists = {at for (at, _), (after, _) in pairwise(starts) if _lists_appendices(lines, at, after)}
    starts = [each for each in starts if each[0] not in lists]
    bounds = [0, *(at for at, _ in starts), len(lines)]
    parts = [Part("text", (), tuple(lines[: bounds[1]]))]
    for number, (at, (kind, end)) in enumerate(starts, start=1):
        parts.append(Part(kind, tuple(lines[at:end]), tuple(lines[end : bounds[number + 1]])))
    return parts


def _lists_appendices(lines: Sequence[Line], at: int, after: int) -> bool:
    """Whether line `at` (附件：) opens the list of what is appended rather than an appendix: the names come
    next, and then the first appendix, at line `after`."""
    if after == at + 1:  # nothing stands below it
        return True
    match = _APPENDIX.match(compact(lines[at].text))
    if match is None or match["n"] or not _APPENDIX.match(compact(lines[after].text)):
        return False
    return after - at <= _LONGEST_LIST and not any(map(_opens_clause, lines[at + 1 : after]))


def _starts(lines: Sequence[Line]) -> Iterator[tuple[int, str, int]]:
    """Where each part begins, its kind, and the index of the line after its head."""
    issued: set[str] = set()
    signed = after = appended = False  # `after`: since the signature came only what may follow one
    at = order_end(lines)  # what an order promulgates is the text itself
    while at < len(lines):
        line = lines[at]
        words = compact(line.text)
        end = at + 1
        if is_day(line):
            signed = after = True
            at = end
            continue
        follows = follows_signature(line)
        titled = signed and not follows and _APPENDIX_TITLED.match(words)
        if at and end < len(lines) and len(words) <= _MAX_TITLE and (_APPENDIX.match(words) or titled):
            yield at, "appendix", end
            appended = True
        elif at and not appended and (found := _attached_title(lines, at, issued, after)):
            yield at, "attached", found
            title = _bare("".join(each.text for each in lines[at:found]))
            issued -= {name for name in issued if name.endswith(title) or title.endswith(name)}
            signed, end = False, found
        elif at <= _LONGEST_NOTICE and _ISSUED.search(line.text):
            issued |= {_bare(name) for name in _QUOTED.findall(line.text)}
        after = after and follows
        at = end


def _attached_title(lines: Sequence[Line], at: int, issued: set[str], after: bool) -> int:
    """Index of the line after a title that begins at `at` and belongs to an attached text; 0 for none.

    It is one that the notice named, or stands right `after` the signature; and an outline follows it.
    """
    text = lines[at].text
    if len(text.strip()) > _MAX_TITLE or _opens_clause(lines[at]) or _is_open(lines[at - 1].text):
        return 0
    end = at + 1
    while end < min(at + 3, len(lines)) and not _names(lines[at:end], issued):
        end += 1
    if not _names(lines[at:end], issued):
        end = title_end(lines, at)
        whole = squeeze("".join(line.text for line in lines[at:end]))
        if not after or not names_document(whole) or follows_signature(lines[at]):
            return 0
    following = lines[end : end + _LONGEST_WAY]
    return end if any(map(_begins_outline, following)) else 0


def _is_open(text: str) -> bool:
    """Whether a title's mark that the line opens is closed in a later one."""
    return text.count("《") > text.count("》")


def _names(lines: Sequence[Line], issued: set[str]) -> bool:
    """Whether the lines are a title that the notice named: as a whole, without the place before it, or, on
    one line, with the issuer before it."""
    text = _bare("".join(line.text for line in lines))
    more = _MOST_BEFORE if len(lines) == 1 else 0
    return len(text) >= _SHORTEST and any(
        name.endswith(text) or (text.endswith(name) and len(text) <= len(name) + more) for name in issued
    )


def _bare(title: str) -> str:
    return re.sub(r"[《》〈〉<>*_#\s]", "", title)


def _begins_outline(line: Line) -> bool:
    number = numbered(line)
    first = number is not None and not number.weak and number.number == 1
    return first or unit_in(line) is not None or article_in(line) is not None


def _opens_clause(line: Line) -> bool:
    number = numbered(line)
    opens = number is not None and not number.weak
    return opens or unit_in(line) is not None or article_in(line) is not None
