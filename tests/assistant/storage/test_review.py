"""Exchanges looked through: filters, pages, groups, figures; on both databases."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from assistant.schema import RefusalReason, Status
from assistant.storage.filters import Filters
from assistant.storage.ratings import Rating, Reason
from assistant.storage.store import Store
from assistant.storage.tables import cited, exchanges, made_rows, overview
from index.text.beijing import BEIJING
from tests.assistant.storage.exchanges import NEAR, answered, kept, refused
from tests.assistant.storage.test_conversations import CITATION

NOON = datetime(2026, 3, 2, 12, tzinfo=BEIJING)
DAY = date(2026, 3, 2)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    made = Store(database_url)
    yield made
    made.close()


def questions(store: Store, filters: Filters) -> list[str]:
    return [shown.question for shown in store.review.page(filters, 50).shown]


def days_ago(days: float) -> datetime:
    return NOON - timedelta(days=days)


@pytest.fixture
def mixed(store: Store) -> Store:
    """Five exchanges of three days that differ in everything that is filtered by."""
    law = replace(CITATION, document_id="law", document_title="法")
    kept(store, answered("学校 100% 免费吗", confidence=0.4), at=days_ago(2))
    kept(store, answered("公办园占比", citations=(CITATION, law)), at=days_ago(1), rating=Rating.UP)
    kept(store, answered("改正一下", correction=True, citations=(law,)), at=NOON, rating=Rating.DOWN)
    kept(store, refused("校车谁管 a_b"), at=NOON)
    kept(store, refused("天气", status=Status.OUT_OF_SCOPE, related=(), refusal=None), at=NOON)
    return store


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["天气", "校车谁管 a_b", "改正一下", "公办园占比", "学校 100% 免费吗"]),
        (Filters(statuses=(Status.NOT_COVERED, Status.OUT_OF_SCOPE)), ["天气", "校车谁管 a_b"]),
        (Filters(rating=Rating.DOWN), ["改正一下"]),
        (Filters(text="%"), ["学校 100% 免费吗"]),
        (Filters(text="A_B"), ["校车谁管 a_b"]),
        (Filters(text="免费 学校"), ["学校 100% 免费吗"]),
        (Filters(text="_"), ["校车谁管 a_b"]),
        (Filters(text="/"), []),
        (Filters(text="' OR 1=1 --"), []),
        (Filters(since=DAY - timedelta(days=1)), ["天气", "校车谁管 a_b", "改正一下", "公办园占比"]),
        (Filters(until=DAY - timedelta(days=1)), ["公办园占比", "学校 100% 免费吗"]),
        (Filters(since=DAY - timedelta(days=1), until=DAY - timedelta(days=1)), ["公办园占比"]),
        (Filters(document="law"), ["改正一下", "公办园占比"]),
        (Filters(nearest=NEAR, statuses=(Status.NOT_COVERED,)), ["校车谁管 a_b"]),
        (Filters(unsure=True), ["学校 100% 免费吗"]),
        (Filters(corrections=True), ["改正一下"]),
        (Filters(document="law", rating=Rating.DOWN, corrections=True, since=DAY, text="改"), ["改正一下"]),
        (Filters(document="law", rating=Rating.DOWN, unsure=True), []),
    ],
)  # fmt: skip
def test_filters_and_their_combinations(mixed: Store, filters: Filters, expected: list[str]) -> None:
    assert questions(mixed, filters) == expected
    assert mixed.review.count(filters) == len(expected)
    assert [each.answered.question for each in mixed.review.each(filters)] == expected


def test_pages_stay_as_they_are_while_new_exchanges_arrive(store: Store) -> None:
    for number in range(7):
        kept(store, answered(f"问{number}"))
    first = store.review.page(Filters(), 3)
    assert [shown.question for shown in first.shown] == ["问6", "问5", "问4"]
    assert first.newer is None
    for number in range(7, 11):
        kept(store, answered(f"问{number}"))
    second = store.review.page(Filters(), 3, before=first.older)
    assert [shown.question for shown in second.shown] == ["问3", "问2", "问1"]
    third = store.review.page(Filters(), 3, before=second.older)
    assert ([shown.question for shown in third.shown], third.older) == (["问0"], None)
    back = store.review.page(Filters(), 3, after=third.newer)
    assert back.shown == second.shown
    newer = store.review.page(Filters(), 3, after=first.shown[0].number)
    assert [shown.question for shown in newer.shown] == ["问9", "问8", "问7"]
    newest = store.review.page(Filters(), 3, after=newer.newer)
    assert ([shown.question for shown in newest.shown], newest.newer) == (["问10"], None)
    assert store.review.page(Filters(), 3, after=newest.shown[0].number).shown == ()


def test_all_are_given_out_once_in_the_order_of_the_list(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.storage.review._BATCH", 3)
    for number in range(7):
        kept(store, answered(f"问{number}"))
    given = store.review.each(Filters())
    read = [next(given).answered.question]
    kept(store, answered("后来的"))
    read += [each.answered.question for each in given]
    assert read == [f"问{number}" for number in range(6, -1, -1)]


def test_an_exchange_is_shown_with_all_that_hangs_on_it(store: Store) -> None:
    first = answered("公办园占比要到多少？")
    kept(store, first)
    asked = replace(refused("民办园呢？"), conversation_id=first.conversation_id)
    answer_id = kept(
        store,
        asked,
        "那民办园呢，打13812345678",
        rating=Rating.DOWN,
        reasons=(Reason.WRONG,),
        comment="<b>不对</b>",
    )
    found = store.review.exchange(answer_id)
    assert found is not None
    assert found.turns == ("公办园占比要到多少？", "那民办园呢，打[手机号]")
    assert found.answered.answer.refusal == asked.refusal
    assert found.opinion is not None
    assert (found.opinion.comment, found.opinion.reasons) == ("<b>不对</b>", (Reason.WRONG,))
    assert store.review.exchange("ans_none") is None
    assert store.review.exchange("'; --") is None


def test_what_is_short_is_masked_and_goes_with_its_conversation(store: Store) -> None:
    answer = answered("打13812345678")
    kept(store, answer, rating=Rating.UP)
    assert store.made_rows.keep(answer.id, "row-1", "{}")
    (shown,) = store.review.page(Filters(), 5).shown
    assert (shown.question, shown.rating, shown.total_ms) == ("打[手机号]", Rating.UP, 1.5)
    store.conversations.delete(answer.conversation_id)
    with store.database.connect() as connection:
        for table in (overview, cited, made_rows):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0


def test_alike_questions_count_as_one_the_most_frequent_first(store: Store) -> None:
    for question in ("校车谁来管？", "校车 谁来管", "校车谁来管!", "学费多少", "食堂收费", "学费多少？"):
        kept(store, refused(question))
    kept(store, refused("课本", related=(replace(CITATION, clause_id="plan@2020-10-22#3"),)))
    kept(store, answered("校车谁来管？"))
    wanted = Filters(statuses=(Status.NOT_COVERED,))
    lacks = [(lack.question, lack.count) for lack in store.lacks.most_asked(wanted, 3)]
    assert lacks == [("校车谁来管!", 3), ("学费多少？", 2), ("课本", 1)]
    near = store.lacks.by_clause(wanted, 5, 2)
    assert [(one.clause_id, one.count, one.questions) for one in near] == [
        (NEAR, 6, ("学费多少？", "食堂收费")),
        ("plan@2020-10-22#3", 1, ("课本",)),
    ]


def test_opinions_come_the_latest_first_page_by_page(store: Store) -> None:
    for number in range(5):
        rating = Rating.UP if number == 2 else Rating.DOWN
        kept(store, answered(f"问{number}"), at=NOON, rating=rating, comment=f"话{number}")
    first = store.opinions.latest(2, Rating.DOWN)
    second = store.opinions.latest(2, Rating.DOWN, first.older)
    assert second.older is None
    seen = [each.question for each in (*first.shown, *second.shown)]
    assert sorted(seen) == ["问0", "问1", "问3", "问4"]
    assert len(store.opinions.latest(9).shown) == 5


def test_opinions_are_counted_by_reason_day_and_document(store: Store) -> None:
    kept(store, answered("一"), at=NOON, rating=Rating.UP)
    kept(store, answered("二"), at=days_ago(1), rating=Rating.DOWN, reasons=(Reason.WRONG, Reason.UNCLEAR))
    kept(store, refused("三"), at=NOON, rating=Rating.DOWN, reasons=(Reason.WRONG,))
    kept(store, answered("四"), at=days_ago(9), rating=Rating.UP)
    found = store.figures.opinions(DAY - timedelta(days=6), DAY)
    assert (found.all.up, found.all.down) == (1, 2)
    assert found.reasons == {Reason.WRONG: 2, Reason.UNCLEAR: 1}
    assert [(day, votes.up, votes.down) for day, votes in found.days.items()] == [
        (DAY, 1, 1),
        (DAY - timedelta(days=1), 0, 1),
    ]
    assert {name: (votes.up, votes.down) for name, votes in found.documents.items()} == {
        "plan": (1, 1),
        None: (0, 1),
    }


def test_a_later_rating_takes_the_place_of_an_earlier_one_everywhere(store: Store) -> None:
    answer_id = kept(store, answered("问"), rating=Rating.UP)
    store.ratings.rate(answer_id, Rating.DOWN)
    assert questions(store, Filters(rating=Rating.UP)) == []
    assert questions(store, Filters(rating=Rating.DOWN)) == ["问"]


def test_what_came_of_the_questions_of_some_days(mixed: Store) -> None:
    kept(mixed, answered("慢", timings_ms={"retrieve": 2500.0}), at=NOON)
    tally = mixed.figures.tally(DAY, DAY)
    assert (tally.asked, tally.answered, tally.refused, tally.corrections) == (4, 2, 2, 1)
    assert (tally.up, tally.down, tally.slow, tally.p95) == (0, 1, 1, 2500.0)
    assert mixed.figures.tally(DAY - timedelta(days=2), DAY).asked == 6
    empty = mixed.figures.tally(DAY - timedelta(days=20), DAY - timedelta(days=10))
    assert (empty.asked, empty.p95, empty.slow) == (0, None, 0)


def test_times_by_day_and_by_step(store: Store) -> None:
    for number in range(1, 21):
        kept(store, answered(f"问{number}", timings_ms={"retrieve": float(number), "answer": 1.0}), at=NOON)
    kept(store, refused("昨天的", timings_ms={"repeated": 0.5}), at=days_ago(1))
    speed = store.figures.speed(DAY - timedelta(days=6), DAY)
    today, yesterday = speed.days
    assert (today.day, today.times.count, today.times.p50, today.times.p95) == (DAY, 20, 11.0, 20.0)
    assert (today.answered, today.refused) == (20, 0)
    assert (yesterday.times.p50, yesterday.times.p95, yesterday.refused) == (0.5, 0.5, 1)
    assert (speed.all.count, speed.steps["retrieve"].p95, speed.steps["repeated"].count) == (21, 19.0, 1)
    one = store.figures.speed(DAY - timedelta(days=6), DAY, steps_on=DAY - timedelta(days=1))
    assert set(one.steps) == {"repeated"}
    assert one.days == speed.days


def test_an_older_database_gets_its_exchanges_in_short(store: Store) -> None:
    kept(store, refused("校车"), at=NOON, rating=Rating.DOWN)
    kept(store, answered("占比"), at=days_ago(1))
    with store.database.connect() as connection:
        before = connection.execute(select(overview).order_by(overview.c.exchange_id)).all()
    with store.database.begin() as connection:
        for table in ("overview", "cited", "made_rows", "counting_keys"):
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("DROP INDEX ix_ratings_created_at"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0004'"))
    store.close()
    with store.database.connect() as connection:
        assert connection.execute(select(overview).order_by(overview.c.exchange_id)).all() == before
        assert connection.execute(select(cited.c.document_id)).scalars().all() == ["plan"]


def test_answers_of_versions_that_kept_no_reason_are_read(store: Store) -> None:
    answer_id = kept(store, refused("校车"))
    with store.database.begin() as connection:
        (stored,) = connection.execute(select(exchanges.c.answer)).scalars()
        assert json.loads(stored)["refusal"]["reason"] == RefusalReason.NO_EVIDENCE
        older = json.dumps({k: v for k, v in json.loads(stored).items() if k != "refusal"})
        connection.execute(exchanges.update().values(answer=older))
    found = store.review.exchange(answer_id)
    assert found is not None
    assert found.answered.answer.refusal is None


def test_made_rows_are_one_an_answer_and_their_ids_differ(store: Store) -> None:
    one, two = (kept(store, answered(question)) for question in ("一", "二"))
    assert store.made_rows.keep(one, "row-1", '{"a": 1}')
    assert not store.made_rows.keep(two, "row-1", "{}")
    assert store.made_rows.keep(one, "row-2", '{"a": 2}')
    assert store.made_rows.keep(two, "row-1", "{}")
    assert not store.made_rows.keep("ans_gone", "row-3", "{}")
    assert [(made.row_id, made.row) for made in store.made_rows.all()] == [
        ("row-2", '{"a": 2}'),
        ("row-1", "{}"),
    ]
    assert store.made_rows.remove(one)
    assert not store.made_rows.remove(one)
    assert store.made_rows.of(one) is None
