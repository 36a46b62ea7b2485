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
from index.schema import Claim, Document, LayQuestion, OpenQuestion, Passage
from index.text.folding import fold_text


def load_lay_questions(passages: Sequence[Passage], directory: Path, stem: str) -> tuple[LayQuestion, ...]:
    """Lay questions in the file that is called by `stem`, each with the passage that holds its row's
    quotation. Raises InvalidMetadata where a quotation is not in exactly one passage."""
    holders = _Holders(passages)
    found: dict[tuple[str, str], LayQuestion] = {}
    for where, row in _rows(directory / f"{stem}.questions.jsonl", quote=str, questions=list):
        holder = holders.of(where, row["quote"])
        for question in _texts(where, row["questions"], "questions"):
            found[holder, question] = LayQuestion(holder, question)
    return tuple(found.values())


def load_claims(passages: Sequence[Passage], directory: Path, stem: str) -> tuple[Claim, ...]:
    """Claims, in the same way. Raises InvalidMetadata also where a value is not in its passage."""
    holders = _Holders(passages)
    found: dict[tuple[str, str], Claim] = {}
    keys = {"quote": str, "true": list, "false": list}
    for where, row in _rows(directory / f"{stem}.claims.jsonl", **keys):
        holder = holders.of(where, row["quote"])
        for question in _texts(where, row["true"], "true"):
            found[holder, question] = Claim(holder, question, holds=True)
        for claim in row["false"]:
            if not isinstance(claim, dict) or claim.keys() != {"question", "value"}:
                raise InvalidMetadata(f"{where} 的 false 应各有 question 和 value，请改正。")
            question, value = _texts(where, [claim["question"], claim["value"]], "false")
            if fold_text(value) not in holders.views[holder]:
                raise InvalidMetadata(f"{where} 的“{value}”不在引文所在的句子里，请改正。")
            found[holder, question] = Claim(holder, question, holds=False, value=value)
    return tuple(found.values())


def load_open_questions(document: Document, directory: Path, stem: str) -> tuple[OpenQuestion, ...]:
    """Open questions of `document`, in file order."""
    rows = _rows(directory / f"{stem}.open.jsonl", clause=str, question=str, missing=str)
    return tuple(OpenQuestion(document.id, row["clause"], row["question"], row["missing"]) for _, row in rows)


def _texts(where: str, values: list[Any], name: str) -> list[str]:
    if not all(isinstance(value, str) for value in values):
        raise InvalidMetadata(f"{where} 的 {name} 应都是文字，请改正。")
    return values


class _Holders:
    """Passages by the words that they hold."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.views: Mapping[str, str] = {passage.id: fold_text(passage.text) for passage in passages}

    def of(self, where: str, quote: str) -> str:
        """Id of the only passage that holds `quote`. Raises InvalidMetadata, naming `where`."""
        needle = fold_text(quote)
        found = [passage_id for passage_id, view in self.views.items() if needle in view]
        if len(found) != 1:
            raise InvalidMetadata(f"{where} 的引文在 {len(found)} 处出现，应恰好一处，请改正。")
        return found[0]


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
        except (json.JSONDecodeError, RecursionError) as error:
            raise InvalidMetadata(f"{where}不是合法的 JSON，请改正。") from error
        if not isinstance(row, dict) or not all(isinstance(row.get(key), kind) for key, kind in keys.items()):
            raise InvalidMetadata(f"{where}应有 {'、'.join(keys)}，请改正。")
        yield where, row
