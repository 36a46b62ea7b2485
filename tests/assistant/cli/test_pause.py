"""`policy-qa pause` and `policy-qa resume`: the switch from the command line."""

from pathlib import Path

import pytest

from assistant.cli.main import main
from assistant.settings import load_settings
from assistant.storage.store import Store


def test_it_stops_answering_for_all_processes_and_begins_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POLICY_QA_STATE_DIR", str(tmp_path))
    load_settings.cache_clear()
    store = Store(f"sqlite:///{tmp_path / 'conversations.sqlite'}")
    assert main(["pause", "正在升级，\n三点恢复。"]) == 0
    assert "policy-qa resume" in capsys.readouterr().out
    stopped = store.pause.now()
    assert stopped is not None
    assert (stopped.key_id, stopped.message) == (None, "正在升级， 三点恢复。")
    assert main(["pause", "四点恢复。"]) == 0
    assert main(["resume"]) == 0
    assert store.pause.now() is None
    assert main(["resume"]) == 0
    assert "没有暂停" in capsys.readouterr().out
    acts = [(act.key_id, act.act, act.what) for act in reversed(store.trail.acts())]
    assert acts == [
        (None, "pause.begin", "正在升级， 三点恢复。"),
        (None, "pause.change", "四点恢复。"),
        (None, "pause.end", ""),
    ]
    for wrong in ("长" * 201, "\u202e"):
        with pytest.raises(SystemExit):
            main(["pause", wrong])
    assert store.pause.now() is None
    store.close()
