"""What stands around the outline of an official text: title, source line, promulgation record, table of
contents, list of enclosures and signature block.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.structure.numbering import numbered
from index.structure.statute_headings import article_in, unit_in
from index.structure.tree import Line, compact, is_ended
from index.text.days import begins_with_day, days_in, without_days
from index.text.folding import squeeze

_ACT = re.compile("通过|修订|修正|公布|发布|施行|批准|颁布|印发|实施|废止|令第|决定|修改")
_ACT_AT_END = re.compile("(?:通过|修订|修正|公布|发布|施行|批准|颁布)\\s*$")
_ORDER = re.compile(r"^\s*[^。，；：]{2,30}令\s*$|^\s*第\s*[0-9０-９一二三四五六七八九十百]{1,6}\s*号\s*$")
_NUMBER_LINE = re.compile(
    r"\s*[（(]?[^\s（(]{1,14}[〔\[(（【]\s*(?:19|20)[0-9]{2}\s*[〕\])）】]\s*[0-9]{1,5}\s*号\s*[）)]?\s*$"
)
_SOURCE_LINE = re.compile(r"\s*来源[：:]")
_ENCLOSURES = re.compile(r"\s*附\s*件\s*[：:]\s*\S")
_FILE = r"\S+\.(?:docx?|xlsx?|pptx?|pdf|zip|rar|ofd|wps|et)"
_AFTER_SIGNATURE = re.compile(
    rf"\s*(?:[（(][^）)]{{2,40}}[）)]\s*$|抄送|主送|印发|分送|.{{2,30}}印发\s*$|联系|.{{0,60}}{_FILE}\s*$)",
    re.IGNORECASE,
)
"""Lines that may follow a signature, names of files to download among them."""
_KIND = re.compile(
    r"(?:法|条例|办法|规定|细则|规则|章程|准则|标准|规范|方案|计划|规划|纲要|意见|通知|决定|决议|公告|通告|通报|"
    r"公报|报告|请示|批复|函|纪要|议案|要点|措施|指南|目录|清单|倡议书|解释|答复|指引|制度|预案)"
    r"(?:[（(〔\[][^）)〕\]]{1,30}[）)〕\]])*\s*$"
)
_STATES = re.compile("[。；：，,;:]")
_MAX_TITLE = 100
_LONGEST_RECORD = 10
"""Lines in which a bracket that a record opens must close."""
_LONGEST_DAY = 60
"""Characters of a line that is a signature's day, at most."""
_REST = re.compile(r"\s*[（(的]")
_WORD = re.compile(r"\w")
_FRONT_LINES = 15
"""Lines among which a title is looked for."""
_TITLE_LINES = 4
_TAIL_LINES = 14


@dataclass(frozen=True, slots=True)
class Matter:
    """A run of lines that belongs together around the outline: its name, and its lines."""

    name: str
    lines: tuple[Line, ...]


def front(lines: Sequence[Line], is_statute: bool, contents: range, titled: bool = False) -> list[Matter]:
    """The lines before the outline, as title, source, record, contents and preamble; the lines of the
    table of contents are known already, and a title where the text is `titled`."""
    found: list[tuple[str, list[Line]]] = []
    at = order_end(lines) if is_statute else 0
    if at:
        found.append(("record", list(lines[:at])))
    bracket = False
    title = range(0) if titled else _title(lines, at, contents)
    while at < len(lines):
        line = lines[at]
        end = at + 1
        if title and at == title.start:
            name, end = "title", title.stop
        elif at in contents:
            name = "contents"
        elif bracket or _is_record(line, is_statute):
            name = "record"
            bracket = _is_open(line.text, bracket) and any(map(_closes, lines[end : end + _LONGEST_RECORD]))
        elif at < title.start or _SOURCE_LINE.match(line.text) or _NUMBER_LINE.match(line.text):
            name = "source"
        else:
            name = "preamble"
        if found and found[-1][0] == name and name != "source":
            found[-1][1].extend(lines[at:end])
        else:
            found.append((name, list(lines[at:end])))
        at = end
    return [Matter(name, tuple(own)) for name, own in found]


def tail(lines: Sequence[Line]) -> list[Matter]:
    """The enclosures' list and the signature block that end `lines`, in text order; often none."""
    signature = _signature_start(lines)
    parts: list[Matter] = []
    enclosures = next(
        (at for at in range(max(0, signature - _TAIL_LINES), signature) if _ENCLOSURES.match(lines[at].text)),
        signature,
    )
    if signature < len(lines) and enclosures < signature:
        parts.append(Matter("enclosures", tuple(lines[enclosures:signature])))
    if signature < len(lines):
        parts.append(Matter("signature", tuple(lines[signature:])))
    return parts


def _title(lines: Sequence[Line], first: int, contents: range) -> range:
    """The lines that are the title: the first that name a kind of document and state nothing, else the first
    line. Where they come again with the issuer before them, those count."""
    places = [at for at in range(first, len(lines)) if at not in contents and _may_open_title(lines[at])]
    found = [named for at in places[:_FRONT_LINES] if (named := _named_title(lines, at))]
    if not found:
        return range(places[0], title_end(lines, places[0])) if places else range(0)
    own = _squeezed(lines, found[0])
    longer = [
        each
        for each in found[1:]
        if not lines[each.start].level
        and len(own) < len(_squeezed(lines, each))
        and _squeezed(lines, each).endswith(own)
    ]
    return min(longer, key=lambda each: len(_squeezed(lines, each)), default=found[0])


def _may_open_title(line: Line) -> bool:
    """Whether the line holds words, and is not the 文号 alone."""
    return bool(_WORD.search(line.text)) and not _NUMBER_LINE.match(line.text)


def _named_title(lines: Sequence[Line], at: int) -> range:
    """The lines from `at` on where they are a title that names a kind of document; else none."""
    text = lines[at].text
    if _STATES.search(text) or begins_with_day(text) or len(text.strip()) > _MAX_TITLE:
        return range(0)
    end = title_end(lines, at)
    return range(at, end) if _KIND.search(lines[end - 1].text) else range(0)


def _squeezed(lines: Sequence[Line], span: range) -> str:
    return squeeze("".join(lines[at].text for at in span))


def title_end(lines: Sequence[Line], at: int) -> int:
    """Index of the line after the title that begins at `at`: it is one line, or where that ends in no kind
    of document, as many as it takes; what goes on with the period or the kind (（2022—2024年）的通知) belongs
    to it."""
    end = at + 1
    if not _KIND.search(lines[at].text):
        most = min(at + _TITLE_LINES, len(lines))
        while end < most and _goes_on(lines[end]) and not _KIND.search(lines[end].text):
            end += 1
        if end == most or not _goes_on(lines[end]):
            return at + 1
        end += 1
    if end < len(lines) and _REST.match(lines[end].text) and _goes_on(lines[end]):
        end += bool(_KIND.search(lines[end].text))
    return end


def _goes_on(line: Line) -> bool:
    """Whether a title can go on in this line."""
    if _STATES.search(line.text) or begins_with_day(line.text) or len(line.text) > _MAX_TITLE:
        return False
    if _NUMBER_LINE.match(line.text) or _SOURCE_LINE.match(line.text):
        return False
    return numbered(line) is None and unit_in(line) is None and article_in(line) is None


def _is_record(line: Line, is_statute: bool) -> bool:
    if not begins_with_day(line.text) or not _ACT.search(line.text):
        return False
    return is_statute or line.text.lstrip()[:1] in "（(" or bool(_ACT_AT_END.search(line.text))


def _is_open(text: str, already: bool) -> bool:
    """Whether a bracket that a record's lines opened is still open after `text`."""
    opened = text.count("（") + text.count("(")
    closed = text.count("）") + text.count(")")
    if text.rstrip().endswith(("）", ")")):
        return False
    return opened > closed or (already and opened >= closed)


def _closes(line: Line) -> bool:
    return "）" in line.text or ")" in line.text


def order_end(lines: Sequence[Line]) -> int:
    """How many lines the order (令) takes with which a statute was promulgated: up to its date."""
    if not any(_ORDER.match(line.text) for line in lines[:3]):
        return 0
    dated = [at for at, line in enumerate(lines[:20]) if is_day(line)]
    return dated[0] + 1 if dated and dated[0] + 1 < len(lines) else 0


def is_day(line: Line) -> bool:
    """Whether the line is the day under a signature, with a name before it perhaps."""
    text = compact(line.text)
    if len(text) > _LONGEST_DAY or _ACT.search(text) or len(days_in(text)) != 1:
        return False
    name = without_days(text)
    named = text.startswith(name) and name.endswith(" ") and len(name) > 2 and not _STATES.search(name)
    return not name.strip() or named


def names_document(text: str) -> bool:
    """Whether `text` ends as titles of official documents do (…方案, …办法（试行）)."""
    return bool(_KIND.search(text))


def kind_of_title(title: str) -> str:
    """方案 for 某市实施方案（试行）; empty where the title names no kind of document."""
    found = _KIND.search(title)
    return re.split(r"[（(〔\[]", found.group())[0].strip() if found else ""


def follows_signature(line: Line) -> bool:
    """Whether the line is one of those that may stand between a signature and what follows it."""
    return bool(_AFTER_SIGNATURE.match(line.text))


def _signature_start(lines: Sequence[Line]) -> int:
    """Index of the first line of the signature block; `len(lines)` where there is none."""
    first = max(1, len(lines) - _TAIL_LINES)
    for day in range(len(lines) - 1, first - 1, -1):
        if is_day(lines[day]):
            break
        if not follows_signature(lines[day]):
            return len(lines)
    else:
        return len(lines)
    start = day
    while start > first and _is_name(lines[start - 1]):
        start -= 1
    return start


def _is_name(line: Line) -> bool:
    """Whether a line could be the name of an office, as signatures have it."""
    text = line.text.strip()
    return (
        2 <= len(text) <= 40
        and not re.search("[。；：，,;:、]", text)
        and numbered(line) is None
        and (not is_ended(text) and unit_in(line) is None and article_in(line) is None)
    )
