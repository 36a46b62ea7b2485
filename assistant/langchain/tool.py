"""The assistant as a tool that an agent can call (docs/langchain.md)."""

from collections.abc import Sequence
from datetime import date

from langchain.tools import BaseTool, ToolException, tool

from assistant.errors import PolicyQAError
from assistant.render import on_one_line
from assistant.schema import Answer
from assistant.service import Assistant
from prompts import load_prompt


def make_ask_policy(
    assistant: Assistant, documents: Sequence[str] | None = None, as_of: date | None = None
) -> BaseTool:
    """The tool `ask_policy`: a question in, the answer's text with its verbatim quotations out; the whole
    `Answer` is the artifact. Each call is a conversation of its own, and none of it is kept.

    `documents` are ids to stay within (None: all), `as_of` the day whose texts count (None: today). What is
    wrong with a question is told to the agent as the tool's reply.
    """
    prompt = load_prompt("ask_policy")

    @tool("ask_policy", description=prompt.text("description"), response_format="content_and_artifact")
    def ask_policy(question: str) -> tuple[str, Answer]:
        try:
            answer = assistant.ask(question, documents=documents, as_of=as_of, history=())
        except PolicyQAError as error:
            raise ToolException(error.message) from error
        sources = [
            prompt.text(
                "source",
                marker=str(citation.marker),
                title=citation.document_title,
                version=citation.document_version,
                label=citation.clause_label,
                quote=on_one_line(citation),
            )
            for citation in answer.citations
        ]
        notices = [notice.text for notice in answer.notices]
        return "\n".join([answer.answer, *sources, *notices]), answer

    ask_policy.handle_tool_error = True
    return ask_policy
