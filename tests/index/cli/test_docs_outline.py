"""`policy-qa docs outline`, and what `docs add` says of a document."""

import json
from pathlib import Path

import pytest

from index.cli.docs_outline import run_outline
from index.cli.docs_remarks import remarks
from index.readers.document import read_document
from index.readers.report import report_of
from index.settings import IndexSettings
from index.structure.levels import levels_of

TEXT = "松林市读书意见\n一、目标\n（一）甲。\n（三）乙。\n（四）丙。\n二、任务\n1.丁。\n"


class Asked:
    """The parsed command line."""

    def __init__(self, paths: list[Path], json: bool = False) -> None:
        self.paths = [str(path) for path in paths]
        self.json = json


def run(asked: Asked, tmp_path: Path) -> int:
    return run_outline(asked, IndexSettings(tmp_path / "index"))  # type: ignore[arg-type]


def test_files_are_described_without_being_added(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "意见.txt"
    file.write_text(TEXT, encoding="utf-8")
    assert run(Asked([file], json=True), tmp_path) == 0
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert (told["title"], told["issuer"], told["published"]) == ("松林市读书意见", None, None)
    assert told["levels"] == {"一、": 2, "（一）": 3, "1.": 1}
    assert [clause["address"] for clause in told["clauses"]] == [
        "title",
        "1",
        "1.1",
        "1.3",
        "1.4",
        "2",
        "2.1",
    ]
    assert all(TEXT[c["start"] : c["end"]].strip() for c in told["clauses"])
    assert [warning["text"] for warning in told["warnings"]] == ["编号不连续：缺（二）"]
    assert not (tmp_path / "index").exists()


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "坏.pdf"
    broken.write_bytes(b"%PDF-1.4 nothing")
    good = tmp_path / "好.txt"
    good.write_text(TEXT, encoding="utf-8")
    assert run(Asked([tmp_path]), tmp_path) == 1
    out, err = capsys.readouterr()
    assert "1.3" in out
    assert "坏.pdf：" in err


def test_what_a_document_does_not_say_is_named_with_the_way_to_say_it() -> None:
    told = list(remarks(read_document(TEXT.encode(), "意见.txt", {}), added=True))
    assert "层级：一、 2 个，（一） 3 个，1. 1 个" in told
    assert "注意：编号不连续：缺（二）" in told
    assert any(line.startswith("版本：没有找到日期") for line in told)
    assert any(line.startswith("没有写明：文号、发文机关、发布日期、施行日期、适用地域") for line in told)
    assert any("意见.txt.toml" in line for line in told)


def test_levels_of_a_statute_are_counted_by_their_names() -> None:
    text = "办法\n第一章 总则\n第一条 甲。\n第二条 乙：\n（一）丙；\n（二）丁。\n"
    document = read_document(text.encode(), "a.txt", {})
    assert levels_of(document.clauses) == {"章": 1, "条": 2, "项": 2}
    assert report_of(document)["characters"] == len(text)
