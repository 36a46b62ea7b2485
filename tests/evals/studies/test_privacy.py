from collections import Counter
from pathlib import Path

import pytest

from evals.cli.main import register
from evals.rows.privacy_rows import PRIVACY, Form, read_forms, texts_of
from evals.studies.privacy import mask_form, question_sets, wrongly_masked
from index.settings import CORPUS

KINDS = {"邮箱", "身份证", "银行卡", "手机", "座机", "微信", "护照", "车牌", "住址"}


def test_every_kind_has_many_forms() -> None:
    counts = Counter(form.kind for form in read_forms())
    assert set(counts) == KINDS
    assert min(counts.values()) >= 40


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_form_is_missed_and_nothing_beside_it_masked(kind: str) -> None:
    maskings = [mask_form(form) for form in read_forms() if form.kind == kind]
    assert not [masking.form.text for masking in maskings if masking.missed or masking.spilled]


def test_nothing_is_masked_of_questions_and_figures_and_the_plan() -> None:
    files = [*question_sets(), *sorted(CORPUS.glob("*.jsonl")), *sorted(CORPUS.glob("*.txt"))]
    assert PRIVACY / "figures.jsonl" in files
    assert sum(1 for path in files for _ in texts_of(path)) > 5_000
    assert not [wrong for path in files for wrong in wrongly_masked(path)]


def test_what_is_missed_or_spilled_shows() -> None:
    assert mask_form(Form("手机", "他姓王", ("王",))).missed
    whole = mask_form(Form("手机", "打13812345678", ("1381",)))
    assert (whole.missed, whole.spilled) == (False, True)


def test_rows_that_do_not_hold_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "forms.jsonl"
    path.write_text('{"kind": "手机", "text": "打138", "data": ["139"]}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="139"):
        read_forms(path)


def test_the_command_reports_and_fails_on_a_miss(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import argparse

    from assistant.settings import Settings

    forms = tmp_path / "forms.jsonl"
    forms.write_text('{"kind": "手机", "text": "打王五", "data": ["王五"]}\n', encoding="utf-8")
    letter = tmp_path / "letter.txt"
    letter.write_text("打13812345678", encoding="utf-8")
    monkeypatch.setattr("evals.studies.privacy.question_sets", list)  # the sets themselves are tested above
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    register(lambda name, summary: commands.add_parser(name, help=summary), lambda: Settings())
    args = parser.parse_args(["eval", "privacy", str(letter), "--forms", str(forms)])
    assert args.run(args) == 1
    out = capsys.readouterr().out
    assert "漏掉：'打王五'" in out
    assert "误盖：letter.txt 手机号 '13812345678'" in out
