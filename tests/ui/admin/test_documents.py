"""Documents by the maintainers' pages: looked at before they count, added, replaced, changed, removed."""

import html
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from assistant.api import adding
from assistant.api.problems import READING_SECONDS
from tests.ui.admin.conftest import Site, Visitor
from ui.admin.words import tree

NOTICE = "夜间阅览室开放通知\n一、时间\n夜间阅览室每晚开放到十一点。\n二、对象\n居民都可以进入。\n"
NAME = "夜间阅览室开放通知(2024-06-01).txt"
EVENTS = {"Accept": "text/event-stream"}
LIST = "/admin/documents"


def hand_in(maintainer: Visitor, text: str = NOTICE, name: str = NAME, **fields: str) -> httpx.Response:
    """Hand a file in to be looked at."""
    accept = {"Accept": fields.pop("accept", "text/html")}
    data = {"csrf": maintainer.csrf(), **fields}
    file = {"file": (name, text.encode())}
    return maintainer.http.post(f"{LIST}/check", data=data, files=file, headers=accept)


def draft_of(response: httpx.Response) -> str:
    """The token of the draft that a response leads to."""
    assert response.status_code == 303, text_of(response)
    return parse_qs(urlsplit(response.headers["location"]).query)["of"][0]


def form_on(maintainer: Visitor, path: str) -> dict[str, str]:
    """The fields of the form for what is said of a document, as a page shows them."""
    page = maintainer.get(path).text
    inputs = re.findall(r'<input id="f-(\w+)" [^>]*value="([^"]*)"', page)
    chosen = re.findall(r'<option value="(\w+)" selected>', page)
    edition = re.findall(r'name="(edition)" value="(\w+)"', page)
    fields = {name: html.unescape(value) for name, value in inputs}
    return {**fields, **dict(edition), "authority": "".join(chosen)}


def add(maintainer: Visitor, text: str = NOTICE, name: str = NAME, **fields: str) -> httpx.Response:
    """Hand a file in and let it count as it was read."""
    token = draft_of(hand_in(maintainer, text, name, **fields))
    return maintainer.post(f"{LIST}/draft/add", of=token, **form_on(maintainer, f"{LIST}/draft?of={token}"))


def removal_of(maintainer: Visitor, identifier: str, version: str = "") -> dict[str, str]:
    """The fields of the form that removes a version, or all where none is named."""
    page = maintainer.http.get(f"{LIST}/remove", params={"id": identifier, "version": version}).text
    editions = dict(re.findall(r'name="(edition\w*)" value="(\w+)"', page))
    return {"id": identifier, "version": version, **editions}


def remove(maintainer: Visitor, identifier: str, version: str = "") -> httpx.Response:
    """Remove what the page of the removal asks about."""
    return maintainer.post(f"{LIST}/remove", **removal_of(maintainer, identifier, version))


def text_of(response: httpx.Response) -> str:
    """What a page says."""
    words = re.sub(r"<script.*?</script>|<[^>]*>", " ", response.text, flags=re.DOTALL)
    return " ".join(html.unescape(words).split())


def events_of(response: httpx.Response) -> list[tuple[str, Any]]:
    """Names and data of the events of a stream."""
    frames = [frame.split("\n") for frame in response.text.split("\n\n") if frame.startswith("event")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in frames]


@pytest.fixture
def kept(site: Site, maintainer: Visitor) -> Iterator[Visitor]:
    """A maintainer; whatever was added meanwhile is gone in the end."""
    yield maintainer
    library = site.app.state.opening.assistant().library
    for identifier in library.ids():
        if identifier != "rules":
            assert remove(maintainer, identifier).status_code == 303


def ids(site: Site) -> list[str]:
    """`id@version` of what is there."""
    site.app.state.opening.catch_up()
    library = site.app.state.opening.assistant().library
    return [f"{each}@{version}" for each in library.ids() for version in library.versions(each)]


def kept_files(site: Site) -> set[str]:
    """The files that lie where files come in."""
    return {path.name for path in (site.settings.state_dir / "incoming").rglob("*")}


def acts(site: Site) -> list[tuple[str, str]]:
    """What the trail holds of documents, the oldest first."""
    found = reversed(site.store.trail.acts())
    return [(act.act, act.what) for act in found if act.act.startswith("document.")]


def test_the_list_says_what_is_there(maintainer: Visitor) -> None:
    said = text_of(maintainer.get(LIST))
    assert "图书馆开放办法 2024-05-01 效力未注明 2" in said
    assert "自带" in said
    assert "没有这样的文件" in text_of(maintainer.get(f"{LIST}?q=没有"))
    assert "图书馆开放办法" in text_of(maintainer.get(f"{LIST}?q=开放 rules"))


def test_a_file_counts_only_once_it_was_looked_at(site: Site, kept: Visitor) -> None:
    before = ids(site)
    response = hand_in(kept)
    token = draft_of(response)
    assert ids(site) == before
    said = text_of(kept.get(f"{LIST}/draft?of={token}"))
    for part in ("这是一份新文件", "夜间阅览室开放通知", "一、时间", "没有读到：文号、发文机关、发布日期"):
        assert part in said, part
    assert (site.settings.state_dir / "incoming" / "drafts" / f"{token}.file").stat().st_mode & 0o777 == 0o600
    fields = form_on(kept, f"{LIST}/draft?of={token}")
    assert (fields["version"], fields["title"]) == ("2024-06-01", "夜间阅览室开放通知")
    counted = kept.post(f"{LIST}/draft/add", of=token, **fields)
    key = "ye-jian-yue-lan-shi-kai-fang-tong-zhi@2024-06-01"
    assert counted.headers["location"] == f"{LIST}/show?id={key.replace('@', '&version=')}&done=new"
    assert ids(site) == sorted([*before, key])
    assert acts(site)[-1] == ("document.add", key)
    assert f"《夜间阅览室开放通知》 {key}" in text_of(kept.get("/admin/acts"))
    assert site.store.trail.acts()[0].key_id is not None
    shown = text_of(kept.get(counted.headers["location"]))
    assert "已收录。下面是读出的目录" in shown
    assert "一、时间" in shown
    assert f"{token}.file" not in kept_files(site)
    again = kept.get(f"{LIST}/draft?of={token}")
    assert (again.status_code, "请重新选文件" in text_of(again)) == (404, True)


def test_an_outline_says_no_number_twice() -> None:
    clauses: list[dict[str, Any]] = [
        {"address": "2", "parent": None, "label": "二、", "heading": "二、重点任务"},
        {"address": "2.1", "parent": "2", "label": "二、（一）", "heading": "(一)大力推进"},
        {"address": "2.1.1", "parent": "2.1", "label": "二、（一）1", "heading": "１.实现普惠。"},
        {"address": "2.p1", "parent": "2", "label": "二、第1段", "heading": "条件"},
    ]
    (second,) = tree(clauses)
    first, paragraph = second.below
    assert (second.text, first.text, paragraph.text) == ("二、重点任务", "(一)大力推进", "二、第1段　条件")
    assert [each.text for each in first.below] == ["１.实现普惠。"]


def test_a_document_that_is_not_there_leads_back_to_the_list(maintainer: Visitor) -> None:
    gone = maintainer.get(f"{LIST}/show?id=none")
    assert (gone.status_code, "回到“文件”" in text_of(gone)) == (404, True)
    assert "/v1/" not in text_of(gone)


def test_what_is_said_otherwise_is_looked_at_again_before_it_counts(site: Site, kept: Visitor) -> None:
    token = draft_of(hand_in(kept))
    page = f"{LIST}/draft?of={token}"
    fields = {**form_on(kept, page), "id": "night-room", "issuer": "某市图书馆", "period": "2023-2024"}
    response = kept.post(f"{LIST}/draft/add", of=token, **fields)
    assert response.headers["location"] == f"{page}&changed=1"
    assert not any(key.startswith("night-room@") for key in ids(site))
    assert "说明改过了" in text_of(kept.get(response.headers["location"]))
    assert "没有读到：文号、发布日期" in text_of(kept.get(page))
    counted = kept.post(f"{LIST}/draft/add", of=token, **form_on(kept, page))
    shown = text_of(kept.get(counted.headers["location"]))
    assert "night-room@2024-06-01" in ids(site)
    assert "实施期已满" in shown
    assert "某市图书馆" in shown


def test_what_a_form_has_wrong_is_said_in_chinese_and_kept(site: Site, maintainer: Visitor) -> None:
    before = ids(site)
    response = hand_in(maintainer, period="2024", effective="gestern", title="夜间<b>室</b>")
    said = text_of(response)
    assert response.status_code == 422
    assert "实施期：" in said
    assert "施行日期：不是有效的日期" in said
    assert 'value="夜间&lt;b&gt;室&lt;/b&gt;"' in response.text
    body = (
        f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{maintainer.csrf()}\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--x--\r\n'
    )  # as browsers send it where no file was chosen
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    none = maintainer.http.post(f"{LIST}/check", content=body.encode(), headers=kind)
    assert "文件：还没有选文件" in text_of(none)
    assert ids(site) == before


@pytest.mark.parametrize(
    ("content", "name", "word"),
    [
        ("", "空.txt", "空的"),
        ("x", "表.xlsx", "不能读取"),
        ("没有", "假.pdf", "pdf"),
        ("\x00" * 50, "二进制.txt", "编码"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(
    site: Site, maintainer: Visitor, content: str, name: str, word: str
) -> None:
    before, drafts = ids(site), kept_files(site)
    plain = hand_in(maintainer, content, name)
    assert plain.status_code == 422
    assert word.lower() in text_of(plain).lower()
    told = hand_in(maintainer, content, name, accept="text/event-stream")
    assert events_of(told)[-1][0] == "error"
    assert word.lower() in events_of(told)[-1][1]["detail"].lower()
    assert ids(site) == before
    assert kept_files(site) == drafts


def test_two_files_are_read_at_once_and_a_third_is_told_to_wait(site: Site, kept: Visitor) -> None:
    before = kept_files(site)
    with ExitStack() as held:
        for _ in range(adding.PREVIEWS):
            assert adding.looking.acquire(blocking=False)
            held.callback(adding.looking.release)
        refused = hand_in(kept)
        assert refused.status_code == 503
        assert "请等半分钟再试" in text_of(refused)
        told = events_of(hand_in(kept, accept="text/event-stream"))
        assert (told[-1][0], told[-1][1]["type"].rpartition(":")[2]) == ("error", "reading")
        assert told[-1][1]["retry_after"] == READING_SECONDS
        assert kept_files(site) == before
    for _ in range(adding.PREVIEWS + 1):  # whoever was read leaves the place to the next
        draft_of(hand_in(kept))


def test_a_script_is_told_how_far_it_is(site: Site, kept: Visitor) -> None:
    told = events_of(hand_in(kept, accept="text/event-stream"))
    assert [name for name, _ in told] == ["progress", "progress", "done"]
    page = told[-1][1]["location"]
    token = parse_qs(urlsplit(page).query)["of"][0]
    data = {"csrf": kept.csrf(), "of": token, **form_on(kept, page)}
    told = events_of(kept.http.post(f"{LIST}/draft/add", data=data, headers=EVENTS))
    assert {data["stage"] for name, data in told if name == "progress"} == {"reading", "indexing"}
    assert told[-1][1]["location"].endswith("&done=new")
    assert kept.get(told[-1][1]["location"]).status_code == 200


def test_the_same_again_another_version_and_one_in_its_place(site: Site, kept: Visitor) -> None:
    assert add(kept, id="night-room").status_code == 303
    again = draft_of(hand_in(kept, id="night-room"))
    assert "已收录一模一样的文件" in text_of(kept.get(f"{LIST}/draft?of={again}"))
    elsewhere = draft_of(hand_in(kept, id="other"))
    said = text_of(kept.get(f"{LIST}/draft?of={elsewhere}"))
    assert "编号或版本不同" in said
    assert "已收录的是 《夜间阅览室开放通知》（2024-06-01）" in said
    assert ">收录<" not in kept.get(f"{LIST}/draft?of={elsewhere}").text
    newer = NOTICE.replace("十一点", "十二点")
    version = draft_of(hand_in(kept, newer, NAME.replace("2024", "2025"), id="night-room"))
    assert "其他版本" in text_of(kept.get(f"{LIST}/draft?of={version}"))
    page = f"{LIST}/draft?of={version}"
    assert kept.post(f"{LIST}/draft/add", of=version, **form_on(kept, page)).status_code == 303
    assert [key for key in ids(site) if "night" in key] == ["night-room@2024-06-01", "night-room@2025-06-01"]
    other = add(kept, NOTICE.replace("十一点", "十点"), id="night-room")
    assert other.headers["location"].endswith("done=replaced")
    assert acts(site)[-1] == ("document.replace", "night-room@2024-06-01")
    document = site.app.state.opening.assistant().library.get("night-room", "2024-06-01").document
    assert "十点" in document.text


def test_what_came_with_the_program_stays(site: Site, maintainer: Visitor) -> None:
    token = draft_of(hand_in(maintainer, id="rules", version="2024-05-01"))
    assert "随程序自带的，不能换" in text_of(maintainer.get(f"{LIST}/draft?of={token}"))
    fields = form_on(maintainer, f"{LIST}/draft?of={token}")
    refused = maintainer.post(f"{LIST}/draft/add", of=token, **fields)
    assert (refused.status_code, "随程序自带" in text_of(refused)) == (409, True)
    removed = maintainer.post(f"{LIST}/remove", id="rules", version="")
    assert (removed.status_code, "不能移除" in text_of(removed)) == (409, True)
    changed = maintainer.post(f"{LIST}/change", id="rules", version="2024-05-01", repealed="2025-01-01")
    assert (changed.status_code, "不能移除或替换" in text_of(changed)) == (409, True)
    assert "rules@2024-05-01" in ids(site)


def test_validity_is_set_and_taken_back(site: Site, kept: Visitor) -> None:
    add(kept, id="night-room", effective="2024年7月1日", number="某图发〔2024〕5号")
    page = f"{LIST}/show?id=night-room&version=2024-06-01"
    assert "有效；添加的文件" in text_of(kept.get(page))
    where = {"id": "night-room", "version": "2024-06-01"}
    fields = form_on(kept, page)
    told = kept.post(f"{LIST}/change", **where, **{**fields, "repealed": "2025-01-01"})
    assert told.headers["location"].endswith("done=changed")
    assert "说明已保存" in text_of(kept.get(told.headers["location"]))
    assert acts(site)[-1] == ("document.describe", "night-room@2024-06-01")
    new = f"{LIST}/new?id=night-room&version=2024-06-01"
    assert "换文件：夜间阅览室开放通知（2024-06-01）" in text_of(kept.get(new))
    assert form_on(kept, new)["repealed"] == "2025-01-01"
    assert "已废止；添加的文件" in text_of(kept.get(page))
    fields = form_on(kept, page)
    assert (fields["repealed"], fields["number"]) == ("2025-01-01", "某图发〔2024〕5号")
    kept.post(f"{LIST}/change", **where, **{**fields, "repealed": ""})
    assert "已废止；添加的文件" not in text_of(kept.get(page))
    assert form_on(kept, page)["effective"] == "2024-07-01"
    same = kept.post(f"{LIST}/change", **where, **form_on(kept, page))
    assert same.headers["location"].endswith("done=known")


def test_of_two_who_change_a_document_the_later_is_shown_both(site: Site, kept: Visitor) -> None:
    add(kept, id="night-room")
    page = f"{LIST}/show?id=night-room&version=2024-06-01"
    where = {"id": "night-room", "version": "2024-06-01"}
    other = site.visitor()
    with other.http:
        other.log_in()
        theirs, ours = form_on(other, page), form_on(kept, page)
        first = other.post(f"{LIST}/change", **where, **{**theirs, "repealed": "2025-01-01"})
        assert first.headers["location"].endswith("done=changed")
        before = acts(site)
        late = {**where, **ours, "issuer": "某市<b>图书馆</b>"}
        refused = kept.post(f"{LIST}/change", **late)
        assert refused.status_code == 409
        said = text_of(refused)
        assert "废止日期 2025-01-01 （空）" in said
        assert "发文机关 （空） 某市<b>图书馆</b>" in said
        assert "<b>" not in refused.text
        assert acts(site) == before
        assert form_on(other, page)["repealed"] == "2025-01-01"
        data = {"csrf": kept.csrf(), **late}
        told = events_of(kept.http.post(f"{LIST}/change", data=data, headers=EVENTS))
        assert (told[-1][0], told[-1][1]["status"]) == ("error", 409)
        edition = re.findall(r'name="edition" value="(\w+)"', refused.text)[0]
        again = kept.post(f"{LIST}/change", **{**late, "repealed": "2025-01-01", "edition": edition})
        assert again.headers["location"].endswith("done=changed")
        both = form_on(other, page)
        assert (both["repealed"], both["issuer"]) == ("2025-01-01", "某市<b>图书馆</b>")
        remove(other, "night-room", "2024-06-01")
        gone = kept.post(f"{LIST}/change", **where, **both)
        assert (gone.status_code, "发文机关 某市<b>图书馆</b>" in text_of(gone)) == (404, True)
        data = {"csrf": kept.csrf(), **where, **both}
        gone = kept.http.post(f"{LIST}/change", data=data, headers=EVENTS)
        assert (gone.status_code, gone.json()["status"]) == (404, 404)
        assert not any("night" in key for key in ids(site))


def test_what_somebody_else_has_changed_since_is_neither_replaced_nor_removed(
    site: Site, kept: Visitor
) -> None:
    add(kept, id="night-room")
    page = f"{LIST}/show?id=night-room&version=2024-06-01"
    where = {"id": "night-room", "version": "2024-06-01"}
    token = draft_of(hand_in(kept, NOTICE.replace("十一点", "十点"), id="night-room"))
    draft = f"{LIST}/draft?of={token}"
    looked_at, one, both = (
        form_on(kept, draft),
        removal_of(kept, "night-room", "2024-06-01"),
        removal_of(kept, "night-room"),
    )
    other = site.visitor()
    with other.http:
        other.log_in()
        theirs = other.post(f"{LIST}/change", **where, **{**form_on(other, page), "repealed": "2025-01-01"})
        assert theirs.headers["location"].endswith("done=changed")
    before = acts(site)
    refused = kept.post(f"{LIST}/draft/add", of=token, **looked_at)
    assert (refused.status_code, "请点“重新检查”" in text_of(refused)) == (409, True)
    for shown in (one, both):
        asked = kept.post(f"{LIST}/remove", **shown)
        assert (asked.status_code, "有人改了这份文件" in text_of(asked)) == (409, True)
    told = events_of(kept.http.post(f"{LIST}/remove", data={"csrf": kept.csrf(), **one}, headers=EVENTS))
    assert (told[-1][0], told[-1][1]["status"]) == ("error", 409)
    assert acts(site) == before
    assert form_on(kept, page)["repealed"] == "2025-01-01"
    kept.post(f"{LIST}/draft/check", of=token, **looked_at)
    counted = kept.post(f"{LIST}/draft/add", of=token, **form_on(kept, draft))
    assert counted.headers["location"].endswith("done=replaced")


def test_a_change_without_the_version_is_shown_what_is_there(kept: Visitor) -> None:
    add(kept, id="night-room")
    refused = kept.post(f"{LIST}/change", id="night-room", issuer="某市图书馆")
    assert (refused.status_code, "某市图书馆" in text_of(refused)) == (409, True)


def test_removal_is_asked_about_once_more(site: Site, kept: Visitor) -> None:
    add(kept, id="night-room")
    add(kept, NOTICE.replace("十一点", "十二点"), NAME.replace("2024", "2025"), id="night-room")
    where = {"id": "night-room", "version": "2024-06-01"}
    asked = text_of(kept.http.get(f"{LIST}/remove", params=where))
    assert "移除全部 2 个版本" in asked
    assert len([key for key in ids(site) if "night" in key]) == 2
    shown = removal_of(kept, "night-room", "2024-06-01")
    assert kept.post(f"{LIST}/remove", **shown).headers["location"] == f"{LIST}?done=removed"
    assert [key for key in ids(site) if "night" in key] == ["night-room@2025-06-01"]
    assert acts(site)[-1] == ("document.remove", "night-room@2024-06-01")
    gone = kept.post(f"{LIST}/remove", **shown)
    assert (gone.status_code, "没有这份文件或这个版本" in text_of(gone)) == (404, True)


def test_a_draft_is_its_makers_ends_in_an_hour_and_can_be_dropped(site: Site, maintainer: Visitor) -> None:
    token = draft_of(hand_in(maintainer))
    other = site.visitor()
    with other.http:
        other.log_in()
        assert other.get(f"{LIST}/draft?of={token}").status_code == 404
        assert other.post(f"{LIST}/draft/add", of=token).status_code == 404
        other.post(f"{LIST}/draft/drop", of=token)
    assert maintainer.get(f"{LIST}/draft?of={token}").status_code == 200
    for strange in ("", "../../documents/catalog", "x" * 22, token[:-1]):
        assert maintainer.http.get(f"{LIST}/draft", params={"of": strange}).status_code == 404
    assert maintainer.post(f"{LIST}/draft/drop", of=token).headers["location"] == f"{LIST}?done=dropped"
    assert maintainer.get(f"{LIST}/draft?of={token}").status_code == 404
    late = draft_of(hand_in(maintainer))
    site.clock.now += 3600
    maintainer.log_in()
    assert maintainer.get(f"{LIST}/draft?of={late}").status_code == 404
    maintainer.get(LIST)  # and is gone where somebody comes by
    folder = site.settings.state_dir / "incoming" / "drafts"
    assert not (folder / f"{late}.file").exists()


def test_drafts_that_nobody_comes_back_to_are_swept(site: Site, maintainer: Visitor) -> None:
    folder = site.settings.state_dir / "incoming" / "drafts"
    site.app.state.housekeeping.sweep()
    late = draft_of(hand_in(maintainer))
    (folder / f"{'x' * 22}.file").write_bytes(b"whoever kept it died")
    site.clock.now += 3500
    maintainer.log_in()
    fresh = draft_of(hand_in(maintainer))
    site.clock.now += 200
    site.app.state.housekeeping.sweep()
    assert {path.stem for path in folder.iterdir()} == {fresh}
    assert late != fresh


@pytest.mark.parametrize("described", ["", "null", "[]", "{}", '{"made_at": "x"}'])
def test_a_broken_draft_is_none_and_goes_in_its_time(site: Site, maintainer: Visitor, described: str) -> None:
    folder = site.settings.state_dir / "incoming" / "drafts"
    token = draft_of(hand_in(maintainer))
    (folder / f"{token}.json").write_text(described, encoding="utf-8")
    assert maintainer.get(LIST).status_code == 200
    assert maintainer.get(f"{LIST}/draft?of={token}").status_code == 404
    site.app.state.housekeeping.sweep()
    site.clock.now += 3700
    site.app.state.housekeeping.sweep()
    assert token not in {path.stem for path in folder.iterdir()}


def test_titles_and_names_of_files_are_text(site: Site, kept: Visitor) -> None:
    title = "<img src=x onerror=alert(1)>\"'&通知"
    name = '夜间"<svg onload=alert(2)>.txt'
    token = draft_of(hand_in(kept, NOTICE, name, title=title, id="night-room"))
    pages = [kept.get(f"{LIST}/draft?of={token}")]
    counted = kept.post(f"{LIST}/draft/add", of=token, **form_on(kept, f"{LIST}/draft?of={token}"))
    pages += [kept.get(counted.headers["location"]), kept.get(LIST), kept.get("/admin/acts")]
    pages.append(kept.http.get(f"{LIST}/remove", params={"id": "night-room"}))
    pages.append(kept.http.get(LIST, params={"q": title}))
    for page in pages:
        assert page.status_code == 200
        assert "<img" not in page.text
        assert "<svg" not in page.text
    assert "&lt;img src=x" in pages[1].text
