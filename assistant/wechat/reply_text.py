"""An answer as one text message: what is said, each quotation with its clause, and where the whole stands.

A message holds less than 2,048 bytes; what is longer WeChat drops, or cuts in the middle of a word.
"""

import re
from collections.abc import Iterable, Sequence

from assistant.schema import Answer, Citation, Sentence, Status
from assistant.statuses import STATUSES, notices_around
from assistant.wechat.messages import plain_text
from index.text.folding import squeeze, squeeze_cells
from index.text.personal_data import mask
from prompts import reply

MAX_BYTES = 2047
MAX_CHARACTERS = 600
"""A screen and a half of a telephone."""
_QUOTED = re.compile("(「[^「」]*」)")
_STOPPED = re.compile("(?<=[。！？]」)[；。]")
"""A sign between or behind quotations that end with a full stop of their own."""
_SENTENCE_END = re.compile("[。！？；!?;][」”’）]*|\n")
_CLAUSE_END = re.compile("[，、,：:]")


def answer_text(answer: Answer, url: str | None = None) -> str:
    """The message that gives `answer`; `url` is where the whole of it stands.

    Of what people wrote personal data is masked; quotations are verbatim, or verbatim up to where the message
    is cut.
    """
    titles = tuple(dict.fromkeys(c.document_title for c in (*answer.citations, *answer.related)))
    named = len(titles) > 1
    before, below = notices_around(answer)
    first = [mask(notice.text) for notice in before]
    rest = [reply("wechat_notice", text=mask(notice.text)) for notice in below]
    source = [reply("wechat_source", titles=_titled(titles[0]))] if len(titles) == 1 else []
    tail = [reply("wechat_link", url=url)] if url else []
    standing = [reply("standing")] if STATUSES[answer.status].standing else []
    return joined(
        [*first, *_said(answer, named), *_others(answer, named)],
        [*source, *rest],
        [*tail, *standing],
    )


def joined(body: Sequence[str], rather: Sequence[str], always: Sequence[str]) -> str:
    """Lines that fit one message: `always` stands at the end; `rather` before it, if it takes less than a
    third; `body` gets what is left, and says so where it is cut."""
    end = "\n".join(map(plain_text, always))
    more = "\n".join([*map(plain_text, rather), end])
    lines = list(map(plain_text, body))
    if len(more) * 3 <= MAX_CHARACTERS and len(more.encode()) * 3 <= MAX_BYTES:
        end = more
    else:
        lines += map(plain_text, rather)
    text = "\n".join(lines)
    whole = f"{text}\n{end}" if text and end else text or end
    if _fits(whole, MAX_CHARACTERS, MAX_BYTES):
        return whole
    end = "\n".join(filter(None, [reply("wechat_cut"), end]))
    kept = cut(text, MAX_CHARACTERS - len(end) - 1, MAX_BYTES - len(end.encode()) - 1)
    return f"{kept}\n{end}" if kept else end


def cut(text: str, characters: int, size: int) -> str:
    """`text`, or its beginning that has at most `characters` and, in UTF-8, `size` bytes: up to the last end
    of a sentence in its second half, else of a clause, else of a character. A quotation that is cut is
    closed, its words as they are."""
    if _fits(text, characters, size):
        return text
    closing = "」"
    room = max(0, size - len(closing.encode()))
    window = text[: max(0, characters - len(closing))].encode()[:room].decode("utf-8", "ignore")
    for ends in (_SENTENCE_END, _CLAUSE_END):
        found = [end.end() for end in ends.finditer(window) if 2 * end.end() > len(window)]
        if found:
            window = window[: found[-1]]
            break
    window = window.rstrip()
    return window + closing if window.count("「") > window.count("」") else window


def _fits(text: str, characters: int, size: int) -> bool:
    return len(text) <= characters and len(text.encode()) <= size


def _said(answer: Answer, named: bool) -> Iterable[str]:
    """The sentences, each quotation in them in full and with its clause."""
    for sentence in answer.sentences:
        said = "".join(_piece(part, sentence, answer, named) for part in _QUOTED.split(sentence.text))
        yield _STOPPED.sub(lambda found: "\n" if found[0] == "；" else "", said)


def _piece(part: str, sentence: Sentence, answer: Answer, named: bool) -> str:
    if not part.startswith("「"):
        return mask(part)
    inner = _core(part)
    for citation in answer.citations:
        if citation.marker in sentence.citations and _core(citation.quote) == inner:
            return _quotation(citation, named)
    return part if any(inner in _core(citation.quote) for citation in answer.citations) else mask(part)


def _others(answer: Answer, named: bool) -> Iterable[str]:
    """The quotations that no sentence holds in full."""
    said = {
        (marker, _core(part))
        for sentence in answer.sentences
        for part in _QUOTED.findall(sentence.text)
        for marker in sentence.citations
    }
    for citation in answer.citations:
        if (citation.marker, _core(citation.quote)) not in said:
            yield reply("wechat_quotation", quotation=_quotation(citation, named))
    if answer.status is Status.NOT_COVERED:
        for citation in answer.related:
            yield reply("wechat_related", quotation=_quotation(citation, named))


def _quotation(citation: Citation, named: bool) -> str:
    title = _titled(citation.document_title) if named else ""
    quote = squeeze_cells(citation.quote) if citation.row else citation.quote.strip()
    return f"【{title}{citation.clause_label}】「{quote}」"


def _titled(title: str) -> str:
    return f"《{title.strip().removeprefix('《').removesuffix('》')}》"


def _core(text: str) -> str:
    return squeeze(text).strip("「」。；")
