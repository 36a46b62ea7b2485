"""`policy-qa expand`: lay questions for a document that users added, by the configured model."""

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.settings import Settings


def register(
    add_command: Callable[[str, str], argparse.ArgumentParser], load_settings: Callable[[], "Settings"]
) -> None:
    """Register `expand`."""
    parser = add_command("expand", "让大模型为添加的文件写出老百姓的问法，好让人问得着（需先配置大模型）")
    parser.add_argument("id", metavar="编号", help="文件的编号，见 policy-qa docs list")
    parser.add_argument("--version", metavar="版本", help="默认是最新的版本")
    parser.set_defaults(run=lambda args: _expand(args, load_settings()))


def _expand(args: argparse.Namespace, settings: "Settings") -> int:
    from assistant.errors import ModelFault
    from assistant.llm.client import make_chat_model
    from assistant.llm.document_expansion import expand
    from index.build.build_index import build_index
    from index.cli.progress import Bar
    from index.schema import version_order
    from index.storage.added_documents import AddedDocuments
    from index.storage.document_files import key_of
    from index.structure.passages import make_passages

    model = make_chat_model(settings.chat_model())
    if model is None:
        sys.stderr.write("还没有配置大模型，请先设 POLICY_QA_LLM_BASE_URL 和 POLICY_QA_LLM_MODEL。\n")
        return 1
    index = settings.index()
    collection = AddedDocuments(index.collection)
    added = [each.document for each in collection.load(collection.catalog())]
    wanted = [d for d in added if d.id == args.id and args.version in (None, d.version)]
    if not wanted:
        sys.stderr.write(f"添加过的文件里没有“{args.id}”，请用 policy-qa docs list 查看编号。\n")
        return 1
    document = max(wanted, key=lambda each: version_order(each.version))
    path = index.questions / f"{key_of(document)}.questions.jsonl"
    try:
        with Bar("正在写问法", "句") as bar:
            count = expand(make_passages(document), model, path, bar.show)
    except ModelFault as fault:
        sys.stderr.write(f"{fault.message}已写的都在 {path} 里，再运行一次就接着写。\n")
        return 1
    except ValueError as error:
        sys.stderr.write(f"{error} 不是一行问法，请改正或删去后再试。\n")
        return 1
    with Bar("正在建立索引") as bar:
        build_index(index, bar.show)
    sys.stdout.write(f"为《{document.title}》（{key_of(document)}）写了 {count} 个问法：{path}\n")
    return 0
