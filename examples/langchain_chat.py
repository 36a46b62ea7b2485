"""The assistant of a server as a chat model of LangChain's.

POLICY_QA_URL=http://127.0.0.1:8000 POLICY_QA_KEY=pqa_… python examples/langchain_chat.py
"""

import os

from langchain_openai import ChatOpenAI

model = ChatOpenAI(
    base_url=os.environ.get("POLICY_QA_URL", "http://127.0.0.1:8000") + "/v1",
    api_key=os.environ.get("POLICY_QA_KEY", "none"),
    model="policy-qa",
)
print(model.invoke("公办幼儿园的占比要达到多少？").content)
