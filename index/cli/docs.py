"""`policy-qa docs add|list|show|remove|outline`: the documents that questions are answered from."""

import argparse
import sys
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from index.cli.docs_outline import run_outline
from index.cli.progress import Bar

if TYPE_CHECKING:
    from collections.abc import Callable

    from index.build.add_documents import AddReport
    from index.cli.index import LoadSettings
    from index.library.library import DocumentView, Library
    from index.schema import Clause, Document
    from index.settings import IndexSettings

_OUTLINE_LEVELS = 2
_HEADING = 40


def register(
    add_command: "Callable[[str, str], argparse.ArgumentParser]", load_settings: "LoadSettings"
) -> None:
    """Register `docs` and what lies under it."""
    parser = add_command("docs", "添加、查看和移除文件")
    actions = parser.add_subparsers(title="命令", metavar="命令", dest="action", required=True)

    def action(name: str, summary: str, run: "Callable[..., int]") -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = actions.add_parser(name, help=summary, description=summary)
        made.set_defaults(run=lambda args: run(args, load_settings().index()))
        return made

    add = action("add", "添加文件或整个文件夹；全部收录时退出码为 0，有没收录的为 1", _add)
    add.add_argument("paths", metavar="文件或文件夹", nargs="+", help="可以给多个；文件夹会一直找到底")
    add.add_argument("--id", metavar="编号", help="给这份文件定编号（只用于单个文件）；默认用标题的拼音")
    add.add_argument("--replace", action="store_true", help="已有同一编号、同一版本的，换成这一份")
    action("list", "列出全部文件", _list)
    show = action("show", "查看一份文件的信息和目录", _show)
    show.add_argument("id", metavar="编号")
    show.add_argument("--version", metavar="版本", help="默认是今天有效的版本")
    outline = action("outline", "只读出文件的目录和信息，不收录；有读不出的文件时退出码为 1", run_outline)
    outline.add_argument("paths", metavar="文件或文件夹", nargs="+", help="可以给多个；文件夹会一直找到底")
    outline.add_argument("--json", action="store_true", help="每份文件输出一行 JSON")
    remove = action("remove", "移除添加过的文件，或它的一个版本", _remove)
    remove.add_argument("key", metavar="编号[@版本]")


def _add(args: argparse.Namespace, settings: "IndexSettings") -> int:
    from pathlib import Path

    from index.build.add_documents import AddReport, add_documents
    from index.readers.find_files import find_sources

    sources, refused = find_sources([Path(path) for path in args.paths])
    if args.id is not None and len(sources) > 1:
        sys.stderr.write("--id 只能用于单个文件，请一次添加一份。\n")
        return 2
    report = AddReport((), (), ())
    if sources:
        with Bar("正在读取文件", "份") as files, Bar("正在建立索引") as vectors:
            report = add_documents(
                settings, sources, args.id, files.show, vectors.show, replacing=args.replace
            )
    for refusal in (*refused, *report.refused):
        sys.stderr.write(f"{refusal.name}：{refusal.reason}\n")
    sys.stdout.write("".join(f"{line}\n" for line in _report(report, len(refused))))
    return 1 if refused or report.refused else 0


def _report(report: "AddReport", more_refused: int) -> Iterator[str]:
    from index.cli.docs_remarks import remarks

    for done, documents in (("已添加", report.added), ("已替换", report.replaced)):
        for document in documents:
            yield f"{done}：{document.title}（{document.id}@{document.version}）"
            yield from (f"  {line}" for line in remarks(document, added=True))
    for name, document in report.known:
        yield f"{name}：已收录（{document.id}@{document.version}），没有变化。"
    parts = [f"新收录 {len(report.added)} 份"]
    if report.replaced:
        parts.append(f"替换 {len(report.replaced)} 份")
    if report.known:
        parts.append(f"原已收录 {len(report.known)} 份")
    if refused := len(report.refused) + more_refused:
        parts.append(f"没有收录 {refused} 份")
    yield f"{'，'.join(parts)}。"


def _list(_: argparse.Namespace, settings: "IndexSettings") -> int:
    library, added = _library(settings)
    today = date.today()
    for identifier in library.ids():
        for version in library.versions(identifier):
            view = library.get(identifier, version)
            if view is not None:
                state = library.validity(view.document, today).label
                source = "已添加" if f"{identifier}@{version}" in added else "自带"
                sys.stdout.write(f"{identifier}@{version}  {view.document.title}  {state}  {source}\n")
    return 0


def _show(args: argparse.Namespace, settings: "IndexSettings") -> int:
    library, added = _library(settings)
    today = date.today()
    view = library.get(args.id, args.version, today)
    if view is None:
        known = library.versions(args.id)
        sys.stderr.write(
            f"“{args.id}”没有这个版本，现有的版本：{'、'.join(known)}。\n"
            if known
            else f"没有编号为“{args.id}”的文件，请用 policy-qa docs list 查看编号。\n"
        )
        return 1
    lines = [*_facts(library, view, today, added), "目录：", *_outline(view)]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _facts(library: "Library", view: "DocumentView", today: date, added: frozenset[str]) -> Iterator[str]:
    from index.cli.docs_remarks import outline_remarks

    document = view.document
    yield f"标题：{document.title}"
    yield f"编号：{document.id}"
    versions = "、".join(library.versions(document.id))
    yield f"版本：{document.version}（全部版本：{versions}）"
    yield f"效力：{library.validity(document, today).label}（按今天 {today}）"
    yield from (f"{name}：{value}" for name, value in _known(document, library.repealed(document)))
    source = "已添加" if f"{document.id}@{document.version}" in added else "自带"
    yield f"来源：{source}，{document.source_name}"
    yield f"结构：共 {len(view.clauses)} 个条款，{len(document.text)} 字"
    yield from outline_remarks(document)


def _known(document: "Document", repealed: date | None) -> Iterator[tuple[str, object]]:
    """What is known of the document; what its text does not say is left out."""
    period = None
    if document.period_start and document.period_end:
        period = f"{document.period_start}—{document.period_end}年"
    for name, value in (
        ("文号", document.number),
        ("发文机关", document.issuer),
        ("层级", document.authority.label if document.authority else None),
        ("适用地域", document.jurisdiction),
        ("通过日期", document.passed),
        ("发布日期", document.published),
        ("施行日期", document.effective),
        ("废止日期", repealed),
        ("实施期", period),
        ("页数", len(document.pages) or None),
    ):
        if value:
            yield name, value


def _outline(view: "DocumentView") -> Iterator[str]:
    """Two levels of the outline; in a statute without chapters, its articles."""
    levels: dict[str, int] = {}
    for clause in view.clauses:
        level = levels.get(clause.parent or "", 0) + 1
        levels[clause.address] = level
        if level <= _OUTLINE_LEVELS:
            yield f"{'  ' * level}{clause.address}  {_heading(view.document, clause)}"


def _heading(document: "Document", clause: "Clause") -> str:
    text = clause.heading or document.text[clause.start : clause.end]
    line = " ".join(text.split())
    return line if len(line) <= _HEADING else f"{line[:_HEADING]}…"


def _remove(args: argparse.Namespace, settings: "IndexSettings") -> int:
    from index.build.add_documents import remove_documents

    identifier, _, version = args.key.partition("@")
    with Bar("正在更新索引") as bar:
        gone = remove_documents(settings, identifier, version or None, bar.show)
    sys.stdout.write("".join(f"已移除：{key}\n" for key in gone))
    return 0


def _library(settings: "IndexSettings") -> "tuple[Library, frozenset[str]]":
    """All documents, read from their sources, and the keys of the added ones."""
    from index.library.library import Library
    from index.readers.corpus import load_corpus
    from index.storage.added_documents import AddedDocuments
    from index.storage.document_files import key_of

    collection = AddedDocuments(settings.collection)
    catalog = collection.catalog()
    documents = {key_of(added.document): added.document for added in collection.load(catalog)}
    shipped = {key_of(document): document for document in load_corpus(settings.corpus)}
    return Library(tuple({**documents, **shipped}.values())), frozenset(catalog) - frozenset(shipped)
