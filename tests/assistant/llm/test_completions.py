"""OpenAI's protocol with a language model behind the assistant; the model is scripted, over real HTTP."""

from typing import Any

import openai

from assistant.api.app import create_app
from assistant.schema import Answerer
from tests.assistant.llm.conftest import MakeAssistant
from tests.assistant.llm.server import Scripted
from tests.serving import served

QUESTION = "山上娃儿少，单独开不起幼儿园，有啥子办法嘛？"
WRITERS = {"policy-qa": Answerer.EXTRACTIVE, "policy-qa-llm": Answerer.LLM}


def test_the_model_is_listed_and_writes_where_it_is_asked_for(
    server: Scripted, with_model: MakeAssistant
) -> None:
    assistant = with_model(server.base_url)
    expected = {
        name: assistant.ask(QUESTION, answerer=writer, history=()).answer for name, writer in WRITERS.items()
    }
    assert expected["policy-qa"] != expected["policy-qa-llm"]
    with (
        served(create_app(lambda: assistant, assistant.store)) as base,
        openai.OpenAI(base_url=f"{base}/v1", api_key="none") as client,
    ):
        assert [model.id for model in client.models.list()] == list(WRITERS)
        for name, answer in expected.items():
            asked: dict[str, Any] = {"model": name, "messages": [{"role": "user", "content": QUESTION}]}
            content = client.chat.completions.create(**asked).choices[0].message.content or ""
            assert content.startswith(f"{answer}\n\n")
            chunks = list(client.chat.completions.create(**asked, stream=True))
            assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == content
