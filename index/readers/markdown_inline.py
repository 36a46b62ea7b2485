"""Markup within one line of Markdown: escapes, code, tags, links, emphasis.

Each kind is looked for where those before it have found nothing: what they found is hidden from it.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial

from index.schema import Span

GONE = "\ufffc"
"""Stands in a working copy for markup already found; no pattern takes it for text or sign."""
_TAGS = (
    "a abbr address article aside b big blockquote br caption center cite code col colgroup dd del "
    "details div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li "
    "main mark nav ol "
    "p pre q s section small span strike strong sub summary sup table tbody td tfoot th thead tr u ul wbr"
)
_ESCAPE = re.compile(r"\\(?:[!-/:-@\[-`{-~]|$)")
_CODE = re.compile(r"(?<!`)(?P<ticks>`{1,3})(?!`)[^`]+(?P=ticks)(?!`)")
_TAG = re.compile(rf"</?(?:{'|'.join(_TAGS.split())})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_AUTOLINK = re.compile(r"<(?:[a-z][a-z0-9+.-]{1,31}:[^\s<>]*|[\w.+-]+@[\w.-]+)>", re.IGNORECASE)
_LINK = re.compile(
    r"!?\[(?P<text>[^\[\]]*)\]"
    r"\((?:<[^<>]*>|[^()\s<>]*[./#:][^()\s<>]*(?:\([^()\s<>]*\)[^()\s<>]*)?)?(?:[ \t]+\"[^\"]*\")?[ \t]*\)"
)
_EMPHASIS = tuple(
    (len(sign), re.compile(pattern))
    for sign, pattern in (
        ("***", r"(?<!\*)\*{3}(?![\s*])[^*]+(?<!\s)\*{3}(?!\*)"),
        ("**", r"(?<!\*)\*{2}(?![\s*])[^*]*(?:(?<!\*)\*(?!\*)[^*]+\*(?!\*)[^*]*)?(?<![\s*])\*{2}(?!\*)"),
        ("___", r"(?<!\w)_{3}(?![\s_])[^_]+(?<!\s)_{3}(?!\w)"),
        ("__", r"(?<!\w)_{2}(?![\s_])[^_]+(?<!\s)_{2}(?!\w)"),
        ("~~", r"(?<!~)~~(?![\s~])[^~]+(?<!\s)~~(?!~)"),
        ("*", r"(?<![*0-9０-９])\*(?![\s*])[^*]+(?<!\s)\*(?![*0-9０-９])"),
        ("_", r"(?<!\w)_(?![\s_])[^_]+(?<!\s)_(?!\w)"),
    )
)

_Found = tuple[list[Span], list[Span]]
"""What is markup, and what is hidden from the kinds that follow."""


def inline_markup(text: str) -> Iterator[Span]:
    """Spans of markup in `text`, a line or a part of one, kind by kind; they may overlap."""
    if text.isalnum():
        return
    for find in _KINDS:
        markup, hidden = find(text)
        yield from markup
        text = _without(text, hidden)


def _escapes(text: str) -> _Found:
    found = [match.span() for match in _ESCAPE.finditer(text)] if "\\" in text else []
    return [(first, first + 1) for first, _ in found], found


def _codes(text: str) -> _Found:
    found = list(_CODE.finditer(text)) if "`" in text else []
    ticks = [span for match in found for span in _ends(match.span(), len(match["ticks"]))]
    return ticks, [match.span() for match in found]


def _tags(text: str) -> _Found:
    if "<" not in text:
        return [], []
    tags = [match.span() for match in _TAG.finditer(text)]
    links = [match.span() for match in _AUTOLINK.finditer(text)]
    return tags + [span for link in links for span in _ends(link, 1)], tags + links


def _links(text: str) -> _Found:
    found = list(_LINK.finditer(text)) if "](" in text else []
    around = [(match.start(), match.start("text")) for match in found]
    around += [(match.end("text"), match.end()) for match in found]
    return around, around


def _emphasis(width: int, pattern: re.Pattern[str], text: str) -> _Found:
    signs = [span for match in pattern.finditer(text) for span in _ends(match.span(), width)]
    return signs, signs


_KINDS: tuple[Callable[[str], _Found], ...] = (
    _escapes,
    _codes,
    _tags,
    _links,
    *(partial(_emphasis, width, pattern) for width, pattern in _EMPHASIS),
)


def _ends(span: Span, width: int) -> tuple[Span, Span]:
    """The first and the last `width` characters of `span`."""
    return (span[0], span[0] + width), (span[1] - width, span[1])


def _without(text: str, hidden: list[Span]) -> str:
    """`text` with `hidden` taken out, each character for one that is no text; what overlaps an earlier span
    stays."""
    if not hidden:
        return text
    parts: list[str] = []
    end = 0
    for first, last in sorted(hidden):
        if first >= end:
            parts += [text[end:first], GONE * (last - first)]
            end = last
    return "".join([*parts, text[end:]])
