import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tqdm import tqdm

from assistant.cli.main import main
from assistant.cli.parser import in_chinese
from assistant.cli.terminal import Terminal
from assistant.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parents[3]
HEAVY = (
    "chromadb",
    "langchain_core",
    "gradio",
    "fastapi",
    "numpy",
    "jieba",
    "pydantic",
    "sqlalchemy",
    "tqdm",
)


@dataclass(frozen=True)
class Done:
    """What a command that has ended left."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command, with its state under `tmp_path` unless told otherwise."""

    def call(*arguments: str, state: Path | None = None, **more: str) -> Done:
        capsys.readouterr()
        with monkeypatch.context() as patched:
            for name, value in {"POLICY_QA_STATE_DIR": str(state or tmp_path / "state"), **more}.items():
                patched.setenv(name, value)
            load_settings.cache_clear()
            code = main(arguments)
        load_settings.cache_clear()
        shown = capsys.readouterr()
        return Done(code, shown.out, shown.err)

    return call


def apart(*arguments: str, state: Path) -> Done:
    """Runs the command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli.main", *arguments],
        cwd=ROOT,
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", "POLICY_QA_STATE_DIR": str(state)},
    )
    return Done(done.returncode, done.stdout, done.stderr)


def test_help_is_chinese_and_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    shown = capsys.readouterr().out
    for word in ("用法：", "ask", "index", "serve", "eval", "退出码"):
        assert word in shown
    for word in ("usage", "options", "positional", "show this help"):
        assert word not in shown


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys\nfrom assistant.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"sys.exit(','.join(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, capture_output=True)
    assert done.stderr.decode().strip() == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "缺少参数"),
        (("askk",), "没有 'askk' 这一项"),
        (("ask",), "缺少参数：问题"),
        (("ask", "问", "--nothing"), "不认识这些参数：--nothing"),
        (("ask", "问", "--as-of"), "参数 --as-of 后面要有一个值"),
        (("ask", "问", "--as-of", "昨天"), "不是 2022-06-01 这样的日期"),
        (("ask", "问", "--json=1"), "参数 --json 不带值"),
        (("serve", "--port", "65536"), "端口号"),
        (("serve", "--port", "八千"), "端口号"),
        (("index", "bild"), "没有 'bild' 这一项"),
    ],
)
def test_wrong_usage_is_told_in_chinese(
    arguments: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    shown = capsys.readouterr()
    assert says in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""


def test_an_unknown_message_of_argparse_is_passed_on() -> None:
    assert in_chinese("something new") == "something new"


@pytest.mark.parametrize("question", ["", " \u3000", "问" * 1001])
def test_an_unaskable_question_is_wrong_usage(question: str, run: Run) -> None:
    done = run("ask", question)
    assert done.returncode == 2
    assert one_sentence(done.stderr)


def test_without_an_index_the_command_says_what_to_do(run: Run) -> None:
    done = run("ask", "公办园占比是多少？")
    assert done.returncode == 1
    assert one_sentence(done.stderr)
    assert "policy-qa index build" in done.stderr
    assert run("index", "status").returncode == 1


def test_a_setting_that_makes_no_sense_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    done = run("index", "build", POLICY_QA_CORPUS_DIR=str(tmp_path / "corpus"))
    assert done.returncode == 1
    assert one_sentence(done.stderr)


def test_a_state_directory_that_is_a_file_is_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    done = run("index", "build", state=tmp_path / "file")
    assert done.returncode == 1
    assert one_sentence(done.stderr)


def test_a_traceback_is_shown_on_request_only(run: Run) -> None:
    assert "Traceback" not in run("ask", "问").stderr
    assert "Traceback" in run("ask", "问", POLICY_QA_DEBUG="1").stderr


def test_a_second_build_says_that_there_is_nothing_to_do(run: Run, settings: Settings) -> None:
    done = apart("index", "build", state=settings.state_dir)
    assert (done.returncode, done.stdout, done.stderr) == (0, "索引已是最新，无需重建。\n", "")
    assert run("index", "status", state=settings.state_dir).returncode == 0


def test_an_answer_comes_with_its_citations(settings: Settings) -> None:
    done = apart("ask", "娃儿一天在学校能运动好久？", state=settings.state_dir)
    assert (done.returncode, done.stderr) == (0, "")
    for word in ("１小时", "[1]", "出处：", "二、（一）4", "仅供参考"):
        assert word in done.stdout


def test_json_is_the_answer_object_and_a_conversation_goes_on(run: Run, settings: Settings) -> None:
    done = run(
        "ask", "娃儿一天在学校能运动好久？", "--json", "--as-of", "2021-06-01", state=settings.state_dir
    )
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["status"]) == (0, "answered")
    assert answer["citations"][0]["validity"] == "in_force"
    text = (ROOT / "index" / "corpus" / f"{answer['citations'][0]['document_id']}.txt").read_text(
        encoding="utf-8"
    )
    for citation in answer["citations"]:
        assert citation["quote"] == text[citation["start"] : citation["end"]]
    more = run(
        "ask", "要到哪年？", "--json", "--conversation", answer["conversation_id"], state=settings.state_dir
    )
    assert json.loads(more.stdout)["conversation_id"] == answer["conversation_id"]


def test_a_refusal_has_a_code_of_its_own(run: Run, settings: Settings) -> None:
    done = run("ask", "明天会下雨吗？", "--json", state=settings.state_dir)
    assert done.returncode == 3
    assert json.loads(done.stdout)["status"] == "out_of_scope"


def test_an_unknown_conversation_is_wrong_usage(run: Run, settings: Settings) -> None:
    done = run("ask", "那高中呢？", "--conversation", "cnv_none", state=settings.state_dir)
    assert done.returncode == 2
    assert one_sentence(done.stderr)


def test_serving_to_others_needs_to_be_asked_for(run: Run) -> None:
    done = run("serve", "--host", "0.0.0.0", "--port", "18999")  # noqa: S104 refused, which is the test
    assert done.returncode == 1
    assert "--public" in done.stderr
    assert one_sentence(done.stderr)


def one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and text.endswith("。\n") and "Traceback" not in text


OBEYED = "\x1b]0;x\x07\x9b31m\u202e\u200e\u200f\u061c\r\x08"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the state of commands that are run in this process, for this test alone."""
    monkeypatch.setenv("POLICY_QA_STATE_DIR", str(tmp_path))
    load_settings.cache_clear()
    yield tmp_path
    load_settings.cache_clear()


def test_a_terminal_obeys_nothing_that_others_wrote(monkeypatch: pytest.MonkeyPatch, own_state: Path) -> None:
    said = {}
    for out in (_Terminal(), io.StringIO()):
        monkeypatch.setattr(sys, "stdout", out)
        assert main(["keys", "create", "--name", f"门户{OBEYED}网站"]) == 0
        assert main(["keys", "list"]) == 0
        said[type(out)] = out.getvalue()
    assert list(own_state.rglob("*.sqlite")), "the keys are in the state of this test"
    assert "门户␛]0;x␇" in said[_Terminal]
    assert not {each for each in OBEYED if not each.isprintable()} & set(said[_Terminal])
    assert f"门户{OBEYED}网站" in said[io.StringIO], "another program gets it as it is"


@pytest.mark.parametrize("command", [("docs", "show"), ("backup",)], ids=["own line", "last line"])
def test_a_terminal_obeys_nothing_in_what_goes_to_stderr(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, own_state: Path
) -> None:
    file = own_state / f"通知{OBEYED}.xyz"
    file.touch()
    monkeypatch.setattr(sys, "stderr", err := _Terminal())
    assert main([*command, str(file)]) == 1
    assert "通知␛]0;x␇" in err.getvalue()
    assert not {each for each in OBEYED if not each.isprintable()} & set(err.getvalue())


def test_a_terminal_gets_lines_like_texts_and_a_bar_returns_to_its_begin() -> None:
    under = io.StringIO()
    Terminal(under).writelines(["一\x1b\n", "\r二\t\n"])
    assert under.getvalue() == "一␛\n␍二\t\n"
    under = io.StringIO()
    Terminal(under, bars=True).write("\r 50%|\r假")
    assert under.getvalue() == "\r 50%|␍假"
    with tqdm(total=2, desc="正在读取文件", file=Terminal(_Terminal(), bars=True)) as bar:
        bar.update()
        shown = bar.fp.getvalue()
    assert shown.startswith("\r正在读取文件")
    assert "␍" not in shown
