"""An answer piece by piece, as server-sent events, with httpx.

POLICY_QA_URL=http://127.0.0.1:8000 POLICY_QA_KEY=pqa_… python examples/stream.py
"""

import json
import os

import httpx

URL = os.environ.get("POLICY_QA_URL", "http://127.0.0.1:8000")
KEY = os.environ.get("POLICY_QA_KEY")


def events(response):
    """(name, data) of each event; lines that begin with a colon only keep the connection open."""
    name = None
    for line in response.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


headers = {"Accept": "text/event-stream", **({"Authorization": f"Bearer {KEY}"} if KEY else {})}
question = {"question": "娃儿一天在学校能运动好久？"}
with (
    httpx.Client(base_url=URL, timeout=60) as client,
    client.stream("POST", "/v1/ask", json=question, headers=headers) as response,
):
    if response.is_error:
        raise SystemExit(json.loads(response.read())["detail"])
    for name, data in events(response):
        match name:
            case "retrieval":
                labels = dict.fromkeys(clause["clause_label"] for clause in data["clauses"])
                print("找到：", "、".join(labels))  # sentences were found, several of one clause
            case "delta":  # one after the other they are the answer's text, each checked already
                print(data["text"], end="", flush=True)
            case "done":  # the whole answer, as without a stream
                print("\n依据：", *(cited["quote"] for cited in data["citations"]), sep="\n")
            case "error":  # a problem, as without a stream
                raise SystemExit(data["detail"])
