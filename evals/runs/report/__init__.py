"""Reports of a run: Markdown for the repository, and one self-contained page for reading."""

from pathlib import Path

from evals.runs.report.html import html_report
from evals.runs.report.markdown import markdown_report
from evals.runs.report.records import load_run

__all__ = ["write_report"]


def write_report(folder: Path) -> tuple[Path, Path]:
    """Write report.md and report.html into the run's folder and return their paths.

    Raises OSError for a file that is missing and ValueError naming the file that is malformed.
    """
    run = load_run(folder)
    paths = folder / "report.md", folder / "report.html"
    for path, text in zip(paths, (markdown_report(run), html_report(run)), strict=True):
        # JSON can hold half of a surrogate pair, UTF-8 cannot
        path.write_bytes(text.encode("utf-8", "replace"))
    return paths
