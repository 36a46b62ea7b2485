from dataclasses import dataclass


@dataclass(frozen=True)
class A:
    name: str
    questions: tuple[str, ...]


def first_questions():
    return (
        A("家长", ("娃儿一天在学校能运动好久？", "进城打工，娃儿能在城里头读书不？")),
        A("教师", ("老师的工资会比公务员低吗？",)),
        A("学校管理者", ("重点任务一共分成几项？",)),
    )
