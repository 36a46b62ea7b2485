"""What stored figures and names are called on the maintainers' pages."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from assistant.answering.decision import years_in
from assistant.schema import Answer, RefusalReason, Status
from assistant.statuses import STATUSES
from assistant.storage.ratings import Rating
from index.text.beijing import in_beijing

RATINGS: Mapping[Rating, str] = {Rating.UP: "有用", Rating.DOWN: "没用"}
STEPS: Mapping[str, str] = {
    "understand": "理解提问",
    "rewrite": "补全追问",
    "danger": "看有没有人需要帮助",
    "outline": "查目录",
    "document": "查文件本身",
    "scope": "判断范围",
    "jurisdiction": "判断地方",
    "retrieve": "检索",
    "answer": "阅读和作答",
    "write": "大模型撰写",
    "ground": "核对引文",
    "repeated": "同样的提问，直接给出",
}
"""The steps of `assistant.pipeline`, and what stands in their place where an answer is given again."""
_DAYS = "一二三四五六日"
_ENDINGS: Mapping[Status, str] = {
    Status.OUT_OF_SCOPE: "看起来不是问教育政策的，也没有找到能作答的条款；有 {chance} 的把握是题外话。",
    Status.SMALLTALK: "当作寒暄，或者问的是本服务自己，没有去查文件。",
    Status.CLARIFY: "话太少或太含糊，没有去查文件，请对方说清楚；有 {chance} 的把握。",
    Status.BLOCKED: "看起来想让助手做不该做的事，没有去查文件；有 {chance} 的把握。",
}
_DANGER = "话里像是有人正处在危险或痛苦中，先给了求助电话；文件里没有能直接照着做的规定，就没有引用。"
_OLDER = "这个回答是早先的版本给的，没有记下为什么没能回答。"


def why_refused(answer: Answer) -> tuple[str, ...]:
    """Why nothing was answered, in sentences, by what is stored; none for an answer."""
    if answer.status is Status.ANSWERED:
        return ()
    if answer.status is not Status.NOT_COVERED:
        return (_ENDINGS[answer.status].format(chance=percent(answer.confidence)),)
    said = [_reason(answer)]
    if answer.missing and answer.refusal and answer.refusal.reason is RefusalReason.NO_EVIDENCE:
        said.append(f"没有写到的是：{'；'.join(answer.missing)}。")
    if answer.related:
        said.append(f"最接近的是 {answer.related[0].clause_label}，见下面“相近的条款”。")
        asked = years_in(answer.standalone_question)
        named = years_in(answer.related[0].quote)
        if asked and named and asked.isdisjoint(named):
            said.append(f"问的是{_years(asked)}，那一条写的是{_years(named)}。")
    elif answer.refusal and answer.refusal.reason is RefusalReason.NO_EVIDENCE:
        said.append("没有一个条款与它相近，很可能整件事文件都没有写。")
    said.append(f"“没有写”这个判断有 {percent(answer.confidence)} 的把握是对的。")
    return tuple(said)


def _reason(answer: Answer) -> str:
    refusal = answer.refusal
    if refusal is None:
        return _DANGER if any(notice.kind == "safety" for notice in answer.notices) else _OLDER
    match refusal.reason:
        case RefusalReason.OTHER_PLACE:
            return f"问的是别处（{'、'.join(answer.missing)}）的规定，收录的文件管不到那里，没有去检索。"
        case RefusalReason.NO_SUCH_CLAUSE:
            return f"问到的条款（{'、'.join(answer.missing)}）在那份文件里没有。"
        case RefusalReason.NOT_VERBATIM:
            return "本来有回答，但引文与存的原文对不上，所以没有给出；请用 policy-qa index verify 检查索引。"
        case RefusalReason.NOT_STATED:
            return f"问的是文件本身（{'、'.join(answer.missing)}），正文和登记的信息里都没有，没有去检索。"
        case RefusalReason.NO_EVIDENCE:
            if refusal.chance is None or refusal.floor is None:
                return "在可查的文件里什么也没有找到。"
            chance, floor = percent(refusal.chance), percent(refusal.floor)
            return f"找到的条款能作答的可能只有 {chance}，低于作答的界限 {floor}。"


def _years(years: frozenset[str]) -> str:
    return "、".join(f"{year}年" for year in sorted(years))


def status_label(status: Status) -> str:
    """What a status is called."""
    return STATUSES[status].label


def percent(share: float) -> str:
    """`12%`; below one percent with a digit more."""
    shown = f"{share * 100:.0f}%"
    return f"{share * 100:.1f}%" if shown in ("0%", "100%") and 0 < share < 1 else shown


def share_of(part: int, whole: int) -> str:
    """`12%`, or a dash where there is no whole."""
    return percent(part / whole) if whole else "–"


def duration(milliseconds: float | None) -> str:
    """`85 毫秒` or `1.2 秒`; a dash for None."""
    if milliseconds is None:
        return "–"
    if milliseconds < 0.1:
        return "不到 0.1 毫秒"
    if milliseconds < 10:
        return f"{milliseconds:.1f} 毫秒"
    return f"{milliseconds:.0f} 毫秒" if milliseconds < 1000 else f"{round(milliseconds / 1000, 1):g} 秒"


def at_words(moment: datetime) -> str:
    """`2026-03-02 09:30`, by the clocks of Beijing, as each page says at its end."""
    return f"{in_beijing(moment):%Y-%m-%d %H:%M}"


def day_name(day: date, today: date) -> str:
    """`3月2日 周一`, with 今天 and 昨天, and the year where it is not this one."""
    near = {today: "今天 ", today - timedelta(days=1): "昨天 "}.get(day, "")
    year = "" if day.year == today.year else f"{day.year}年"
    return f"{near}{year}{day.month}月{day.day}日 周{_DAYS[day.weekday()]}"
