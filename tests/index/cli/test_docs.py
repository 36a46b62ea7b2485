"""`policy-qa docs`: what the command says and the code that it ends with."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.cli.main import main
from assistant.settings import load_settings
from index.readers.find_files import find_sources
from index.settings import IndexSettings
from tests.index.conftest import NOTICE, NOTICE_NAME

MakeCorpus = Callable[..., IndexSettings]
MakeFile = Callable[..., Path]
Run = Callable[..., "Done"]
ROOT = Path(__file__).resolve().parents[3]

_LIMITED = """
import resource, sys
from assistant.cli.main import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.exit(main(sys.argv[2:]))
"""


@dataclass(frozen=True, slots=True)
class Done:
    """What a run of the command came to."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(
    make_corpus: MakeCorpus, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """Runs the command over the small corpus."""
    for name, value in environment(make_corpus()).items():
        monkeypatch.setenv(name, value)
    load_settings.cache_clear()

    def call(*arguments: str | Path) -> Done:
        capsys.readouterr()
        code = main(list(map(str, arguments)))
        shown = capsys.readouterr()
        return Done(code, shown.out, shown.err)

    yield call
    load_settings.cache_clear()


def environment(settings: IndexSettings) -> dict[str, str]:
    return {
        "PYTHONUTF8": "1",
        "POLICY_QA_STATE_DIR": str(settings.directory.parent),
        "POLICY_QA_CORPUS_DIR": str(settings.corpus),
    }


def refusals(done: Done) -> dict[str, str]:
    """The lines on stderr that are no progress bar, as name and reason."""
    lines = [line.rpartition("\r")[2] for line in done.stderr.split("\n")]
    found = [line for line in lines if "：" in line and "it/s" not in line and "份/s" not in line]
    return {name: reason for name, _, reason in (line.partition("：") for line in found)}


def test_the_life_of_a_document(run: Run, make_file: MakeFile) -> None:
    path = make_file()
    done = run("docs", "add", path)
    assert done.returncode == 0, done.stderr
    assert "已添加：夜间阅览室开放通知（" in done.stdout
    assert done.stdout.endswith("新收录 1 份。\n")
    key = done.stdout.partition("（")[2].partition("）")[0]
    identifier = key.partition("@")[0]

    again = run("docs", "add", path)
    assert again.returncode == 0
    assert again.stdout == f"{NOTICE_NAME}：已收录（{key}），没有变化。\n新收录 0 份，原已收录 1 份。\n"

    listed = run("docs", "list").stdout.splitlines()
    assert len(listed) == 2
    assert [line.split()[-1] for line in sorted(listed)] == ["自带", "已添加"]

    shown = run("docs", "show", identifier).stdout
    for part in (
        "标题：夜间阅览室开放通知",
        f"编号：{identifier}",
        "版本：2024-06-01（全部版本：2024-06-01）",
        "效力：",
        f"已添加，{NOTICE_NAME}",
        "层级：一、 2 个",
        "  1  一、时间\n",
    ):
        assert part in shown

    removed = run("docs", "remove", key)
    assert (removed.returncode, removed.stdout) == (0, f"已移除：{key}\n")
    assert len(run("docs", "list").stdout.splitlines()) == 1
    assert run("docs", "remove", key).returncode == 1
    assert run("docs", "remove", "library-rules").returncode == 1
    assert run("docs", "show", identifier).returncode == 1
    assert run("docs", "show", "library-rules", "--version", "1999-01-01").returncode == 1


def test_a_text_without_structure_is_shown_as_such(run: Run, make_file: MakeFile) -> None:
    plain = "图书馆简介\n图书馆建于一九八零年。\n现有藏书二十万册。\n"
    assert run("docs", "add", make_file("简介.txt", plain), "--id", "about").returncode == 0
    shown = run("docs", "show", "about").stdout
    assert "没有识别出条款结构" in shown
    assert "图书馆建于一九八零年。" in shown


def test_a_folder_with_bad_files_brings_in_the_good_ones(run: Run, make_file: MakeFile) -> None:
    make_file("a/好的(2024-01-01).txt", "好的通知\n一、内容\n这是内容。\n")
    make_file("a/b/深处(2024-01-01).md", "# 深处的通知\n\n一、内容\n\n深处也有内容。\n")
    make_file("a/说明.txt", "说明文件有误\n一、内容\n内容。\n")
    make_file("a/说明.toml", "title = ")
    make_file("a/改名.txt", "原来的题目\n一、内容\n改名的内容。\n")
    make_file("a/改名.toml", 'title = "改过的题目"\nversion = "2020-02-02"\n')
    make_file("a/空.txt", b"")
    make_file("a/假.pdf", "这不是 PDF。")
    make_file("a/图.png", b"\x89PNG")
    make_file("a/.隐藏.txt", "隐藏的\n内容。\n")
    folder = make_file("a/~$好的.docx", b"lock").parent
    done = run("docs", "add", folder)
    assert done.returncode == 1
    assert refusals(done).keys() == {"说明.txt", "空.txt", "假.pdf"}
    assert all(reason.endswith("。") for reason in refusals(done).values())
    assert done.stdout.endswith("新收录 3 份，没有收录 3 份。\n")
    listed = run("docs", "list").stdout
    for title in ("好的通知", "深处的通知", "改过的题目"):
        assert title in listed
    assert "@2020-02-02" in listed


def test_what_is_no_document_is_named(run: Run, make_file: MakeFile, tmp_path: Path) -> None:
    toml = make_file("单独.toml", 'title = "x"\n')
    (tmp_path / "空文件夹").mkdir()
    picture = make_file("图.png", b"\x89PNG")
    done = run("docs", "add", tmp_path / "没有.txt", toml, tmp_path / "空文件夹", picture)
    assert done.returncode == 1
    assert refusals(done).keys() == {"没有.txt", "单独.toml", "空文件夹", "图.png"}
    assert done.stdout == "新收录 0 份，没有收录 4 份。\n"
    assert run("index", "status").returncode == 1  # nothing was built for nothing


def test_a_name_that_leads_out_stays_inside(make_corpus: MakeCorpus, make_file: MakeFile) -> None:
    from index.build.add_documents import add_documents
    from index.readers.find_files import SourceFile

    settings = make_corpus()
    path = make_file("..\\..\\a\x07b.txt")
    report = add_documents(settings, [SourceFile(path, path.name)])
    assert len(report.added) == 1
    (original,) = settings.collection.glob("*/*/original/*")
    assert original.name == "ab.txt"


def test_one_id_for_two_files_is_wrong_usage(run: Run, make_file: MakeFile) -> None:
    done = run("docs", "add", make_file(), make_file("b.txt", "另一份\n内容。\n"), "--id", "x")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_a_description_given_with_its_file_is_no_document(make_file: MakeFile) -> None:
    path, short = make_file(), make_file(f"{NOTICE_NAME}.toml", "")
    sources, refused = find_sources([short, path, path])
    assert [source.path for source in sources] == [path]
    assert refused == ()


@pytest.mark.parametrize("file_size", [3_000, 150_000, 250_000])
def test_a_full_disk_is_one_sentence_and_changes_nothing(
    run: Run, make_corpus: MakeCorpus, make_file: MakeFile, file_size: int
) -> None:
    """A limit on the size of files stands for a full disk: writing fails where it is reached."""
    assert run("index", "build").returncode == 0
    before = run("index", "status").stdout
    path = make_file(content=NOTICE + "".join(f"{n}号室每天开放。\n" for n in range(150)))
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(file_size), "docs", "add", str(path)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **environment(make_corpus())},
    )
    assert done.returncode == 1, done.stdout
    assert "磁盘空间" in done.stderr
    assert "Traceback" not in done.stderr
    assert run("index", "status").stdout == before
    assert run("index", "verify", "--check").returncode == 0
    assert len(run("docs", "list").stdout.splitlines()) == 1
    assert run("docs", "add", path).returncode == 0
    assert run("index", "verify", "--check").returncode == 0


def test_verify_says_what_it_found(run: Run, make_corpus: MakeCorpus, make_file: MakeFile) -> None:
    settings = make_corpus()
    run("docs", "add", make_file())
    done = run("index", "verify")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "索引与原件完全一致。")
    (settings.directory / (settings.directory / "CURRENT").read_text() / "manifest.json").unlink()
    checked = run("index", "verify", "--check")
    assert (checked.returncode, checked.stdout.splitlines()[-1]) == (
        1,
        "要修复，请运行 policy-qa index verify。",
    )
    done = run("index", "verify")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "已全部修复。")
