"""The assistant over the documents that a suite asks about, and what metrics need besides."""

from collections.abc import Sequence
from pathlib import Path

from assistant.llm.support import SupportChecker
from assistant.service import Assistant
from assistant.settings import Settings
from evals.metrics.answers import Context
from evals.rows.dataset import DATASETS
from index.build.add_documents import add_documents
from index.build.build_index import build_index
from index.readers.find_files import find_sources

STATUTES = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "library"
"""Education statutes in several versions; beside the checkout, not part of it."""

TABLES = DATASETS / "tables"
"""Documents with tables, and questions over them."""


def open_assistant(settings: Settings, suite: str) -> Assistant:
    """The assistant over the plan, or over plan and statutes for the library suite, which has an index of
    its own. Raises IndexMissing, and OSError where the statutes are missing."""
    if suite != "library":
        return Assistant.open(settings)
    return Assistant.open(library_settings(settings))


def library_settings(settings: Settings) -> Settings:
    """Settings over an index of plan and statutes, made where it is missing."""
    if not STATUTES.is_dir():
        raise FileNotFoundError(STATUTES)
    own = settings.model_copy(update={"state_dir": settings.state_dir / "evals" / "library"})
    build_index(own.index())
    sources, refused = find_sources([STATUTES])
    report = add_documents(own.index(), sources, None)
    if refused or report.refused:
        raise OSError(f"{[r.name for r in (*refused, *report.refused)]} could not be read")
    return own


def tables_settings(settings: Settings, split: str) -> Settings:
    """Settings over an index of the plan and the documents with tables of one split, made where it is
    missing."""
    own = settings.model_copy(update={"state_dir": settings.state_dir / "evals" / f"tables-{split}"})
    build_index(own.index())
    sources, _ = find_sources([TABLES / split])
    add_documents(own.index(), sources, None)
    return own


def make_context(assistant: Assistant) -> Context:
    """What metrics need; support of the same sentence by the same quotations is decided once."""
    checker = SupportChecker(assistant.searcher.embedder)
    known: dict[tuple[str, ...], bool] = {}

    def supports(sentence: str, quotes: Sequence[str]) -> bool:
        key = (sentence, *quotes)
        if key not in known:
            known[key] = checker.check(sentence, quotes).supported
        return known[key]

    return Context(assistant.library, supports)
