"""What reading a file may take: a file that takes more is given up in time, and with words."""

import os
import resource
import threading
import time
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import docx
import pytest

from index.build.apart import Abandoned, add_apart, preview_apart
from index.build.limits import MIB, Limits
from index.build.place import Place
from index.errors import DocumentTooLarge
from index.settings import IndexSettings
from index.storage.added_documents import AddedDocuments

MakeCorpus = Callable[..., IndexSettings]
SAID = {"title": "夜间阅览室开放通知", "id": "night-room", "version": "2024-06-01"}
NAME = "通知.docx"


def packed(body: str) -> BytesIO:
    """A DOCX file of that XML before its last element."""
    made, stream = BytesIO(), BytesIO()
    docx.Document().save(made)
    with zipfile.ZipFile(made) as blank, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for member in blank.infolist():
            content = blank.read(member)
            if member.filename == "word/document.xml":
                content = content.replace(b"<w:body>", b"<w:body>" + body.encode(), 1)
            file.writestr(member.filename, content)
    stream.seek(0)
    return stream


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def long() -> BytesIO:
    """A few kilobytes that take seconds."""
    return packed(paragraph("夜间阅览室每晚开放到十一点。") + "<w:p/>" * 480_000)


def children() -> set[int]:
    """The processes that this one has started and that run."""
    found = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {int(each) for listed in found for each in listed.read_text().split()}


def spent() -> float:
    """Seconds of the processor that ended children have taken; unlike the clock it does not count what a
    crowded machine adds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_a_file_that_takes_too_long_is_given_up_in_time(make_corpus: MakeCorpus) -> None:
    settings, before, used = make_corpus(), children(), spent()
    with pytest.raises(DocumentTooLarge, match=r"“通知\.docx”.*0\.5 秒还没有读完.*拆成几个文件"):
        preview_apart(settings, long(), NAME, SAID, limits=Limits(seconds=0.5))
    assert spent() - used < 3, "the whole file takes more"
    assert children() <= before


@pytest.mark.parametrize(
    ("limits", "said"),
    [(Limits(cpu_seconds=1), "算了 1 秒"), (Limits(memory=256 * MIB), "内存超过 256 MB")],
)
def test_a_file_that_takes_too_much_is_given_up_and_not_added(
    make_corpus: MakeCorpus, limits: Limits, said: str
) -> None:
    settings = make_corpus()
    stages: list[str] = []
    with pytest.raises(DocumentTooLarge, match=f"{said}.*拆成几个文件"):
        add_apart(
            settings, long(), NAME, SAID, on_stage=lambda stage, *_: stages.append(stage), limits=limits
        )
    assert "indexing" not in stages
    assert AddedDocuments(settings.collection).catalog() == {}


def test_what_nobody_waits_for_is_given_up(make_corpus: MakeCorpus) -> None:
    left = threading.Event()
    settings, before = make_corpus(), children()

    def leave(*_: object) -> None:
        left.set()

    with pytest.raises(Abandoned):
        preview_apart(settings, long(), NAME, SAID, leave, left=left)
    assert children() <= before


@pytest.mark.slow
def test_an_index_takes_longer_than_its_file_may(make_corpus: MakeCorpus) -> None:
    """Indexing is not held to what reading is."""
    settings = make_corpus()
    file = packed(paragraph("夜间阅览室开放通知") + paragraph("夜间阅览室每晚开放到十一点。"))

    def wait(stage: str, done: int, total: int) -> None:
        if (stage, done) == ("reading", total):
            time.sleep(limits.seconds)

    limits = Limits(seconds=20)
    begun = time.monotonic()
    added = add_apart(settings, file, NAME, SAID, on_stage=wait, limits=limits)
    assert added.new
    assert time.monotonic() - begun > limits.seconds


def test_a_long_document_is_read_within_the_limits(make_corpus: MakeCorpus) -> None:
    """As Word writes it: some twenty elements a paragraph."""
    font = '<w:rPr><w:rFonts w:hint="eastAsia"/><w:sz w:val="32"/><w:szCs w:val="32"/></w:rPr>'
    properties = (
        f'<w:pPr><w:pStyle w:val="a"/><w:spacing w:line="560"/><w:ind w:firstLine="640"/>{font}</w:pPr>'
    )
    run = "<w:r>{font}<w:t>{text}</w:t></w:r>"
    body = "".join(
        f"<w:p>{properties}{run.format(font=font, text=f'{number}.')}"
        f"{run.format(font=font, text=f'夜间阅览室第{number}间每晚开放到十一点。')}</w:p>"
        for number in range(1, 20_001)
    )
    found = preview_apart(make_corpus(), packed(body), NAME, SAID)
    assert found.place is Place.NEW
    assert len(found.report["clauses"]) == 20_000
