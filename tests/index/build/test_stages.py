"""Each stage's output on a fixed sample, by version.

A commit that changes what a stage gives must raise the stage's version constant, or indexes built
before it would pass for current. Then this test fails once more and prints the line to add to
`stages.json`; lines of older versions are never edited.
"""

import hashlib
import json
from pathlib import Path

import pytest

from index.build.content import STAGES
from index.readers.formats import extract
from index.schema import Document
from index.structure.outline import outlined
from index.structure.passages import make_passages
from index.text.tokens import tokens

HERE = Path(__file__).parent
SAMPLE = (HERE / "sample.txt").read_bytes()


def outputs() -> dict[str, object]:
    text = extract(SAMPLE, "sample.txt").text
    document = outlined(Document("sample", "1", "样本", text, sha256="", source_name="sample.txt"))
    passages = make_passages(document)
    return {
        "formats": text,
        "outline": [repr(clause) for clause in document.clauses],
        "passages": [repr(passage) for passage in passages],
        "tokens": [tokens(passage.text) for passage in passages],
    }


@pytest.mark.parametrize("stage", ["formats", "outline", "passages", "tokens"])
def test_a_stage_that_gives_something_else_has_another_version(stage: str) -> None:
    given = json.dumps(outputs()[stage], ensure_ascii=False)
    digest = hashlib.sha256(given.encode()).hexdigest()[:16]
    known = json.loads((HERE / "stages.json").read_text(encoding="utf-8"))[stage]
    version = str(STAGES[stage])
    assert known.get(version) == digest, (
        f"stage {stage} gives something else: raise its version constant, then add "
        f'"{int(version) + (version in known)}": "{digest}" to tests/index/build/stages.json'
    )
