"""An answer as Markdown for the chat. Everything that came from a person or a document is text.

Evidence is data until here; this module only shows it.
"""

import re
from collections.abc import Iterable

from assistant.schema import Answer, Citation, Notice, Status
from index.text.folding import squeeze, squeeze_cells
from prompts import reply

STANDING_LINE = reply("standing")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_LINE_BREAK = re.compile("\r\n|[\r\u2028\u2029]")
_SPACE = re.compile(r"(?<![!-~])\s+|\s+(?![!-~])")
"""White space with a Chinese character on at least one side."""
_MARKER = re.compile(r"\[(\d{1,3})\]")
_NUMBER = re.compile(r"^\s*(?:[(（]?[0-9０-９零一二三四五六七八九十百]{1,4}[)）.．、]|[①-⑳])\s*")
_SAFE_URL = re.compile(r"/documents/[A-Za-z0-9._~%/?&=#@:+,-]*")
_FIRST_KINDS = frozenset({"safety"})
"""Notices that must be read before the answer."""


def escape_markdown(text: str) -> str:
    """`text` so that Markdown, HTML, LaTeX and auto-links in it show as the characters they are.

    Every ASCII punctuation mark becomes a character reference: nothing is left that a Markdown
    dialect could take for syntax. Indentation, which would make a code block, becomes no-break
    spaces. Characters that cannot be seen, or that turn the direction of what follows, are dropped.
    """
    text = _INVISIBLE.sub("", _LINE_BREAK.sub("\n", text))
    text = _PUNCTUATION.sub(lambda found: f"&#{ord(found[0])};", text)
    lines = []
    for line in text.split("\n"):
        bare = line.lstrip(" \t\u3000")
        indent = line[: len(line) - len(bare)].replace("\t", "    ").replace(" ", "\u00a0")
        lines.append(indent + bare.rstrip())
    return "\n".join(lines)


def for_the_eye(quote: str) -> str:
    """`quote` without the white space that a page break left between Chinese characters."""
    return _SPACE.sub("", quote.strip())


def render_answer(answer: Answer, contact: str | None = None) -> str:
    """The whole message: what must be read first, the answer, its evidence, notices, the standing line.

    `contact` names whom to ask where the documents are silent on a matter of theirs; it is added unless the
    answer's own text names it already.
    """
    first = [notice for notice in answer.notices if notice.kind in _FIRST_KINDS]
    rest = [notice for notice in answer.notices if notice.kind not in _FIRST_KINDS]
    blocks = [f"**{escape_markdown(notice.text)}**" for notice in first]
    blocks.append(_body(answer))
    if answer.status is Status.NOT_COVERED and contact and answer.related and contact not in answer.answer:
        blocks.append(reply("not_covered_advice", contact=escape_markdown(contact)))
    blocks += _evidence("原文依据", answer.citations, numbered=True)
    blocks += _evidence("相关条款", answer.related, numbered=False)
    blocks.append(_small(rest))
    return "\n\n".join(block for block in blocks if block)


def render_text(text: str) -> str:
    """The answer's text while it is written; its evidence comes with the whole."""
    return "\n\n".join(escape_markdown(paragraph) for paragraph in text.split("\n"))


def _body(answer: Answer) -> str:
    """The answer's text, its paragraphs kept, each marker a link to what it stands for.

    A paragraph that only repeats a quotation is left out: it stands below, with its clause.
    """
    quoted = {_core(citation.quote) for citation in answer.citations}
    links = {citation.marker: _link(f"[{citation.marker}]", citation) for citation in answer.citations}
    paragraphs: list[str] = []
    for paragraph in answer.answer.split("\n"):
        if paragraphs and _core(_MARKER.sub("", paragraph)) in quoted:
            continue
        parts = _MARKER.split(paragraph)  # text, number, text, number, …, text
        shown = [
            escape_markdown(part) if at % 2 == 0 else links.get(int(part), escape_markdown(f"[{part}]"))
            for at, part in enumerate(parts)
        ]
        paragraphs.append("".join(shown).strip())
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _core(text: str) -> str:
    return squeeze(text).strip("「」“”")


def _evidence(heading: str, citations: Iterable[Citation], numbered: bool) -> list[str]:
    """A heading, then one block quotation a citation; the document's title where it changes."""
    blocks: list[str] = []
    title = None
    for citation in citations:
        if citation.document_title != title:
            title = citation.document_title
            blocks.append(f"**{heading}** {escape_markdown(f'《{_bare(title)}》')}")
        marker = f"[{citation.marker}] " if numbered else ""
        name = _link(f"{marker}{_clause_name(citation)}", citation)
        quote = squeeze_cells(citation.quote) if citation.row else for_the_eye(citation.quote)
        lines = [name, "", escape_markdown(quote), *_row(citation.row)]
        blocks.append("\n".join(f"> {line}".rstrip() for line in lines))
    return blocks


def _row(cells: Iterable[tuple[str, str]]) -> list[str]:
    """A table's row as the lines of a list: each column's name, if it has one, and the cell."""
    named = [(escape_markdown(name), escape_markdown(words)) for name, words in cells]
    lines = [f"- *{name}* {words}" if name else f"- {words}" for name, words in named]
    return ["", *lines] if lines else []


def _clause_name(citation: Citation) -> str:
    """The clause as an official writes it, and its heading: 二、（二）1 实现学前教育公益普惠发展."""
    heading = citation.clause_path[-1] if citation.clause_path else ""
    heading = _NUMBER.sub("", for_the_eye(heading)).rstrip("。：:")
    return f"{citation.clause_label} {heading}".strip()


def _bare(title: str) -> str:
    return title.strip().removeprefix("《").removesuffix("》")


def _link(text: str, citation: Citation) -> str:
    """A link to the original; only text where the address is not one of our own pages'."""
    shown = escape_markdown(text)
    if not _SAFE_URL.fullmatch(citation.url):
        return shown
    anchor = "" if "#" in citation.url else "#quote"
    return f"[{shown}]({citation.url}{anchor})"


def _small(notices: Iterable[Notice]) -> str:
    """The closing lines, one below the other, set small by the style sheet."""
    sentences = [escape_markdown(notice.text) for notice in notices]
    return "  \n".join(f"*{sentence}*" for sentence in [*sentences, STANDING_LINE])
