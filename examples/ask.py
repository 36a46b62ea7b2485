"""A question, its follow-up, their quotations and where these stand, with httpx; what can be tried again is.

POLICY_QA_URL=http://127.0.0.1:8000 POLICY_QA_KEY=pqa_… python examples/ask.py
On a server of your own machine that asks for no key, leave POLICY_QA_KEY out.
"""

import os
import time

import httpx

URL = os.environ.get("POLICY_QA_URL", "http://127.0.0.1:8000")
KEY = os.environ.get("POLICY_QA_KEY")
TRIES = 4
PATIENCE = 60  # seconds; a limit by the day may say 86,400


def post(client, path, body, headers=None):
    """The response's JSON. Broken connections are tried again, and so is what the server puts off."""
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
        pause = int(response.headers.get("Retry-After", "1"))
        if response.status_code in (429, 503) and left and pause <= PATIENCE:
            time.sleep(pause)
            continue
        if response.is_error:
            if response.headers.get("Content-Type") != "application/problem+json":  # a proxy's own page
                raise SystemExit(f"{response.status_code} {response.reason_phrase}")
            raise SystemExit(f"{response.status_code} {response.json()['detail']}")  # what to do, in Chinese
        return response.json()


def show(answer):
    """Print an answer with its quotations, or with the nearest clauses where the documents do not say it."""
    print(answer["answer"])
    for clause in answer["citations"] or answer["related"]:
        print(f"  [{clause['marker']}] 《{clause['document_title']}》{clause['clause_label']}")
        print(f"      {clause['quote']}")
        print(f"      {httpx.URL(URL).join(clause['url'])}")
    for notice in answer["notices"]:
        print(f"  {notice['text']}")


headers = {"Authorization": f"Bearer {KEY}"} if KEY else {}
with httpx.Client(base_url=URL, headers=headers, timeout=60) as client:
    first = post(client, "/v1/ask", {"question": "公办幼儿园的占比要达到多少？"})
    show(first)
    follow_up = {"question": "这个比例要到哪年？", "conversation_id": first["conversation_id"]}
    secret = {"X-Conversation-Secret": first["conversation_secret"]}
    show(post(client, "/v1/ask", follow_up, secret))
