"""`policy-qa index build|status|ship-vectors`."""

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from index.bar import Bar

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


def _build(settings: "IndexSettings") -> int:
    from index.build import build_index

    with Bar("正在建立索引") as bar:
        built = build_index(settings, bar.show)
    sys.stdout.write("索引已建好。\n" if built else "索引已是最新，无需重建。\n")
    return 0


def _status(settings: "IndexSettings") -> int:
    from index.build import index_status

    status = index_status(settings)
    if not status.built:
        sys.stdout.write("索引还没有建立，请运行 policy-qa index build。\n")
        return 1
    names = {
        "documents": "文件",
        "passages": "语句",
        "lay_questions": "口语问法",
        "open_questions": "文件未写明的问法",
    }
    counts = "，".join(f"{names.get(key, key)} {count}" for key, count in status.counts.items())
    state = "最新" if status.current else "内容或程序有变化，请运行 policy-qa index build 更新"
    sys.stdout.write(f"状态：{state}\n版本：{status.fingerprint}\n内容：{counts}\n")
    return 0 if status.current else 1


def _ship_vectors(settings: "IndexSettings") -> int:
    from index.build import ship_vectors

    with Bar("正在计算向量") as bar:
        written = ship_vectors(settings, bar.show)
    for path in written:
        sys.stdout.write(f"已写入 {path}（{path.stat().st_size / 1e6:.1f} MB）\n")
    return 0
