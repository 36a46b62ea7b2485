"""A whole installation goes into a backup and comes back elsewhere, by the commands that people type."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from assistant.settings import Settings

NOTICE = """关于规范课间活动的通知

各中小学校：
一、每节课后应当安排十分钟课间休息。
二、学校不得要求学生在课间留在座位上。

甲市教育局
2024年3月1日
"""


def _run(state: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli.main", *arguments],
        capture_output=True,
        text=True,
        timeout=200,
        env={"POLICY_QA_STATE_DIR": str(state), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _asked(state: Path) -> list[str]:
    said = _run(state, "ask", "课间休息几分钟？")
    return [line for line in said.splitlines() if not line.startswith("对话编号")]


@pytest.mark.slow
def test_added_documents_and_conversations_answer_again_after_a_restore(
    settings: "Settings", tmp_path: Path
) -> None:
    first, second, archive = tmp_path / "first", tmp_path / "second", tmp_path / "backup.tar"
    shutil.copytree(settings.state_dir / "index", first / "index")
    (tmp_path / "notice.txt").write_text(NOTICE, encoding="utf-8")
    _run(first, "docs", "add", str(tmp_path / "notice.txt"))
    asked = _asked(first)
    assert "十分钟" in "".join(asked)
    assert "备份" in _run(first, "backup", str(archive))
    assert "index build" in _run(second, "restore", str(archive))
    _run(second, "index", "build")
    assert _run(second, "docs", "list") == _run(first, "docs", "list")
    assert _asked(second) == asked
