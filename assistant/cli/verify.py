"""`policy-qa verify`: the quotations and clause references of a draft, checked before it goes out."""

import argparse
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.cli.arguments import day

if TYPE_CHECKING:
    from assistant.draft_check.verdicts import Check, DiffStep, DraftReport
    from assistant.settings import Settings
    from index.readers.formats import Extracted

_STDIN = "-"
_NOT_VERIFIED = 3
_SHOWN = 60
_CONTEXT = 12
_WORDS = {
    "verbatim": "✓ 与原文一致",
    "found": "✓ 有此条款",
    "altered": "✗ 与原文不同",
    "not_found": "✗ 没有找到",
    "ambiguous": "✗ 没有核对",
}
_MISPLACED = "✗ 出处不对"
_KINDS = {"quotation": "引文", "reference": "条款"}


def register(
    add_command: Callable[[str, str], argparse.ArgumentParser], load_settings: Callable[[], "Settings"]
) -> None:
    """Register `verify`."""
    parser = add_command("verify", "核对文稿里的引文和条款；全部无误时退出码为 0，否则为 3")
    parser.add_argument("file", metavar="文稿", help="txt、md、html、docx 或 pdf 文件；- 表示从标准输入读")
    parser.add_argument("--json", action="store_true", help="输出完整的核对结果（JSON）")
    parser.add_argument(
        "--as-of", type=day, metavar="日期", help="按哪一天判断文件效力，如 2022-06-01；默认今天"
    )
    parser.set_defaults(run=lambda args: _verify(args, load_settings()))


def _verify(args: argparse.Namespace, settings: "Settings") -> int:
    from assistant.draft_check.check_draft import MAX_TEXT, DraftChecker
    from index.library.library import Library
    from index.storage.version_documents import read_documents

    draft = _read(args.file)
    if len(draft.text) > MAX_TEXT:
        sys.stderr.write(f"文稿有{len(draft.text)}个字，一次最多核对{MAX_TEXT}个字，请分成几份再核对。\n")
        return 2
    verifier = DraftChecker(Library(read_documents(settings.index())))
    report = verifier.verify_text(draft.text, args.as_of or date.today())
    if args.json:
        from assistant.api.verify_models import VerifyReport

        sys.stdout.write(VerifyReport.model_validate(report).model_dump_json(indent=2) + "\n")
    else:
        sys.stdout.write("\n".join(_lines(report, draft)) + "\n")
    return 0 if report.verified else _NOT_VERIFIED


def _read(name: str) -> "Extracted":
    """The draft's text. Raises DocumentError and its kinds."""
    from index.readers.file_checks import MAX_BYTES
    from index.readers.formats import extract, read_source

    if name == _STDIN:
        return extract(sys.stdin.buffer.read(MAX_BYTES + 1), "标准输入.txt")
    return extract(read_source(Path(name)), Path(name).name)


def _lines(report: "DraftReport", draft: "Extracted") -> Iterator[str]:
    breaks = [at for at, char in enumerate(draft.text) if char == "\n"]
    for check in report.results:
        yield from _shown(check, _where(check.start, breaks, draft.pages))
    summary = report.summary
    if not summary.total:
        yield "文稿里没有可以核对的引文或条款。"
    else:
        yield _summary(report)
    if summary.terms:
        yield f"另有{summary.terms}处引号里只是简短的用语，没有核对。"
    if summary.own:
        yield f"另有{summary.own}处指文稿自身的条款，没有核对。"
    if any(check.diff for check in report.results):
        yield "对照：〔删：…〕是原文有而引文没有的字，〔增：…〕是引文有而原文没有的字。"


def _summary(report: "DraftReport") -> str:
    summary = report.summary
    counts = (
        ("无误", summary.verified),
        ("与原文不同", summary.altered),
        ("出处不对", summary.misplaced),
        ("没有找到", summary.not_found),
        ("没有核对", summary.ambiguous),
    )
    said = f"共{summary.total}处：" + "，".join(f"{name}{count}处" for name, count in counts if count) + "。"
    if summary.outdated:
        said += f"无误的里面有{summary.outdated}处出自已不是现行有效的文件。"
    return said


def _shown(check: "Check", where: str) -> Iterator[str]:
    words = _MISPLACED if check.misplaced else _WORDS[check.verdict]
    yield f"{where} {words}（{_KINDS[check.kind]}）：{_brief(check.text)}"
    yield f"    {check.note}"
    if check.diff:
        yield f"    对照：{_compared(check.diff)}"
    source = check.location or check.nearest
    if source is not None and not check.verified:
        page = f"，第{source.page}页" if source.page else ""
        place = f"{source.document_version}版{source.clause_label}{page}"
        yield f"    原文：“{''.join(source.quote.split())}”（{place}）"
    yield ""


def _compared(diff: "Sequence[DiffStep]") -> str:
    """The differences in words, with long equal stretches shortened."""
    pieces = []
    for step in diff:
        quote, original = "".join(step.quote.split()), "".join(step.original.split())
        if step.op == "equal":
            long = len(quote) > 2 * _CONTEXT + 2
            pieces.append(f"{quote[:_CONTEXT]}……{quote[-_CONTEXT:]}" if long else quote)
        else:
            pieces += [f"〔删：{original}〕"] if original else []
            pieces += [f"〔增：{quote}〕"] if quote else []
    return "".join(pieces)


def _where(start: int, breaks: Sequence[int], pages: Sequence[int]) -> str:
    page = f"第{bisect_right(pages, start)}页" if pages else ""
    return f"{page}第{bisect_right(breaks, start) + 1}行"


def _brief(text: str) -> str:
    squeezed = "".join(text.split())
    return squeezed if len(squeezed) <= _SHOWN else f"{squeezed[: _SHOWN - 20]}……{squeezed[-18:]}"
