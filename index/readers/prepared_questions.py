"""The questions kept beside a document: lay ones that its passages answer, open ones that it does not.

`<id>.questions.jsonl` has rows `{"quote", "questions"}`: the passage that holds the quotation
answers the questions (document expansion, after Nogueira et al., 2019, arXiv:1904.08375).
`<id>.claims.jsonl` has rows `{"quote", "true", "false"}`: questions that take something for granted which
that passage bears out (a list of texts), or contradicts (a list of `{"question", "value"}`, where `value`
is a stretch of the passage with the words that decide).
`<id>.open.jsonl` has rows `{"clause", "question", "missing"}`: people ask this of the clause's
subject, and the document does not say it. A document without these files is searched without them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from index.errors import InvalidMetadata
from index.schema import Document, LayQuestion, OpenQuestion, Passage
from index.text.folding import fold_text


def load_lay_questions(
    document: Document, passages: Sequence[Passage], directory: Path, stem: str = ""
) -> tuple[LayQuestion, ...]:
    """Lay questions of `document`, each with the passage that holds its row's quotation; claims last. Files
    are called `stem`, by default the document's id.

    Raises InvalidMetadata where a quotation is not in exactly one passage, or a value not in its passage.
    """
    views = {passage.id: fold_text(passage.text) for passage in passages}
    found: dict[tuple[str, str], LayQuestion] = {}
    stem = stem or document.id
    for where, row in _rows(directory / f"{stem}.questions.jsonl", quote=str, questions=list):
        holder = _holder(where, row["quote"], views)
        for question in row["questions"]:
            found[holder, question] = LayQuestion(holder, question)
    claims = {"quote": str, "true": list, "false": list}
    for where, row in _rows(directory / f"{stem}.claims.jsonl", **claims):
        holder = _holder(where, row["quote"], views)
        for question in row["true"]:
            found[holder, question] = LayQuestion(holder, question, holds=True)
        for claim in row["false"]:
            if fold_text(claim["value"]) not in views[holder]:
                raise InvalidMetadata(f"{where} 的“{claim['value']}”不在引文所在的句子里，请改正。")
            question = claim["question"]
            found[holder, question] = LayQuestion(holder, question, holds=False, value=claim["value"])
    return tuple(found.values())


def _holder(where: str, quote: str, views: Mapping[str, str]) -> str:
    holders = [passage_id for passage_id, view in views.items() if fold_text(quote) in view]
    if len(holders) != 1:
        raise InvalidMetadata(f"{where} 的引文在 {len(holders)} 处出现，应恰好一处，请改正。")
    return holders[0]


def load_open_questions(document: Document, directory: Path) -> tuple[OpenQuestion, ...]:
    """Open questions of `document`, in file order."""
    return tuple(
        OpenQuestion(document.id, row["clause"], row["question"], row["missing"])
        for _, row in _rows(directory / f"{document.id}.open.jsonl", clause=str, question=str, missing=str)
    )


def _rows(path: Path, **keys: type) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a JSONL file, each with the `keys` of the given types, and where it stands."""
    if not path.exists():
        return
    try:
        lines = path.read_bytes().decode("utf-8-sig").split("\n")  # splitlines would cut at U+2028, too
    except UnicodeDecodeError as error:
        raise InvalidMetadata(f"{path.name} 不是 UTF-8 编码的文本，请另存为 UTF-8 后重试。") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{path.name} 第 {number} 行"
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InvalidMetadata(f"{where}不是合法的 JSON，请改正。") from error
        if not isinstance(row, dict) or not all(isinstance(row.get(key), kind) for key, kind in keys.items()):
            raise InvalidMetadata(f"{where}应有 {'、'.join(keys)}，请改正。")
        yield where, row
