"""Evaluation rows made of exchanges: what the form takes, what it refuses, and that evals takes the file."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.eval_rows.row import ROW
from assistant.storage.ratings import Rating
from evals.rows.check import validate
from evals.rows.dataset import read_dataset
from index.library.library import Library
from index.text.beijing import in_beijing
from tests.ui.admin.conftest import Site, Visitor
from tests.ui.admin.questions import ELSEWHERE, OPEN, asked

QUOTE = "周末开放十小时。"
GOOD = {
    "question": OPEN,
    "kind": "number",
    "status": "answered",
    "gold-0": "1",
    "facts": "八小时",
    "id": "open-1",
}


@pytest.fixture(autouse=True)
def _no_rows(site: Site) -> None:
    for made in site.store.made_rows.all():
        site.store.made_rows.remove(made.answer_id)


def row_of(site: Site, answer_id: str) -> dict[str, object]:
    made = site.store.made_rows.of(answer_id)
    assert made is not None
    found: dict[str, object] = json.loads(made.row)
    return found


def test_a_row_goes_from_the_exchange_into_a_file_that_evals_takes(
    site: Site, maintainer: Visitor, tmp_path: Path
) -> None:
    answer = asked(site, OPEN, days_ago=1)
    assert f"/admin/rows/{answer['id']}" in maintainer.get(f"/admin/questions/{answer['id']}").text
    form = maintainer.get(f"/admin/rows/{answer['id']}").text
    assert 'name="gold-0" value="1" checked' in form
    made = maintainer.post(f"/admin/rows/{answer['id']}", **GOOD, on_day="1", note="常问")
    assert (made.status_code, made.headers["location"]) == (303, "/admin/rows?made=open-1")
    assert "open-1" in maintainer.get("/admin/rows").text
    file = tmp_path / "rows.jsonl"
    file.write_bytes(maintainer.get("/admin/rows.jsonl").content)
    dataset = read_dataset(file)
    library = _library(site)
    assert validate(dataset, library) == ()
    (row,) = dataset.rows
    assert (row.id, row.split, row.turns, row.facts, row.note) == (
        "open-1", "dev", (OPEN,), (("八小时",),), "常问",
    )  # fmt: skip
    assert (row.gold[0].clause, row.gold[0].document) == ("1", "rules@2024-05-01")
    assert row.as_of == in_beijing(site.now() - timedelta(days=1)).date()
    assert [act.act for act in site.store.trail.acts(2)] == ["row.download", "row.make"]


@pytest.mark.parametrize("document", ["rules@2024-05-01", ""])
def test_a_quotation_from_elsewhere_finds_its_clause_however_it_was_copied(
    site: Site, maintainer: Visitor, document: str
) -> None:
    answer = asked(site, ELSEWHERE, rating=Rating.DOWN)
    fields = {"document-0": document, "quote-0": "周末 开放\n十小时。", "facts": "十小时|10小时"}
    sent = {"question": ELSEWHERE, "kind": "number", "status": "answered", "id": "weekend"}
    made = maintainer.post(f"/admin/rows/{answer['id']}", **sent, **fields)
    assert made.status_code == 303, made.text
    row = ROW.validate_python(row_of(site, answer["id"]))
    assert [(gold.clause, gold.quote, gold.document) for gold in row.gold] == [
        ("2", QUOTE, "rules@2024-05-01")
    ]
    assert row.facts == (("十小时", "10小时"),)
    again = maintainer.get(f"/admin/rows/{answer['id']}").text
    assert QUOTE in again
    assert "十小时|10小时" in again


def test_a_follow_up_takes_the_questions_before_it_along_if_wanted(site: Site, maintainer: Visitor) -> None:
    second = asked(site, "那周末呢？", after=asked(site, OPEN))
    sent = {**GOOD, "question": "那周末呢？", "facts": "", "kind": "several_turns"}
    maintainer.post(f"/admin/rows/{second['id']}", **sent, earlier="1")
    assert row_of(site, second["id"])["turns"] == [OPEN, "那周末呢？"]
    maintainer.post(f"/admin/rows/{second['id']}", **sent)
    assert row_of(site, second["id"])["turns"] == ["那周末呢？"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"id": "Not Good"}, "编号要用"),
        ({"kind": "other"}, "请选题型"),
        ({"status": "great"}, "没有“great”这个结果"),
        ({"status": "not_covered"}, "结果不是作答，就不能有应引的条款"),
        ({"gold-0": ""}, "结果是作答，却没有写应引的条款和原文"),
        ({"facts": "九小时"}, "应引的原文里没有要点“九小时”"),
        ({"question": "  "}, "有一句提问是空的"),
        ({"question": "长" * 1001}, "提问最多 1000 个字"),
        ({"document-0": "rules@2024-05-01", "quote-0": "没有这句"}, "选定的文件里没有这句原文"),
        ({"document-0": "", "quote-0": "没有这句"}, "收录的文件里没有这句原文"),
        ({"document-0": "none", "quote-0": QUOTE}, "选定的文件里没有这句原文"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    site: Site, maintainer: Visitor, changed: dict[str, str], said: str
) -> None:
    answer = asked(site, OPEN)
    page = maintainer.post(f"/admin/rows/{answer['id']}", **{**GOOD, "note": "为了试", **changed})
    assert page.status_code == 422
    assert said in page.text
    assert "为了试" in page.text
    assert site.store.made_rows.all() == ()


def test_an_id_is_given_once(site: Site, maintainer: Visitor) -> None:
    one, two = asked(site, OPEN), asked(site, OPEN)
    assert maintainer.post(f"/admin/rows/{one['id']}", **GOOD).status_code == 303
    page = maintainer.post(f"/admin/rows/{two['id']}", **GOOD)
    assert page.status_code == 422
    assert "已有别的题用了" in page.text


def test_personal_data_is_masked_in_a_row(site: Site, maintainer: Visitor) -> None:
    answer = asked(site, OPEN)
    sent = {**GOOD, "question": f"打13812345678，{OPEN}", "note": "他的邮箱 a@b.com"}
    maintainer.post(f"/admin/rows/{answer['id']}", **sent)
    held = json.dumps(row_of(site, answer["id"]), ensure_ascii=False)
    assert "打[手机号]" in held
    assert "[邮箱]" in held


def test_a_row_is_removed_only_by_a_form_of_this_login(site: Site, maintainer: Visitor) -> None:
    answer = asked(site, OPEN)
    path = f"/admin/rows/{answer['id']}"
    maintainer.post(path, **GOOD)
    for act in (path, f"{path}/remove"):
        assert maintainer.http.post(act, data={**GOOD, "csrf": "0" * 64}).status_code == 403
    assert site.store.made_rows.of(answer["id"]) is not None
    assert maintainer.post(f"{path}/remove").headers["location"] == "/admin/rows?removed=open-1"
    assert maintainer.post(f"{path}/remove").status_code == 404
    assert re.search(r"还没有。", maintainer.get("/admin/rows?removed=open-1").text)


def _library(site: Site) -> Library:
    from assistant.service import Assistant

    return Assistant.open(site.settings, store=site.store).library
