"""`policy-qa index build|status|verify|ship-vectors`."""

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from index.cli.progress import Bar

if TYPE_CHECKING:
    from index.settings import IndexSettings


class HasIndexSettings(Protocol):
    """Settings of which the index has a part."""

    def index(self) -> "IndexSettings":
        """That part."""
        ...


LoadSettings = Callable[[], HasIndexSettings]


def register(add_command: Callable[[str, str], argparse.ArgumentParser], load_settings: LoadSettings) -> None:
    """Register `index` and what lies under it."""
    parser = add_command("index", "建立和查看检索索引")
    actions = parser.add_subparsers(title="命令", metavar="命令", dest="action", required=True)
    for name, summary, run in (
        ("build", "建立索引；内容没有变化时什么也不做", _build),
        ("status", "查看索引的状态；未建立或需要更新时退出码为 1", _status),
        ("ship-vectors", "把全部向量写到各文件旁边，随代码一起分发", _ship_vectors),
    ):
        action = actions.add_parser(name, help=summary, description=summary)
        action.set_defaults(run=lambda args, run=run: run(load_settings().index()))
    summary = "对照原件核对索引里的每一条，有问题就修复；全部完好或已修复时退出码为 0"
    verify = actions.add_parser("verify", help=summary, description=summary)
    verify.add_argument("--check", action="store_true", help="只核对，不修复")
    verify.set_defaults(run=lambda args: _verify(load_settings().index(), not args.check))


def _build(settings: "IndexSettings") -> int:
    from index.build.build_index import build_index

    with Bar("正在建立索引") as bar:
        built = build_index(settings, bar.show)
    sys.stdout.write("索引已建好。\n" if built else "索引已是最新，无需重建。\n")
    return 0


def _status(settings: "IndexSettings") -> int:
    from index.build.build_index import index_status

    status = index_status(settings)
    if not status.built:
        sys.stdout.write("索引还没有建立，请运行 policy-qa index build。\n")
        return 1
    names = {
        "documents": "文件",
        "passages": "语句",
        "lay_questions": "口语问法",
        "claims": "说法",
        "open_questions": "文件未写明的问法",
    }
    counts = "，".join(f"{names.get(key, key)} {count}" for key, count in status.counts.items())
    state = "最新" if status.current else "内容或程序有变化，请运行 policy-qa index build 更新"
    sys.stdout.write(f"状态：{state}\n版本：{status.fingerprint}\n内容：{counts}\n")
    return 0 if status.current else 1


def _verify(settings: "IndexSettings", repair: bool) -> int:
    from index.build.check_index import verify_index

    with Bar("正在修复索引") as bar:
        verdict = verify_index(settings, repair, bar.show)
    for sentence in verdict.found:
        sys.stdout.write(f"发现：{sentence}\n")
    sys.stdout.write(f"核对了 {verdict.documents} 份文件、{verdict.passages} 条语句。\n")
    if not verdict.found:
        sys.stdout.write("索引与原件完全一致。\n")
    elif not verdict.left:
        sys.stdout.write("已全部修复。\n")
    else:
        if repair:
            sys.stdout.write("".join(f"未能修复：{sentence}\n" for sentence in verdict.left))
        else:
            sys.stdout.write("要修复，请运行 policy-qa index verify。\n")
        return 1
    return 0


def _ship_vectors(settings: "IndexSettings") -> int:
    from index.build.ship_vectors import ship_vectors

    with Bar("正在计算向量") as bar:
        written = ship_vectors(settings, bar.show)
    for path in written:
        sys.stdout.write(f"已写入 {path}（{path.stat().st_size / 1e6:.1f} MB）\n")
    return 0
