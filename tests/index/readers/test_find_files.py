from pathlib import Path

import pytest

from index.errors import InvalidMetadata
from index.readers.find_files import SourceFile, find_sources, read_description, read_sidecar


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_a_folder_is_searched_to_the_bottom(tmp_path: Path) -> None:
    touch(
        tmp_path,
        "乙.txt",
        "甲.MD",
        "甲.toml",
        "表.xlsx",
        ".藏.txt",
        "~$甲.docx",
        ".git/丙.txt",
        "下/再下/丁.pdf",
    )
    sources, refused = find_sources([tmp_path])
    assert [source.name for source in sources] == ["乙.txt", "甲.MD", "下/再下/丁.pdf"]
    assert sources[2].path == tmp_path / "下" / "再下" / "丁.pdf"
    assert refused == ()


def test_a_file_that_is_named_counts_whatever_its_kind(tmp_path: Path) -> None:
    missing = tmp_path / "没有.xlsx"
    sources, refused = find_sources([missing])
    assert sources == (SourceFile(missing, "没有.xlsx"),)
    assert refused == ()
    assert find_sources([]) == ((), ())


def test_a_file_that_is_meant_twice_is_found_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "甲.txt")
    monkeypatch.chdir(tmp_path)
    sources, _ = find_sources([tmp_path, Path("甲.txt"), tmp_path / "甲.txt"])
    assert len(sources) == 1


def test_a_folder_without_documents_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "空"
    touch(folder, "表.xlsx", "说明.toml")
    sources, refused = find_sources([folder])
    assert sources == ()
    assert [refusal.name for refusal in refused] == ["空"]
    assert ".docx" in refused[0].reason


def test_a_description_is_refused_unless_its_document_comes_too(tmp_path: Path) -> None:
    touch(tmp_path, "甲.txt", "甲.toml", "乙.md", "乙.md.toml", "丙.toml")
    paths = [tmp_path / name for name in ("甲.toml", "甲.txt", "乙.md", "乙.md.toml", "丙.toml")]
    sources, refused = find_sources(paths)
    assert [source.name for source in sources] == ["甲.txt", "乙.md"]
    assert [refusal.name for refusal in refused] == ["丙.toml"]


def test_the_description_with_the_whole_name_goes_first(tmp_path: Path) -> None:
    assert read_sidecar(tmp_path / "甲.md") == {}
    (tmp_path / "甲.toml").write_text('title = "短"', encoding="utf-8")
    assert read_sidecar(tmp_path / "甲.md") == {"title": "短"}
    (tmp_path / "甲.md.toml").write_text('title = "长"', encoding="utf-8-sig")
    assert read_sidecar(tmp_path / "甲.md") == {"title": "长"}
    assert read_sidecar(tmp_path / "甲.txt") == {"title": "短"}


@pytest.mark.parametrize("data", [b"title", 'title = "甲"'.encode("gb18030"), b"a = " + b"[" * 5000, b"\0"])
def test_a_description_that_is_no_toml_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "甲.toml"
    path.write_bytes(data)
    with pytest.raises(InvalidMetadata, match="读不出来"):
        read_description(path)


def test_a_missing_or_huge_description_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "甲.toml"
    with pytest.raises(InvalidMetadata, match="读不出来"):
        read_description(path)
    with path.open("wb") as file:
        file.truncate(1024 * 1024 + 1)
    with pytest.raises(InvalidMetadata, match="太大"):
        read_description(path)
