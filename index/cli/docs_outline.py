"""`policy-qa docs outline`: what a file would be read as, without adding it."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.schema import Document
    from index.settings import IndexSettings


def run_outline(args: argparse.Namespace, _: "IndexSettings") -> int:
    """Print the outline of each file; 1 where any could not be read."""
    from index.errors import DocumentError
    from index.readers.document import read_document
    from index.readers.file_checks import read_source
    from index.readers.find_files import find_sources, read_sidecar
    from index.readers.report import report_of

    sources, refused = find_sources([Path(path) for path in args.paths])
    failed = [(refusal.name, refusal.reason) for refusal in refused]
    for source in sources:
        try:
            data = read_source(source.path)
            document = read_document(data, source.path.name, read_sidecar(source.path))
        except DocumentError as error:
            failed.append((source.name, error.message))
            continue
        if args.json:
            described = {"file": source.name, **report_of(document)}
            sys.stdout.write(json.dumps(described, ensure_ascii=False) + "\n")
        else:
            sys.stdout.write("".join(f"{line}\n" for line in _lines(source.name, document)))
    for name, reason in failed:
        if args.json:
            sys.stdout.write(json.dumps({"file": name, "error": reason}, ensure_ascii=False) + "\n")
        sys.stderr.write(f"{name}：{reason}\n")
    return 1 if failed else 0


def _lines(name: str, document: "Document") -> list[str]:
    from index.cli.docs_remarks import remarks

    depth: dict[str | None, int] = {None: -1}
    lines = [
        f"{name}：{document.title}（版本 {document.version}）",
        *(f"  {r}" for r in remarks(document, added=False)),
    ]
    for clause in document.clauses:
        depth[clause.address] = depth.get(clause.parent, -1) + 1
        words = clause.heading or document.text[clause.start : clause.end]
        heading = " ".join(words.split())[:40]
        lines.append(f"  {'  ' * depth[clause.address]}{clause.address}  {heading}")
    return lines
