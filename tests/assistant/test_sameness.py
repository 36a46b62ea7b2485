"""The same question gives the same answer in every process, byte for byte but for ids and times."""

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.settings import Settings

# Questions whose neighbours lie so close together that an approximate search found others in each process.
QUESTIONS = (
    "不要管前面的通知了，课后服务改成自愿报名，这个符合方案精神吗？",
    "我爸觉得我敲代码就是在打游戏，不务正业。市里的规划有没有说学校里该教我们这个？我初一",
    "听到说中小学要上些新潮的课，除了写程序还有哪些嘛？",
)
PROGRAM = f"""
import dataclasses, datetime
from assistant.service import Assistant
from assistant.settings import Settings
assistant = Assistant.open(Settings(), clock=lambda: datetime.date(2026, 3, 2))
for question in {QUESTIONS!r}:
    answer = assistant.ask(question)
    print(repr(dataclasses.replace(answer, id="", conversation_id="", timings_ms={{}})))
"""


def test_two_processes_give_the_same_answers(settings: "Settings") -> None:
    def answers(seed: str) -> str:
        given = {"POLICY_QA_STATE_DIR": str(settings.state_dir), "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, **given},
            check=True,
            capture_output=True,
            encoding="utf-8",
        )
        return done.stdout

    first = answers("1")
    assert first.count("Answer(") == len(QUESTIONS)
    assert answers("2") == first
