"""`policy-qa verify` on files and on standard input."""

import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.cli.main import main

if TYPE_CHECKING:
    from assistant.settings import Settings

PLAN = "《重庆市加快推进教育现代化实施方案》"
SAID = "到2022年全市公办园在园幼儿占比达到50％以上"
GOOD = f"关于幼儿园的说明\n\n{PLAN}二、（二）1提出：“{SAID}”。\n"
BAD = GOOD.replace("50", "60") + f"{PLAN}九、（九）另有规定。\n"


@pytest.fixture(autouse=True)
def _over_the_plan(settings: "Settings", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.cli.main._load_settings", lambda: settings)


def draft(home: Path, text: str, name: str = "draft.txt") -> str:
    path = home / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_all_verified_is_code_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", draft(tmp_path, GOOD)]) == 0
    shown = capsys.readouterr().out
    assert "第3行 ✓ 与原文一致（引文）" in shown
    assert "第3行 ✓ 有此条款（条款）" in shown
    assert "共2处：无误2处。" in shown


def test_what_differs_is_code_3_with_the_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", draft(tmp_path, BAD, "draft.md")]) == 3
    shown = capsys.readouterr().out
    assert "〔删：5〕〔增：6〕" in shown
    assert "第4行 ✗ 没有找到（条款）" in shown
    assert "与原文不同1处" in shown


def test_json_is_the_report_of_the_interface(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", draft(tmp_path, BAD), "--json", "--as-of", "2021-06-01"]) == 3
    report = json.loads(capsys.readouterr().out)
    assert [result["verdict"] for result in report["results"]] == ["found", "altered", "not_found"]
    assert all(BAD[result["start"] : result["end"]] == result["text"] for result in report["results"])


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_standard_input_is_read(
    encoding: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = io.TextIOWrapper(io.BytesIO(GOOD.encode(encoding)))
    monkeypatch.setattr(sys, "stdin", given)
    assert main(["verify", "-"]) == 0
    assert "无误2处" in capsys.readouterr().out


def test_a_draft_without_quotations_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", draft(tmp_path, "今天开会，落实“双减”。\n")]) == 0
    shown = capsys.readouterr().out
    assert "没有可以核对的引文或条款" in shown
    assert "另有1处引号里只是简短的用语" in shown


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [("none.txt", None, 1), ("empty.txt", "", 1), ("long.txt", "字" * 200_001, 2), ("odd.exe", "字", 1)],
)
def test_a_draft_that_cannot_be_checked_is_one_sentence(
    name: str, text: str | None, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / name) if text is None else draft(tmp_path, text, name)
    assert main(["verify", path]) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert str(tmp_path) not in shown.err


def test_wrong_usage_is_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["verify"])
    assert left.value.code == 2
    assert "文稿" in capsys.readouterr().err
