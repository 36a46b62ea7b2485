"""What was asked, not answered and thought of answers, as a maintainer sees it; and what is given out."""

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from assistant.errors import StorageCause, StorageFault
from assistant.schema import Status
from assistant.storage.filters import Filters
from assistant.storage.personal import Which, erase_all
from assistant.storage.ratings import Rating, Reason
from assistant.storage.review import Reviewed
from index.text.beijing import in_beijing
from tests.ui.admin.conftest import Site, Visitor
from tests.ui.admin.questions import ELSEWHERE, OPEN, asked, moved

EVIL = "平日<img src=x onerror=alert(1)>开放几小时？\"'<script>alert(2)</script>"
FORMULA = '=HYPERLINK("http://x","y") 平日开放几小时？'
PAGES = (
    "/admin", "/admin/questions", "/admin/lacking", "/admin/rows", "/admin/rows.jsonl", "/admin/ratings",
    "/admin/speed", "/admin/export.csv", "/admin/export.jsonl", "/admin/questions/ans_1", "/admin/rows/ans_1",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_asked(site: Site) -> None:
    erase_all(site.store.database, Which(before=datetime.max.replace(tzinfo=UTC)))


def text_of(response: httpx.Response) -> str:
    """What a page says, tags aside."""
    assert response.status_code == 200, response.text
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", response.text)).split())


def listed(response: httpx.Response) -> list[str]:
    """The questions of a list, in its order."""
    assert response.status_code == 200, response.text
    return [html.unescape(found) for found in re.findall(r'<a class="asked"[^>]*>([^<]*)</a>', response.text)]


def day_of(site: Site, days_ago: int) -> date:
    """The day so many days before the site's clock, in Beijing."""
    return in_beijing(site.now() - timedelta(days=days_ago)).date()


def acts(site: Site) -> list[tuple[str, str]]:
    return [(act.act, act.what) for act in site.store.trail.acts(3)]


@pytest.mark.parametrize("path", PAGES)
def test_nobody_sees_them_without_a_login(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/admin/login?next={path}")
    assert answer.text == ""


@pytest.mark.parametrize("path", PAGES[:7])
def test_they_open_where_nobody_has_asked_anything(maintainer: Visitor, path: str) -> None:
    assert maintainer.get(path).status_code == 200


def test_the_list_shows_the_newest_first_and_leads_to_the_whole_exchange(
    site: Site, maintainer: Visitor
) -> None:
    first = asked(site, OPEN, days_ago=2)
    asked(site, ELSEWHERE, days_ago=1, rating=Rating.DOWN, reasons=(Reason.NOT_ANSWERED,), comment="没说")
    page = maintainer.get("/admin/questions")
    assert listed(page) == [ELSEWHERE, OPEN]
    assert "2 条" in text_of(page)
    shown = maintainer.get(f"/admin/questions/{first['id']}")
    told = text_of(shown)
    (citation,) = first["citations"]
    for words in (OPEN, first["answer"], citation["quote"], "《图书馆开放办法》一", "合计", first["id"]):
        assert words.replace("\n", " ") in told
    assert html.escape(citation["url"]) in shown.text
    assert httpx.get(site.base + citation["url"]).status_code == 200


def test_a_follow_up_is_shown_with_what_came_before_and_what_was_searched(
    site: Site, maintainer: Visitor
) -> None:
    first = asked(site, OPEN)
    second = asked(site, "那周末呢？", after=first)
    told = text_of(maintainer.get(f"/admin/questions/{second['id']}"))
    assert f"此前问过 {OPEN}" in told
    assert f"实际检索的 {second['standalone_question']}" in told


def test_why_nothing_was_answered_is_said_in_words(site: Site, maintainer: Visitor) -> None:
    refused = asked(site, ELSEWHERE)
    assert refused["status"] == Status.NOT_COVERED
    told = text_of(maintainer.get(f"/admin/questions/{refused['id']}"))
    assert re.search(r"能作答的可能只有 [\d.]+%，低于作答的界限 25%", told)
    assert "没有写到的是" in told
    clause = asked(site, "图书馆开放办法第九条怎么规定？")
    told = text_of(maintainer.get(f"/admin/questions/{clause['id']}"))
    assert "在那份文件里没有" in told
    assert "没有一个条款与它相近" not in told, "a clause was named and is not there: nothing was searched"
    danger = asked(site, "我不想活了")
    told = text_of(maintainer.get(f"/admin/questions/{danger['id']}"))
    assert "先给了求助电话" in told
    assert "早先的版本" not in told


def test_filters_stand_in_the_address_and_combine(site: Site, maintainer: Visitor) -> None:
    asked(site, OPEN, days_ago=3, rating=Rating.DOWN)
    asked(site, OPEN, days_ago=1)
    asked(site, ELSEWHERE, days_ago=1, rating=Rating.DOWN)
    yesterday = day_of(site, 1)
    for query, expected in (
        ("status=answered", [OPEN, OPEN]),
        ("status=refused", [ELSEWHERE]),
        ("rating=down", [ELSEWHERE, OPEN]),
        ("status=answered&rating=down", [OPEN]),
        ("q=押金", [ELSEWHERE]),
        ("q=100%25", []),
        (f"since={yesterday}&until={yesterday}", [ELSEWHERE, OPEN]),
        ("document=rules", [OPEN, OPEN]),
        (f"document=rules&until={day_of(site, 2)}&rating=down&status=answered&q=平日", [OPEN]),
        ("corrections=1", []),
        ("slow=1", []),
    ):
        page = maintainer.get(f"/admin/questions?{query}")
        assert listed(page) == expected, query
        assert page.text.count("去掉筛选") == 1
    found = asked(site, OPEN)
    assert maintainer.get(f"/admin/questions?q={found['id']}").headers["location"].endswith(found["id"])


@pytest.mark.parametrize(
    "query",
    [
        "status=none",
        "rating=great",
        "since=yesterday",
        f"q={'长' * 101}",
        "until=2026-13-01",
        "since=0001-01-01",
        "until=9999-12-31",
    ],
)
def test_an_address_that_cannot_be_read_says_what_is_wrong_with_it(maintainer: Visitor, query: str) -> None:
    for path in ("/admin/questions", "/admin/export.csv"):
        answer = maintainer.get(f"{path}?{query}")
        assert answer.status_code == 422
        assert "筛选条件看不懂" in answer.text


def test_pages_stay_as_they_are_while_people_go_on_asking(
    site: Site, maintainer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.admin.questions.PAGE", 2)
    for hours in ("八", "九", "十", "七", "六"):
        asked(site, f"平日开放{hours}小时吗？")
    first = maintainer.get("/admin/questions?status=answered")
    older = html.unescape(re.search(r'rel="next" href="([^"]*)"', first.text)[1])  # type: ignore[index]
    asked(site, OPEN)
    second = maintainer.get(older)
    both = [f"平日开放{hours}小时吗？" for hours in ("六", "七", "十", "九")]
    assert listed(first) + listed(second) == both
    newer = html.unescape(re.search(r'rel="prev" href="([^"]*)"', second.text)[1])  # type: ignore[index]
    assert listed(maintainer.get(newer)) == listed(first)


def test_nothing_that_people_wrote_becomes_markup(site: Site, maintainer: Visitor) -> None:
    evil = asked(site, EVIL, rating=Rating.DOWN, comment=EVIL)
    asked(site, f"{ELSEWHERE}{EVIL}")
    for path in ("/admin", "/admin/questions", f"/admin/questions/{evil['id']}", "/admin/lacking",
                 "/admin/ratings", f"/admin/rows/{evil['id']}", "/admin/questions?q=<script>"):  # fmt: skip
        page = maintainer.get(path)
        assert page.status_code == 200
        assert "<img" not in page.text
        assert re.findall(r"<script(?! src=\"/ui/static/)", page.text) == []
        assert "script-src 'self'" in page.headers["content-security-policy"]


def test_what_is_not_covered_is_grouped_for_those_who_choose_documents(
    site: Site, maintainer: Visitor
) -> None:
    for question in (ELSEWHERE, "图书馆一年要交多少钱押金", "周末借书要排队吗？"):
        asked(site, question, days_ago=1)
    told = text_of(maintainer.get("/admin/lacking"))
    assert re.search(r"次数 问的是（追问已补全） 最近一次 2 图书馆一年要交多少钱押金", told)
    assert "2 图书馆" not in text_of(maintainer.get("/admin/lacking?days=7")).partition("问得最多的")[0]


def test_ratings_are_counted_and_listed(site: Site, maintainer: Visitor) -> None:
    asked(site, OPEN, rating=Rating.UP, comment="好")
    asked(site, ELSEWHERE, 1, Rating.DOWN, (Reason.WRONG_CLAUSE,), "打13812345678")
    asked(site, OPEN, days_ago=20, rating=Rating.DOWN, comment="旧的")
    told = text_of(maintainer.get("/admin/ratings?days=7"))
    assert "有用 1 没用 1 有用的占 50%" in told
    assert "找错了条款 1" in told
    assert "图书馆开放办法 1 0" in told
    assert "打[手机号]" in told
    assert "13812345678" not in told
    assert listed(maintainer.get("/admin/ratings?rating=down")) == [ELSEWHERE, OPEN]


def test_times_are_told_by_day_and_step_with_the_picture_beside_the_table(
    site: Site, maintainer: Visitor
) -> None:
    for days_ago in (0, 0, 1, 5):
        asked(site, OPEN, days_ago=days_ago)
    page = maintainer.get("/admin/speed")
    told = text_of(page)
    assert re.search(r"今天 \d+月\d+日 周. 2 (?:不到 )?[\d.]+ 毫秒 (?:不到 )?[\d.]+ 毫秒 100% 0% 0%", told)
    assert re.search(r"同样的提问，直接给出 \d", told)
    assert page.text.count("<circle") == 6
    day = day_of(site, 5)
    one = text_of(maintainer.get(f"/admin/speed?day={day}"))
    assert re.search(rf"按步骤（(?:\d+年)?{day.month}月{day.day}日 周.）", one)


def test_the_first_page_tells_what_a_maintainer_asks_first(site: Site, maintainer: Visitor) -> None:
    asked(site, OPEN, days_ago=1)
    asked(site, ELSEWHERE, days_ago=1, rating=Rating.DOWN, comment="没有回答我")
    asked(site, OPEN, days_ago=5)
    page = maintainer.get("/admin")
    told = text_of(page)
    assert re.search(r"提问 0 2 3 0 作答 0 1 50% 2 67% 0 没能回答 0 1 50% 1 33% 0", told)
    assert "没有回答我" in told
    link = html.unescape(re.search(r'href="(/admin/questions\?[^"]*status=refused[^"]*)"', page.text)[1])  # type: ignore[index]
    assert listed(maintainer.get(link)) == [ELSEWHERE]
    assert "已暂停" not in told
    site.store.pause.begin(None, "维护中")
    try:
        assert "问答已暂停" in text_of(maintainer.get("/admin"))
    finally:
        site.store.pause.end()


def test_a_table_for_spreadsheets_holds_no_formula(site: Site, maintainer: Visitor) -> None:
    for question in (
        FORMULA,
        "＝1+1 平日开放几小时？",
        "@x 平日开放几小时？",
        "-1;=2 平日开放几小时？",
        OPEN,
    ):
        asked(site, question, rating=Rating.DOWN, comment='+1+1\n换行,"引号"')
    answer = maintainer.get("/admin/export.csv?rating=down")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-disposition"] == f'attachment; filename="questions-{day_of(site, 0)}.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert len(rows) == 5
    for row in rows:
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    for separated in answer.text.replace("\t", ";").split(";")[1:]:  # as some read it, whatever the quotes
        assert not separated.lstrip().startswith(("=", "+", "-", "@"))
    assert all(line.startswith('"') for line in answer.text.lstrip("\ufeff").split("\r\n") if line)
    assert rows[-1]["提问"] == f"'{FORMULA}"
    assert rows[1]["提问"] == "'-1;'=2 平日开放几小时？"
    assert rows[0]["提问"] == OPEN
    assert rows[0]["意见"] == '\'+1+1\n换行,"引号"'
    assert acts(site)[0] == ("export.csv", "评价：没用；5 条")


def test_lines_for_programs_hold_what_is_stored(site: Site, maintainer: Visitor) -> None:
    given = asked(site, f"我手机13812345678，{OPEN}", rating=Rating.UP)
    asked(site, ELSEWHERE)
    answer = maintainer.get("/admin/export.jsonl?status=answered")
    (row,) = map(json.loads, answer.text.splitlines())
    assert row["question"].endswith(OPEN)
    for capability in (given["id"], given["conversation_id"]):
        assert capability not in answer.text
        assert capability not in maintainer.get("/admin/export.csv").text
    assert row["rating"] == "up"
    assert row["citations"][0]["quote"] == given["citations"][0]["quote"]
    assert "13812345678" not in answer.text
    assert ("export.jsonl", "结果：作答；1 条") in acts(site)


def test_what_was_looked_for_in_an_export_is_kept_nowhere(site: Site, maintainer: Visitor) -> None:
    maintainer.get("/admin/export.csv?q=王小明&document=王小明&nearest=王小明&status=answered")
    assert acts(site)[0] == (
        "export.csv",
        "结果：作答，含有某些词，引用了某份文件，最接近某个条款；0 条",
    )


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_an_export_ends_with_the_login(
    site: Site, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    token = site.key()
    visitor.log_in(token)
    for _ in range(3):
        asked(site, OPEN)
    monkeypatch.setattr("ui.admin.export.LOOKED", 1)
    each = site.store.review.each

    def revoked_meanwhile(filters: Filters) -> Iterator[Reviewed]:
        for found in each(filters):
            yield found
            site.store.keys.revoke(token.split("_")[1], site.now())

    monkeypatch.setattr(site.store.review, "each", revoked_meanwhile)
    answer = visitor.get(f"/admin/export.{ending}")
    assert answer.status_code == 200
    *_, last = answer.text.splitlines()
    assert "登录已经结束，后面的没有导出。" in last
    assert len(answer.text.splitlines()) == (3 if ending == "csv" else 2)


def test_a_fault_of_an_export_is_a_page_and_no_torn_file(
    site: Site, maintainer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable() -> Reviewed:
        raise StorageFault(StorageCause.BUSY)

    def fails(_filters: Filters) -> Iterator[Reviewed]:
        yield from (unreadable() for _ in range(1))

    monkeypatch.setattr(site.store.review, "each", fails)
    assert maintainer.get("/admin/export.csv").status_code == 503


def test_times_are_those_of_beijing_and_days_too(site: Site, maintainer: Visitor) -> None:
    late = datetime(2026, 3, 1, 17, 30, tzinfo=UTC)
    answer = asked(site, OPEN)
    moved(site, answer["id"], late)
    for day, expected in (("2026-03-01", []), ("2026-03-02", [OPEN])):
        page = maintainer.get(f"/admin/questions?since={day}&until={day}")
        assert listed(page) == expected
        assert "时间都是北京时间" in text_of(page)
    assert "2026-03-02 01:30" in text_of(maintainer.get(f"/admin/questions/{answer['id']}"))
    assert '\r\n"2026-03-02 01:30:00",' in maintainer.get("/admin/export.csv").text
    assert "2026-03-02T01:30:00+08:00" in maintainer.get("/admin/export.jsonl").text
    at = in_beijing(site.store.trail.acts(1)[0].at)
    assert f"{at:%Y-%m-%d %H:%M:%S}" in text_of(maintainer.get("/admin/acts"))


def test_characters_that_turn_the_text_round_do_not_stand_among_others(
    site: Site, maintainer: Visitor
) -> None:
    answer = asked(site, "平日\u202e开放几小时\u2066？", rating=Rating.DOWN, comment="不\u202e好")
    refused = asked(site, "图书馆一年要交\u202e多少钱押金？")
    stored = site.store.review.exchange(answer["id"])
    assert stored is not None
    assert "\u202e" in stored.answered.question
    pages = ("/admin/questions", "/admin/lacking", "/admin/ratings", "/admin/export.csv")
    for path in (*pages, *(f"/admin/questions/{each['id']}" for each in (answer, refused))):
        said = re.sub(r"<bdi>.*?</bdi>", "", maintainer.get(path).text, flags=re.DOTALL)
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", said), path


def test_an_exchange_that_is_gone_is_said_so(maintainer: Visitor) -> None:
    for path in ("/admin/questions/ans_gone", "/admin/rows/ans_gone", "/admin/questions/%27--"):
        page = maintainer.get(path)
        assert page.status_code == 404
        assert "没有这个问答" in page.text
