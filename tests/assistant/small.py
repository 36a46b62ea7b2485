"""An index of one short document, for tests that add to it or remove from it."""

from pathlib import Path

from assistant.settings import Settings
from index.build.build_index import build_index


def small_settings(home: Path) -> Settings:
    """Settings over one short document in `home`, its index built."""
    corpus = home / "corpus"
    corpus.mkdir()
    (corpus / "rules.toml").write_text(
        'id = "rules"\nversion = "2024-05-01"\nfile = "rules.txt"\ntitle = "图书馆开放办法"\n',
        encoding="utf-8",
    )
    (corpus / "rules.txt").write_text("图书馆开放办法\n一、平日\n平日开放八小时。\n", encoding="utf-8")
    settings = Settings(state_dir=home / "state", corpus_dir=corpus)
    build_index(settings.index())
    return settings
