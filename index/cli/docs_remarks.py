"""What a maintainer is told of a document: the levels of its outline, what may be wrong with it, and what it
does not say of itself."""

from collections.abc import Iterator

from index.readers.metadata import not_found
from index.schema import UNDATED, Document, WarningKind
from index.structure.faults import told
from index.structure.levels import levels_of

_NAMES = {
    "number": "文号",
    "issuer": "发文机关",
    "published": "发布日期",
    "effective": "施行日期",
    "jurisdiction": "适用地域",
}
_EXAMPLES = {
    "number": 'number = "某府发〔2024〕5号"',
    "issuer": 'issuer = "某市人民政府"',
    "published": "published = 2024-05-01",
    "effective": "effective = 2024-06-01",
    "jurisdiction": 'jurisdiction = "重庆市"',
}
_MOST_WARNINGS = 10
_NAMING_PAGES = (WarningKind.UNREAD_PAGE, WarningKind.COLUMNS)


def remarks(document: Document, added: bool) -> Iterator[str]:
    """One line each: levels, warnings (of a document that was `added` the first ones), and how to say what
    the text does not say."""
    yield from outline_remarks(document, _MOST_WARNINGS if added else len(document.warnings))
    if document.version.startswith(UNDATED):
        yield "版本：没有找到日期；同一份文件的几个无日期版本，以最后添加的为准"
    if missing := not_found(document):
        names = "、".join(_NAMES[name] for name in missing)
        yield f"没有写明：{names}；要补充，请在文件旁写一个 {document.source_name}.toml，例如"
        yield f"  {_EXAMPLES[missing[0]]}"
        if added:
            yield "然后用 policy-qa docs add --replace 再添加一次"


def outline_remarks(document: Document, most: int = _MOST_WARNINGS) -> Iterator[str]:
    """One line each: the levels found, and at `most` so many warnings."""
    levels = "，".join(f"{name} {count} 个" for name, count in levels_of(document.clauses).items())
    if levels:
        yield f"层级：{levels}"
    for warning in document.warnings[:most]:
        place = f"（第 {warning.page} 页）" if warning.page and warning.kind not in _NAMING_PAGES else ""
        yield f"注意：{told(warning)}{place}"
    if len(document.warnings) > most:
        yield f"注意：还有 {len(document.warnings) - most} 处，请用 policy-qa docs outline 查看"
