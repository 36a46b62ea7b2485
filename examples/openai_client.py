"""The assistant by OpenAI's own client, whole and as a stream.

POLICY_QA_URL=http://127.0.0.1:8000 POLICY_QA_KEY=pqa_… python examples/openai_client.py
"""

import os

from openai import OpenAI

client = OpenAI(
    base_url=os.environ.get("POLICY_QA_URL", "http://127.0.0.1:8000") + "/v1",
    api_key=os.environ.get("POLICY_QA_KEY", "none"),  # the client wants one even where the server does not
)
messages = [{"role": "user", "content": "娃儿一天在学校能运动好久？"}]

whole = client.chat.completions.create(model="policy-qa", messages=messages)
message = whole.choices[0].message
print(message.content)
for annotation in message.annotations or []:
    print(annotation.url_citation.title, annotation.url_citation.url)

for chunk in client.chat.completions.create(model="policy-qa", messages=messages, stream=True):
    if chunk.choices and chunk.choices[0].delta.content:
        print(chunk.choices[0].delta.content, end="", flush=True)
print()
