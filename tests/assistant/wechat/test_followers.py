"""What followers see: answers, follow-ups, waiting, repeated deliveries, limits, other messages."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.errors import IndexDamaged, StorageCause, StorageFault
from assistant.wechat import desk, routes
from tests.assistant.wechat.callers import Caller
from tests.assistant.wechat.conftest import OFFICIAL, Clock, MakeClient, Watched

if TYPE_CHECKING:
    from assistant.service import Assistant

SPORT = "娃儿一天在学校能运动好久？"
NURSERY = "公办幼儿园的占比要达到多少？"
WAIT = "正在查，请稍等几秒，再发一次“继续”。"
REPLY_SECONDS = routes.REPLY_SECONDS


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a crowded machine an answer may take longer than WeChat waits."""
    monkeypatch.setattr(routes, "REPLY_SECONDS", 60)


def test_a_question_is_answered_with_clause_quotation_and_page(caller: Caller) -> None:
    text = caller.read(caller.text(SPORT))
    assert "【二、（一）4】「开齐开足体育课程，切实保证中小学生每天１小时校园体育活动时间" in text
    assert "完整回答和出处：https://qa.example.cn/a/" in text
    assert text.endswith("仅供参考，以正式文件原文为准。")


def test_the_page_of_an_answer_shows_this_answer(caller: Caller, assistant: "Assistant") -> None:
    link = re.search(r"https://qa\.example\.cn/a/(\S+)\n", caller.read(caller.text(SPORT)))
    assert link
    share = assistant.store.shares.opened(link[1])
    assert share
    answer = assistant.store.conversations.answer(share.answer_id)
    assert answer is not None
    assert answer.citations[0].clause_label == "二、（一）4"


def test_without_a_page_only_the_link_is_missing(
    make_client: MakeClient, clock: Clock, assistant: "Assistant", monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_answer_id: str) -> None:
        raise StorageFault(StorageCause.FULL)

    nowhere = Caller(make_client(**OFFICIAL, public_url=""), clock)
    full = Caller(make_client(**OFFICIAL), clock)
    monkeypatch.setattr(assistant.store.shares, "make", fails)
    for caller in (nowhere, full):
        text = caller.read(caller.text(SPORT))
        assert "【二、（一）4】" in text
        assert "完整回答" not in text


def test_a_database_that_fails_is_told_politely(caller: Caller, database: str, watched: Watched) -> None:
    assert "您好" in caller.read(caller.text("你好"))
    file = Path(database.removeprefix("sqlite:///"))
    file.unlink()
    file.mkdir()
    assert caller.read(caller.text(SPORT)) == "抱歉，刚才没有查成，请再发一次您的问题。"
    assert watched.asked == ["你好"]


def test_the_same_message_is_asked_once_and_answered_alike(caller: Caller, watched: Watched) -> None:
    replies = {caller.read(caller.text(SPORT, number=7)) for _ in range(3)}
    assert len(replies) == 1
    assert watched.asked == [SPORT]


def test_three_deliveries_at_once_to_two_workers_are_asked_once(
    make_client: MakeClient, clock: Clock, watched: Watched
) -> None:
    callers = [Caller(make_client(**OFFICIAL), clock) for _ in range(2)]
    watched.gate.clear()
    opens = threading.Timer(0.5, watched.gate.set)
    opens.start()
    with ThreadPoolExecutor(3) as pool:
        at_once = [pool.submit(callers[n % 2].text, SPORT, "o_1", 7) for n in range(3)]
        replies = {callers[0].read(each.result()) for each in at_once}
    assert len(replies) == 1
    assert "【二、（一）4】" in replies.pop()
    assert watched.asked == [SPORT]


def test_what_is_not_ready_in_time_is_promised_and_given_when_asked_for(
    make_client: MakeClient, clock: Clock, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "REPLY_SECONDS", 0.5)
    one, other = (Caller(make_client(**OFFICIAL), clock) for _ in range(2))
    watched.gate.clear()
    assert one.read(one.text(SPORT, number=7)) == WAIT
    assert other.read(other.text(SPORT, number=7)) == WAIT
    assert other.read(other.text("继续")) == WAIT
    monkeypatch.setattr(routes, "REPLY_SECONDS", 60)
    watched.gate.set()
    answer = other.read(other.text("继续。", number=8))
    assert "【二、（一）4】" in answer
    assert one.read(one.text("继续", number=8)) == answer
    assert one.read(one.text(SPORT, number=7)) == answer
    assert one.read(one.text("继续")) == answer
    assert watched.asked == [SPORT]


def test_a_reply_comes_within_the_time_that_wechat_waits(
    caller: Caller, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert REPLY_SECONDS <= 4.5, "of its five, some is left for the way"
    monkeypatch.setattr(routes, "REPLY_SECONDS", 0.1)
    watched.gate.clear()
    assert caller.read(caller.text(SPORT)) == WAIT
    watched.gate.set()  # only now is there an answer: the reply did not wait for it


def test_go_on_is_a_message_like_others_where_nothing_is_owed(caller: Caller, watched: Watched) -> None:
    caller.read(caller.text(SPORT))
    caller.read(caller.text("继续"))
    assert watched.asked == [SPORT, "继续"]


def test_a_question_whose_worker_died_is_given_up(
    caller: Caller, clock: Clock, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "REPLY_SECONDS", 0.5)
    watched.gate.clear()
    assert caller.read(caller.text(SPORT)) == WAIT
    clock.now += desk.GIVEN_UP_SECONDS + 1
    assert caller.read(caller.text("继续")) == "抱歉，刚才没有查成，请再发一次您的问题。"
    watched.gate.set()


def test_a_follow_up_goes_on_in_the_followers_conversation(
    caller: Caller, watched: Watched, assistant: "Assistant"
) -> None:
    caller.read(caller.text("学前教育三年毛入园率要达到多少？"))
    caller.read(caller.text("那公办园占比呢？"))
    (conversation,) = set(watched.conversations_asked)
    assert conversation is not None
    history = assistant.store.conversations.history(conversation)
    assert [exchange.question for exchange in history] == watched.asked
    caller.read(caller.text("那公办园占比呢？", sender="o_other"))
    assert len(set(watched.conversations_asked)) == 2


def test_a_conversation_begins_anew_when_asked_to_and_after_half_an_hour(
    caller: Caller, clock: Clock, watched: Watched
) -> None:
    caller.text(NURSERY)
    assert caller.read(caller.text("新对话。")) == "好，已开始新的对话，请发您的问题。"
    caller.text(NURSERY)
    clock.now += 29 * 60
    caller.text(NURSERY)
    clock.now += 30 * 60
    caller.text(NURSERY)
    first, second, third, fourth = watched.conversations_asked
    assert first != second == third != fourth != first
    assert watched.asked == [NURSERY] * 4


def test_too_many_messages_get_a_polite_sentence_and_other_followers_answers(
    make_client: MakeClient, clock: Clock, watched: Watched
) -> None:
    caller = Caller(make_client(**OFFICIAL, wechat_per_minute=3), clock)
    for _ in range(3):
        assert "您好" in caller.read(caller.text("你好"))
    polite = "您发得有点快，我跟不上了，请歇一分钟再问。"
    assert caller.read(caller.text("你好", number=9)) == polite
    assert caller.read(caller.text("你好", number=9)) == polite
    assert "您好" in caller.read(caller.text("你好", sender="o_other"))
    clock.now += 61
    assert "您好" in caller.read(caller.text("你好"))
    assert len(watched.asked) == 5


def test_a_worker_with_too_much_to_do_says_so(
    make_client: MakeClient, clock: Clock, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "_WAITING", 3)
    monkeypatch.setattr(routes, "REPLY_SECONDS", 0.1)
    caller = Caller(make_client(**OFFICIAL), clock)
    watched.gate.clear()
    for number in range(3):
        assert caller.read(caller.text(SPORT, sender=f"o_{number}")) == WAIT
    assert caller.read(caller.text(SPORT, sender="o_3")) == "现在提问的人多，请过一会儿再问。"
    watched.gate.set()
    monkeypatch.setattr(routes, "REPLY_SECONDS", 60)
    assert "【二、（一）4】" in caller.read(caller.text("继续", sender="o_2"))
    assert "【二、（一）4】" in caller.read(caller.text(SPORT, sender="o_3"))


def test_who_follows_is_told_what_is_covered(caller: Caller, watched: Watched) -> None:
    text = caller.read(caller.event("subscribe"))
    assert "《重庆市加快推进教育现代化实施方案（2020—2022年）》" in text
    assert "新对话" in text
    assert caller.read(caller.event("unsubscribe")) == caller.read(caller.event("VIEW", "http://x")) == ""
    assert watched.asked == []


def test_a_click_on_a_menu_asks_its_key_once(caller: Caller, watched: Watched) -> None:
    replies = {caller.read(caller.event(event, SPORT)) for event in ("CLICK", "CLICK")}
    assert "【二、（一）4】" in replies.pop()
    assert not replies
    assert watched.asked == [SPORT]


def test_spoken_words_are_asked_as_wechat_heard_them(caller: Caller, watched: Watched) -> None:
    voice = "<MsgType>voice</MsgType><MediaId>m</MediaId><Format>amr</Format><MsgId>{}</MsgId>"
    heard = voice.format(1) + f"<Recognition><![CDATA[{SPORT}]]></Recognition>"
    assert "【二、（一）4】" in caller.read(caller.send(heard))
    assert caller.read(caller.send(voice.format(2))) == "这条语音没有转成文字，请打字发给我。"
    assert watched.asked == [SPORT]


@pytest.mark.parametrize("kind", ["image", "video", "shortvideo", "location", "link", "file", "text"])
def test_other_messages_get_a_sentence(caller: Caller, watched: Watched, kind: str) -> None:
    response = caller.send(f"<MsgType>{kind}</MsgType><MsgId>5</MsgId><Content> </Content>")
    assert caller.read(response) == "我只看得懂文字，请把想问的事打成字发给我。"
    assert watched.asked == []


def test_a_question_that_cannot_be_asked_is_explained(caller: Caller) -> None:
    assert "最多1000个字" in caller.read(caller.text("问" * 1001))


def test_a_fault_is_told_politely_and_the_next_question_answered(
    caller: Caller, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: object, **_given: object) -> None:
        raise IndexDamaged("索引不完整，请运行 policy-qa index build 重建。")

    with monkeypatch.context() as patched:
        patched.setattr(watched, "ask", fails)
        assert caller.read(caller.text(SPORT)) == "抱歉，刚才没有查成，请再发一次您的问题。"
    assert "【二、（一）4】" in caller.read(caller.text(SPORT))


def test_neither_followers_nor_their_words_stand_in_the_store(
    caller: Caller, database: str, tmp_path: Path
) -> None:
    sender, telephone = "oSecretFollower_123", "13812345678"
    text = caller.read(caller.text(f"我的电话{telephone}，食堂饭菜多少钱一顿？", sender=sender))
    assert telephone not in text
    replace(caller).text(SPORT, sender=sender)
    files = [path for path in tmp_path.iterdir() if path.name.startswith("wechat.sqlite")]
    held = b"".join(path.read_bytes() for path in files)
    assert "二、（一）4".encode() in held
    for secret in (sender, telephone, "食堂饭菜多少钱一顿？我"):
        assert secret.encode() not in held
