"""Which exchanges are looked at: read from an address, written into one, and said in words."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlencode

from fastapi import Request

from assistant.api.parts import store_of
from assistant.api.problems import INVALID, ProblemError
from assistant.schema import Status
from assistant.statuses import REFUSING, STATUSES
from assistant.storage.filters import LOW, SLOW_MS, Filters, moment
from assistant.storage.ratings import Rating
from index.text.beijing import in_beijing
from ui.admin.wording import RATINGS, duration, percent, status_label

REFUSED = "refused"
"""In the place of a status: every one that refuses to answer."""
MAX_TEXT = 100
"""Code points of the words that are looked for."""
MAX_ID = 200
STATUS_CHOICES: Mapping[str, str] = {
    "": "全部",
    Status.ANSWERED.value: status_label(Status.ANSWERED),
    REFUSED: "没能回答的（未涉及和题外）",
    **{status.value: status_label(status) for status in STATUSES if status is not Status.ANSWERED},
}
RATING_CHOICES: Mapping[str, str] = {"": "全部", **{rating.value: RATINGS[rating] for rating in Rating}}
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
"""Days that can be looked for; beyond, clocks and databases cannot reckon."""
_WRONG_DAY = "要写成 2026-03-02 这样的日期"
_FAR_DAY = f"要在 {FIRST_DAY} 到 {LAST_DAY} 之间"
_WRONG_CHOICE = "没有这个选项"


def today_of(request: Request) -> date:
    """The day on which a page is opened, in Beijing."""
    return in_beijing(moment(store_of(request).clock())).date()


def read_filters(query: Mapping[str, str]) -> Filters:
    """The filters of an address. Raises a 422 problem that names what cannot be read."""
    faults: list[tuple[str, str]] = []
    status, rating = query.get("status", ""), query.get("rating", "")
    if status not in STATUS_CHOICES:
        faults.append(("结果", _WRONG_CHOICE))
    if rating not in RATING_CHOICES:
        faults.append(("评价", _WRONG_CHOICE))
    days: dict[str, date | None] = {}
    for name, label in (("since", "从"), ("until", "到")):
        try:
            days[name] = date.fromisoformat(query[name]) if query.get(name) else None
        except ValueError:
            faults.append((label, _WRONG_DAY))
            continue
        if not FIRST_DAY <= (days[name] or FIRST_DAY) <= LAST_DAY:
            faults.append((label, _FAR_DAY))
    text = query.get("q", "").strip()
    if len(text) > MAX_TEXT:
        faults.append(("含有的词", f"最多 {MAX_TEXT} 个字"))
    if faults:
        said = "；".join(f"{name}：{what}" for name, what in faults)
        raise ProblemError(INVALID, f"筛选条件看不懂（{said}）。请回到上一页重新选。")
    return Filters(
        statuses=REFUSING if status == REFUSED else (Status(status),) if status else (),
        rating=Rating(rating) if rating else None,
        text=text,
        since=days["since"],
        until=days["until"],
        document=query.get("document", "")[:MAX_ID] or None,
        nearest=query.get("nearest", "")[:MAX_ID] or None,
        unsure=query.get("unsure") == "1",
        corrections=query.get("corrections") == "1",
        slow=query.get("slow") == "1",
    )


def written(filters: Filters, **besides: object) -> str:
    """The query of an address with these filters, `?…`, or "" for none; `besides` are added where they are
    not None."""
    pairs = {**fields_of(filters), **{name: value for name, value in besides.items() if value is not None}}
    return f"?{urlencode(pairs)}" if pairs else ""


def fields_of(filters: Filters) -> dict[str, str]:
    """The filters by the names that they have in an address; those that filter nothing are left out."""
    fields = {
        "status": REFUSED if filters.statuses == REFUSING else "".join(filters.statuses[:1]),
        "rating": filters.rating.value if filters.rating else "",
        "q": filters.text,
        "since": filters.since.isoformat() if filters.since else "",
        "until": filters.until.isoformat() if filters.until else "",
        "document": filters.document or "",
        "nearest": filters.nearest or "",
        "unsure": "1" if filters.unsure else "",
        "corrections": "1" if filters.corrections else "",
        "slow": "1" if filters.slow else "",
    }
    return {name: value for name, value in fields.items() if value}


def in_words(filters: Filters) -> str:
    """The filters as one line for people; "" for none."""
    return "，".join(_said(filters))


def in_kinds(filters: Filters) -> str:
    """The same without what somebody typed, for the trail, which forgets nothing."""
    typed = (
        ("含有某些词", filters.text),
        ("引用了某份文件", filters.document),
        ("最接近某个条款", filters.nearest),
    )
    chosen = _said(replace(filters, text="", document=None, nearest=None))
    return "，".join((*chosen, *(kind for kind, value in typed if value))) or "全部"


def _said(filters: Filters) -> Iterator[str]:
    if filters.statuses:
        yield f"结果：{'、'.join(map(status_label, filters.statuses))}"
    if filters.rating:
        yield f"评价：{RATINGS[filters.rating]}"
    if filters.text:
        yield f"含有“{filters.text}”"
    if filters.since and filters.since == filters.until:
        yield filters.since.isoformat()
    elif filters.since or filters.until:
        yield f"{filters.since or '最早'} 到 {filters.until or '现在'}"
    if filters.document:
        yield f"引用了 {filters.document}"
    if filters.nearest:
        yield f"最接近 {filters.nearest}"
    if filters.unsure:
        yield f"把握不到 {percent(LOW)}"
    if filters.corrections:
        yield "作了更正"
    if filters.slow:
        yield f"超过 {duration(SLOW_MS)}"


def day_ways(filters: Filters, today: date) -> tuple[tuple[str, str, bool], ...]:
    """Common spans of days: name, query of the same filters with these days, and whether they are chosen."""
    yesterday = today - timedelta(days=1)
    spans = (
        ("今天", today, today),
        ("昨天", yesterday, yesterday),
        ("近 7 天", today - timedelta(days=6), today),
        ("近 30 天", today - timedelta(days=29), today),
        ("全部", None, None),
    )
    return tuple(
        (
            name,
            written(replace(filters, since=since, until=until)),
            (filters.since, filters.until) == (since, until),
        )
        for name, since, until in spans
    )
