"""The assistant's tools by the official MCP package.

POLICY_QA_URL=http://127.0.0.1:8000 POLICY_QA_KEY=pqa_… python examples/mcp_client.py
"""

import asyncio
import os

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

URL = os.environ.get("POLICY_QA_URL", "http://127.0.0.1:8000")
KEY = os.environ.get("POLICY_QA_KEY")


async def main():
    """List the tools and ask."""
    headers = {"Authorization": f"Bearer {KEY}"} if KEY else {}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60) as http,
        Client(streamable_http_client(f"{URL}/mcp", http_client=http)) as client,
    ):
        tools = await client.list_tools()
        print("工具：", "、".join(tool.name for tool in tools.tools))
        asked = await client.call_tool("ask", {"question": "娃儿一天在学校能运动好久？"})
        print(asked.structured_content["answer"])


asyncio.run(main())
