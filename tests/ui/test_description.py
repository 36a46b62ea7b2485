"""The committed description of the interface."""

from assistant.settings import ROOT
from ui.description import description


def test_the_committed_description_is_current() -> None:
    committed = (ROOT / "docs" / "openapi.json").read_text(encoding="utf-8")
    assert committed == description(), "run `make openapi`"
