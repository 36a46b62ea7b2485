"""What masking misses of personal data, and what it takes for it: forms of nine kinds, figures that are none,
the question sets and the documents."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from evals.rows.dataset import DATASETS
from evals.rows.privacy_rows import PRIVACY, Form, read_forms, texts_of
from index.text.personal_data import find


@dataclass(frozen=True, slots=True)
class Masking:
    """How a form was masked: `missed` if a character of its data is left, `spilled` if one beside it is
    masked."""

    form: Form
    missed: bool
    spilled: bool


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was taken for personal data in a text that holds none."""

    source: str
    kind: str
    text: str


def mask_form(form: Form) -> Masking:
    """One form, character by character."""
    masked, wanted = set[int](), set[int]()
    for found in find(form.text):
        masked |= set(range(found.start, found.end))
    at = 0
    for data in form.data:
        at = form.text.index(data, at)
        wanted |= set(range(at, at + len(data)))
        at += len(data)
    return Masking(form, missed=bool(wanted - masked), spilled=bool(masked - wanted))


def wrongly_masked(path: Path) -> Iterator[Wrong]:
    """What is masked of the texts of a file."""
    for text in texts_of(path):
        for found in find(text):
            yield Wrong(path.name, found.kind, text[found.start : found.end])


def question_sets() -> list[Path]:
    """The project's own files of questions and of figures."""
    return [path for path in sorted(DATASETS.rglob("*.jsonl")) if path not in set(PRIVACY.glob("forms*"))]


def privacy_report(forms_file: Path | None, beside: Iterable[Path], corpus: Path) -> tuple[str, bool]:
    """The figures as text, and whether nothing was missed and nothing masked wrongly. `beside` are files and
    folders of others, with questions (`.jsonl`) and documents (`.txt`, `.md`)."""
    maskings = [mask_form(form) for form in read_forms(*[forms_file] if forms_file else [])]
    lines = ["种类\t形式\t漏掉\t多盖"]
    for kind in Counter(masking.form.kind for masking in maskings):
        own = [masking for masking in maskings if masking.form.kind == kind]
        lines.append(f"{kind}\t{len(own)}\t{sum(m.missed for m in own)}\t{sum(m.spilled for m in own)}")
    missed = [masking for masking in maskings if masking.missed]
    lines += [f"  漏掉：{masking.form.text!r}" for masking in missed]
    lines += [f"  多盖：{masking.form.text!r}" for masking in maskings if masking.spilled]
    wrong: list[Wrong] = []
    shipped = sorted(path for path in corpus.iterdir() if path.suffix in (".txt", ".jsonl"))
    others = [path for one in beside for path in _files(one)]
    for name, files in (("题目", question_sets()), ("随附文件", shipped), ("另给的文件", others)):
        found = [one for path in files for one in wrongly_masked(path)]
        texts = sum(1 for path in files for _ in texts_of(path))
        lines.append(f"{name}：{len(files)} 个文件，{texts} 段，误盖 {len(found)}")
        wrong += found
    lines += [f"  误盖：{one.source} {one.kind} {one.text!r}" for one in wrong]
    return "\n".join(lines), not missed and not wrong


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(one for one in path.rglob("*") if one.suffix in (".jsonl", ".txt", ".md"))
