"""What a saved page says in its head: the title of its text, and what its tags for machines state."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from index.readers.html_furniture import is_no_title
from index.readers.html_lines import Item, Line, collapse
from index.text.folding import squeeze

if TYPE_CHECKING:
    from lxml.etree import _Element

_TITLE = 4
"""Characters of a title, at least."""
_FIELDS = frozenset(
    re.findall(
        r"\S+",
        """articletitle pubdate contentsource author source sitename columnname publishdate publish_date
        pub_date createdate publisher og:title article:published_time article:author""",
    )
)


def title_of(root: "_Element", items: Sequence[Item]) -> str | None:
    """The title that the page gives: its tag for it, or a part of `<title>` as the text has it."""
    for meta in root.iter("meta"):
        said = collapse(meta.get("content") or "")
        if (meta.get("name") or "").lower() == "articletitle" and said and not is_no_title(said):
            return said
    lines = [item.text for item in items[:50] if isinstance(item, Line)]
    known = {squeeze(line) for line in (*lines, *map("".join, pairwise(lines)))}
    for part in possible_titles(root):
        if squeeze(part) not in known or is_no_title(part):
            continue
        headed: dict[object, list[str]] = {}
        for item in items:
            if isinstance(item, Line) and item.heading is not None and item.heading.tag == "h1":
                headed.setdefault(item.heading, []).append(item.text)
        whole = ["".join(texts) for texts in headed.values()]
        holds_more = len(whole) == 1 and squeeze(part) in squeeze(whole[0])[1:]
        return whole[0] if holds_more else part
    return None


def possible_titles(root: "_Element") -> list[str]:
    """What `<title>` holds: all of it, and its parts."""
    found = next(root.iter("title"), None)
    whole = collapse("".join(str(part) for part in found.itertext())) if found is not None else ""
    return [part for part in (whole, *re.split(r"\s*[-_|—–]+\s*", whole)) if part]


def told_by_head(root: "_Element") -> dict[str, str]:
    """What the page's tags for machines state of the text, by their names."""
    found: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = meta.get("name") or meta.get("property") or ""
        content = collapse(meta.get("content") or "")
        if content and (name.lower() in _FIELDS or re.search("[\u4e00-\u9fff]", name)):
            found.setdefault(squeeze(name), content)
    titles = possible_titles(root)
    if titles and not is_no_title(part := titles[min(1, len(titles) - 1)]):
        found.setdefault("PageTitle", part)  # the site's name stands behind it
    return found


def titles_in(root: "_Element") -> set[str]:
    """The lines that are a title wherever they stand, squeezed."""
    said = told_by_head(root)
    named = {value for name, value in said.items() if name.lower() in {"articletitle", "og:title"}}
    found = {squeeze(title) for title in (*possible_titles(root), *named)}
    return {title for title in found if len(title) >= _TITLE and not is_no_title(title)}
