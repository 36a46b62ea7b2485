import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import UnknownConversation
from assistant.schema import Answer, Answerer, Citation, Exchange, Notice, NoticeKind, Sentence, Status
from assistant.storage.conversations import (
    HISTORY_LIMIT,
    TRANSCRIPT_LIMIT,
    SqlConversations,
    conversation_of,
    new_id,
    new_secret,
)
from assistant.storage.database import Database
from index.schema import Validity

CITATION = Citation(
    marker=1,
    document_id="plan",
    document_title="方案",
    document_version="2020-10-22",
    validity=Validity.EXPIRED,
    clause_id="plan@2020-10-22#2.2.1",
    clause_label="二、（二）1",
    clause_path=("二、重点任务", "（二）"),
    quote="50％以上",
    start=3,
    end=8,
    url="/documents/plan",
    score=0.5,
    row=(("学段", "小学"), ("", "0")),
)


def an_answer(conversation_id: str, text: str = "到2022年要达到50％以上。[1]") -> Answer:
    return Answer(
        id=new_id("ans"),
        conversation_id=conversation_id,
        status=Status.ANSWERED,
        answer=text,
        standalone_question="占比要达到多少？",
        answerer=Answerer.EXTRACTIVE,
        confidence=0.9,
        short_answer="50％以上",
        missing=("收费标准",),
        citations=(CITATION,),
        related=(replace(CITATION, marker=2),),
        notices=(Notice(NoticeKind.EXPIRED, "已届满。"),),
        sentences=(Sentence(text, (1,), 0.75),),
        timings_ms={"retrieve": 1.5},
    )


def an_exchange(question: str) -> Exchange:
    return Exchange(question, question, Status.ANSWERED, "答", ("2.2.1",))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "made" / "conversations.sqlite"


@pytest.fixture
def store(database_url: str) -> Iterator[SqlConversations]:
    database = Database(database_url)
    yield SqlConversations(database)
    database.close()


@pytest.fixture
def in_file(file: Path) -> Iterator[SqlConversations]:
    """In an SQLite file, whose bytes the test looks at."""
    database = Database(f"sqlite:///{file}")
    yield SqlConversations(database)
    database.close()


def test_an_id_has_its_prefix_and_32_hexadecimal_digits() -> None:
    prefix, _, digits = new_id("ans").partition("_")
    assert prefix == "ans"
    assert len(bytes.fromhex(digits)) == 16
    assert new_id("ans") != new_id("ans")


def test_an_answer_comes_back_whole_after_reopening(store: SqlConversations, database_url: str) -> None:
    answer = an_answer(new_id("cnv"))
    store.append(answer, an_exchange("占比？"))
    again = SqlConversations(Database(database_url))
    assert again.answer(answer.id) == answer
    assert again.history(answer.conversation_id) == (an_exchange("占比？"),)


def test_history_is_the_last_ten_exchanges_oldest_first(store: SqlConversations) -> None:
    conversation = new_id("cnv")
    for number in range(HISTORY_LIMIT + 3):
        store.append(an_answer(conversation), an_exchange(f"第{number}问"))
        store.append(an_answer(new_id("cnv")), an_exchange("别人的问题"))
    assert [e.question for e in store.history(conversation)] == [
        f"第{n}问" for n in range(3, HISTORY_LIMIT + 3)
    ]


@pytest.mark.parametrize("identifier", ["cnv_" + "0" * 32, "", "../x", "a\0b", "\ud800", "x" * 10_000])
def test_an_unknown_conversation_is_said_to_be_unknown(store: SqlConversations, identifier: str) -> None:
    with pytest.raises(UnknownConversation, match="没有这段对话"):
        store.history(identifier)
    with pytest.raises(UnknownConversation, match="没有这段对话"):
        store.delete(identifier)
    assert store.answer(identifier) is None


@pytest.mark.parametrize("question", ["半个表情\ud83d", "零\0字节", "😀表情", "引号\"'与\\"])
def test_odd_characters_do_not_break_storage(store: SqlConversations, question: str) -> None:
    answer = an_answer(new_id("cnv"), text=question)
    store.append(answer, an_exchange(question))
    expected = question.replace("\ud83d", "\ufffd")
    assert store.history(answer.conversation_id)[0].question == expected
    kept = store.answer(answer.id)
    assert kept is not None
    assert kept.answer == expected


def test_deleting_erases_the_text_from_the_files(in_file: SqlConversations, file: Path) -> None:
    gone, stays = new_id("cnv"), new_id("cnv")
    in_file.append(an_answer(gone), an_exchange("这句话要擦掉"))
    in_file.append(an_answer(stays), an_exchange("这句话留下"))
    in_file.delete(gone)
    with pytest.raises(UnknownConversation):
        in_file.history(gone)
    assert len(in_file.history(stays)) == 1
    left = b"".join(path.read_bytes() for path in file.parent.iterdir())
    assert "这句话要擦掉".encode() not in left
    assert "这句话留下".encode() in left


def test_sqlite_keeps_a_write_ahead_log(in_file: SqlConversations, file: Path) -> None:
    in_file.append(an_answer(new_id("cnv")), an_exchange("问"))
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


@pytest.mark.parametrize("in_memory", [False, True])
def test_threads_share_one_store(file: Path, in_memory: bool) -> None:
    store = SqlConversations(Database("sqlite://" if in_memory else f"sqlite:///{file}"))
    shared = new_id("cnv")
    failures: list[BaseException] = []

    def talk(number: int) -> None:
        own = new_id("cnv")
        try:
            for turn in range(8):
                store.append(an_answer(own), an_exchange(f"{number}-{turn}"))
                store.append(an_answer(shared), an_exchange("共同"))
                assert len(store.history(own)) == turn + 1
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(store.history(shared)) == HISTORY_LIMIT


def test_two_stores_may_open_one_file(in_file: SqlConversations, file: Path) -> None:
    other = SqlConversations(Database(f"sqlite:///{file}"))
    answer = an_answer(new_id("cnv"))
    in_file.append(answer, an_exchange("问"))
    assert other.answer(answer.id) == answer


def test_two_answers_may_begin_one_conversation_at_once(store: SqlConversations) -> None:
    conversation, at_once = new_id("cnv"), 8
    together = threading.Barrier(at_once)

    def keep(number: int) -> None:
        together.wait(10)
        store.append(an_answer(conversation), an_exchange(f"第{number}问"))

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(keep, range(at_once)))
    assert {e.question for e in store.history(conversation)} == {f"第{n}问" for n in range(at_once)}


def test_what_was_erased_while_it_was_asked_in_stays_erased(store: SqlConversations) -> None:
    conversation = new_id("cnv")
    store.append(an_answer(conversation), an_exchange("第一问"))
    store.delete(conversation)
    late = an_answer(conversation)
    store.append(late, an_exchange("那第二问呢？"), begins=False)
    assert store.answer(late.id) is None
    with pytest.raises(UnknownConversation):
        store.conversation(conversation)


def test_a_transcript_is_what_was_asked_and_answered_in_order(store: SqlConversations) -> None:
    given = [an_answer("cnv_1", f"第{number}个") for number in range(TRANSCRIPT_LIMIT + 2)]
    for number, answer in enumerate(given):
        store.append(answer, an_exchange(f"问{number}"))
        store.append(an_answer("cnv_2"), an_exchange("别人的"))
    kept = store.transcript("cnv_1")
    assert [each.answer for each in kept] == given[2:]
    assert [each.question for each in kept] == [f"问{number}" for number in range(2, TRANSCRIPT_LIMIT + 2)]
    with pytest.raises(UnknownConversation):
        store.transcript("cnv_3")


def test_a_secret_leads_to_its_conversation_and_nothing_leads_back(
    in_file: SqlConversations, file: Path
) -> None:
    first, second = new_secret(), new_secret()
    assert first != second
    assert conversation_of(first) == conversation_of(first) != conversation_of(second)
    in_file.append(an_answer(conversation_of(first)), an_exchange("问"))
    assert len(in_file.transcript(conversation_of(first))) == 1
    assert not [path for path in file.parent.iterdir() if first.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    "secret", ["", "a" * 42, "a" * 44, "a" * 42 + "\n", "a" * 42 + "\ud800", "cnv_" + "0" * 32]
)
def test_what_is_no_secret_leads_nowhere(secret: str) -> None:
    with pytest.raises(UnknownConversation):
        conversation_of(secret)


def test_a_conversation_is_its_beginners_and_nobody_elses(store: SqlConversations) -> None:
    mine, other = new_secret(), new_secret()
    store.append(an_answer(conversation_of(mine)), an_exchange("我的问题"))
    store.append(an_answer(conversation_of(other)), an_exchange("别人的问题"), key_id="keyofsomeone")
    assert store.owned(conversation_of(mine), [other, mine], None).title == "我的问题"
    assert store.owned(conversation_of(other), [], "keyofsomeone").title == "别人的问题"
    for secrets, key in ([], None), ([other, "", "坏"], None), ([], "keyofsomeone"), ([], "keyofanother"):
        with pytest.raises(UnknownConversation):
            store.owned(conversation_of(mine), secrets, key)
    assert store.listed([], None) == ()
    assert [each.title for each in store.listed([mine], None)] == ["我的问题"]
    assert [each.title for each in store.listed([], "keyofsomeone")] == ["别人的问题"]
    assert [each.title for each in store.listed([mine, "坏"], "keyofsomeone")] == ["别人的问题", "我的问题"]
    assert store.listed([], "keyofanother") == ()


def test_a_conversation_is_renamed_in_one_masked_line(store: SqlConversations) -> None:
    answer = an_answer(new_id("cnv"))
    store.append(answer, an_exchange("问"))
    store.rename(answer.conversation_id, "打\n13883456789 " + "长" * 60)
    title = store.conversation(answer.conversation_id).title
    assert title.startswith("打 [手机号] 长")
    assert len(title) == 40
    with pytest.raises(UnknownConversation):
        store.rename(new_id("cnv"), "名")


def test_what_the_asker_says_of_themselves_is_masked_and_the_documents_words_are_not(
    in_file: SqlConversations, file: Path
) -> None:
    question = "我电话13883456789，方案的热线是多少？"
    quoted = replace(CITATION, quote="咨询电话：023-63896012。")
    text = "文件写的是：「咨询电话：023-63896012。」。[1]"
    answer = replace(
        an_answer(new_id("cnv"), text), citations=(quoted,), related=(), missing=("13883456789的事",),
        standalone_question=question,
        sentences=(Sentence(text.removesuffix("[1]"), (1,)), Sentence("您说的13883456789不在文件里。")),
    )  # fmt: skip
    in_file.append(answer, Exchange(question, question, Status.ANSWERED, text, ("c",), (quoted.quote,)))
    kept = in_file.answer(answer.id)
    assert kept is not None
    assert kept.answer == text
    assert kept.sentences[0].text == text.removesuffix("[1]")
    assert kept.sentences[1].text == "您说的[手机号]不在文件里。"
    assert kept.missing == ("[手机号]的事",)
    left = b"".join(path.read_bytes() for path in file.parent.iterdir())
    assert b"13883456789" not in left
