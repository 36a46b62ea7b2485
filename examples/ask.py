"""A question, its follow-up and their quotations, with httpx; what can be tried again is.

POLICY_QA_URL=http://127.0.0.1:8000 POLICY_QA_KEY=pqa_… python examples/ask.py
On a server of your own machine that asks for no key, leave POLICY_QA_KEY out.
"""

import os
import time

import httpx

URL = os.environ.get("POLICY_QA_URL", "http://127.0.0.1:8000")
KEY = os.environ.get("POLICY_QA_KEY")
TRIES = 4


def post(client, path, body, headers=None):
    """The response's JSON. 429, 503 and broken connections are tried again, when the server says so."""
    left = TRIES
    while True:
        left -= 1
        try:
            response = client.post(path, json=body, headers=headers)
        except httpx.TransportError:
            if not left:
                raise
            time.sleep(1)
            continue
        if response.status_code in (429, 503) and left:
            time.sleep(int(response.headers.get("Retry-After", "1")))
            continue
        if response.is_error:  # application/problem+json: `detail` says in Chinese what to do
            raise SystemExit(f"{response.status_code} {response.json()['detail']}")
        return response.json()


def show(answer):
    """Print an answer with its quotations."""
    print(answer["answer"])
    for cited in answer["citations"]:
        print(f"  [{cited['marker']}] 《{cited['document_title']}》{cited['clause_label']}：{cited['quote']}")
    for notice in answer["notices"]:
        print(f"  {notice['text']}")


headers = {"Authorization": f"Bearer {KEY}"} if KEY else {}
with httpx.Client(base_url=URL, headers=headers, timeout=60) as client:
    first = post(client, "/v1/ask", {"question": "公办幼儿园的占比要达到多少？"})
    show(first)
    follow_up = {"question": "这个比例要到哪年？", "conversation_id": first["conversation_id"]}
    secret = {"X-Conversation-Secret": first["conversation_secret"]}
    show(post(client, "/v1/ask", follow_up, secret))
