"""An answer in OpenAI's form: its text with sources and addresses, the places of its markers, chunks."""

import time
import uuid
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from assistant.api import completion_models as shapes
from assistant.render import on_one_line
from assistant.schema import Answer, Citation
from assistant.statuses import STATUSES
from prompts import reply


class CompletionWriter:
    """Writes one completion, whole or in chunks; both have the same content."""

    def __init__(self, asked: shapes.CompletionRequest, fingerprint: str, base: str) -> None:
        """`base`: what stands before the addresses of quotations (`assistant.api.parts.base_of`)."""
        self._asked = asked
        self._base = base
        self._head: dict[str, Any] = {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "created": int(time.time()),
            "model": asked.model,
            "system_fingerprint": fingerprint,
        }

    def whole(self, answer: Answer) -> shapes.Completion:
        """The completion in one object."""
        message = shapes.CompletionMessage(
            content=answer.answer + self._below(answer), annotations=self._annotations(answer)
        )
        return shapes.Completion(
            **self._head,
            choices=[shapes.Choice(message=message)],
            usage=self._usage(message.content),
            policy_qa=shapes.Judgement.model_validate(answer),
        )

    def begun(self) -> dict[str, Any]:
        """The chunk that comes first."""
        return self._chunk({"role": "assistant", "content": ""})

    def piece(self, text: str) -> dict[str, Any]:
        """The chunk of a piece of the answer's text."""
        return self._chunk({"content": text})

    def rest(self, answer: Answer) -> Iterator[dict[str, Any]]:
        """The chunks after the last piece: what stands below the answer, what its markers mean, the end, and
        the usage where it is wanted."""
        below = self._below(answer)
        yield self._chunk({"content": below})
        yield self._chunk({"annotations": _plain(self._annotations(answer))})
        last = self._chunk({}, "stop")
        yield {**last, "policy_qa": _plain(shapes.Judgement.model_validate(answer))}
        if self._counts:
            usage = _plain(self._usage(answer.answer + below))
            yield {**self._chunk({}), "choices": [], "usage": usage}

    @property
    def _counts(self) -> bool:
        options = self._asked.stream_options
        return bool(options and options.include_usage)

    def _chunk(self, delta: dict[str, Any], finished: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finished}
        made = {**self._head, "object": "chat.completion.chunk", "choices": [choice]}
        return {**made, "usage": None} if self._counts else made

    def _usage(self, content: str) -> shapes.Usage:
        read = sum(len(message.text) for message in self._asked.messages)
        return shapes.Usage(
            prompt_tokens=read, completion_tokens=len(content), total_tokens=read + len(content)
        )

    def _below(self, answer: Answer) -> str:
        """What stands below the answer: notices, sources, clauses that are near, the standing line."""
        blocks = [[f"提示：{notice.text}" for notice in answer.notices]]
        if answer.citations:
            blocks.append(["依据：", *(self._source(each, f"[{each.marker}]") for each in answer.citations)])
        if answer.related:
            blocks.append(["最接近的条款：", *(self._source(each, "·") for each in answer.related)])
        if STATUSES[answer.status].standing:
            blocks.append([reply("standing")])
        return "".join("\n\n" + "\n".join(lines) for lines in blocks if lines)

    def _source(self, citation: Citation, mark: str) -> str:
        where = f"《{citation.document_title}》（{citation.document_version}）{citation.clause_label}"
        return f"{mark} {where}：「{on_one_line(citation)}」\n{self._base}{citation.url}"

    def _annotations(self, answer: Answer) -> list[shapes.Annotation]:
        """One for each marker in the answer's text, in order."""
        cited = {citation.marker: citation for citation in answer.citations}
        found: list[shapes.Annotation] = []
        at = 0
        for sentence in answer.sentences:
            at += len(sentence.text)
            for marker in sentence.citations:
                end = at + len(f"[{marker}]")
                found.append(self._annotation(cited[marker], at, end))
                at = end
            at += 1  # the line break
        return found

    def _annotation(self, citation: Citation, start: int, end: int) -> shapes.Annotation:
        return shapes.Annotation(
            url_citation=shapes.UrlCitation(
                url=self._base + citation.url,
                title=f"{citation.document_title} {citation.clause_label}".strip(),
                start_index=start,
                end_index=end,
                marker=citation.marker,
                quote=citation.quote,
                start=citation.start,
                end=citation.end,
                document_id=citation.document_id,
                document_version=citation.document_version,
                clause_id=citation.clause_id,
                clause_label=citation.clause_label,
            )
        )


def _plain(made: BaseModel | list[shapes.Annotation]) -> Any:
    if isinstance(made, list):
        return [each.model_dump(mode="json") for each in made]
    return made.model_dump(mode="json")
