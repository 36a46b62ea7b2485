"""What a document says of itself: title, 文号, issuer, days, force, read from where texts state them.

Whoever adds a file may say it first, beside the file (TOML) or at its top (front matter). Then counts what
the page states beside the text, then the text: its label lines, record, signature and title. What nobody
says stays None.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import PurePath

from index.readers.formats import Extracted
from index.readers.labels import by_field, labelled_in
from index.readers.promulgation import (
    acts_of,
    authority_of,
    effective_day,
    issuer_of,
    issuer_of_title,
    number_of,
)
from index.readers.said import said_authority, said_day, said_period, said_text
from index.schema import NATIONWIDE, UNDATED, Authority, Clause, Document
from index.structure.front_end_matter import names_document
from index.structure.outline import is_of_outline, parse_outline
from index.text.days import days_in
from index.text.folding import shown, squeeze
from index.text.places import leading_place

DESCRIBE_VERSION = 4
"""Raise when the same file gets another description."""

_NAME_DATE = re.compile(r"[（(_\-\s]((?:19|20)[0-9]{2})-?([01][0-9])-?([0-3][0-9])[）)]?(?=\.[^.]+$|$)")
_QUOTED_TITLE = re.compile(r"^(?:关于)?(?:印发|转发|公布|发布)?《?")
_CENTRAL = re.compile(
    "全国人民代表大会|国务院|中共中央|最高人民(?:法院|检察院)|[^省市区县州]{2,12}(?:部|总局|总署|委员会)$"
)
"""Bodies whose acts hold everywhere; that no place stands before them has been seen to."""
_MAX_TITLE = 120
_NUMBER_IN_TITLE = re.compile(r"[（(]([^（()）]{4,30}号)[）)]$")
_IN_FORCE_FROM = re.compile("自[^，。；]{6,20}起")
_DAY_ALONE = re.compile(r"[（(][^（()）]{6,20}[）)]")
_MAX_LABEL_LINE = 200
_MOST_BEFORE = 3000
"""Characters before the outline that are looked through for labels."""


def describe(extracted: Extracted, data: bytes, name: str, sidecar: Mapping[str, object]) -> Document:
    """The document of a file's text. What `sidecar` says counts first, then front matter, then the page,
    then the text.

    Raises InvalidMetadata where a field said beside the text is malformed.
    """
    said = {**by_field(extracted.fields), **by_field(sidecar)}
    text = shown(extracted.text, extracted.markup)
    parsed = parse_outline(extracted.text, extracted.markup, extracted.tables)
    stated = _Stated(text, {clause.address: clause for clause in parsed.clauses}, extracted.page_fields)
    title = said_text(said, "title") or stated.title(name)
    digest = hashlib.sha256(data).hexdigest()
    acts = acts_of(stated.around("record"))
    signed = said_day(said, "signed") or stated.signed
    published = said_day(said, "published") or acts.get("published") or stated.day("published") or signed
    first, last = said_period(said)
    issuer = said_text(said, "issuer") or stated.issuer
    is_statute = "art1" in stated.clauses
    authority = said_authority(said) or authority_of(title, stated.around("record"), is_statute)
    effective = said_day(said, "effective") or stated.day("effective") or acts.get("effective")
    return Document(
        id=said_text(said, "id") or identifier(title),
        version=said_text(said, "version")
        or _version(
            name, days_in(_IN_FORCE_FROM.sub("", stated.around("record"))), signed or published, digest
        ),
        title=title,
        text=extracted.text,
        sha256=digest,
        source_name=name,
        number=said_text(said, "number") or stated.number(name),
        issuer=issuer,
        passed=said_day(said, "passed") or acts.get("passed") or stated.day("passed"),
        published=published,
        effective=effective or effective_day(text, title, signed or published),
        repealed=said_day(said, "repealed") or stated.day("repealed"),
        period_start=first,
        period_end=last,
        authority=authority,
        jurisdiction=said_text(said, "jurisdiction") or _jurisdiction(title, issuer, authority),
        markup=extracted.markup,
        pages=extracted.pages,
        tables=extracted.tables,
        warnings=(*extracted.warnings, *parsed.warnings),
        clauses=parsed.clauses,
    )


def identifier(title: str) -> str:
    """A document id from its title, in pinyin without tones, one hyphen between syllables."""
    from pypinyin import lazy_pinyin

    syllables = (re.sub(r"[^a-z0-9]+", "-", part.lower().replace("ü", "v")) for part in lazy_pinyin(title))
    return re.sub(r"-{2,}", "-", "-".join(syllables))[:120].strip("-") or "document"


def not_found(document: Document) -> tuple[str, ...]:
    """Names of the fields that staff would want and nobody states, in the order of `Document`."""
    wanted = {
        "number": document.number,
        "issuer": document.issuer,
        "published": document.published,
        "effective": document.effective,
        "jurisdiction": document.jurisdiction,
    }
    return tuple(name for name, value in wanted.items() if value is None)


@dataclass(frozen=True)
class _Stated:
    """What a text and its page state: `clauses` by address, `page` by the page's own labels."""

    text: str
    clauses: Mapping[str, Clause]
    page: Mapping[str, str]

    def around(self, name: str) -> str:
        """The text of what stands around the outline under this name, in several places perhaps; empty where
        there is none."""
        found = (clause for address, clause in self.clauses.items() if _around(address) == name)
        return "\n".join(self.text[clause.start : clause.end] for clause in found)

    def title(self, name: str) -> str:
        """The title as the page or the text states it, else as the file is named, else the first line."""
        labelled = self.labelled("title")
        stem = PurePath(name).stem
        first = next((line for line in self.text.split("\n") if line.strip()), "")
        own = self.around("title") or labelled or (stem if re.search("[\u4e00-\u9fff]", stem) else first)
        named = names_document(squeeze(own)) or not names_document(squeeze(labelled or ""))
        if labelled and (squeeze(labelled).endswith(squeeze(own)) or not named):
            own = labelled  # the page names the issuer before it, or alone has a title
        squeezed = squeeze(own)
        if squeezed.startswith("《") and squeezed.find("》") == len(squeezed) - 1:
            squeezed = squeezed[1:-1]
        return squeezed[:_MAX_TITLE]

    def labelled(self, field: str) -> str | None:
        """What a label says of `field`: on the page, else on a line around the outline."""
        value = self._labelled.get(field)
        return squeeze(value) if value and len(squeeze(value)) <= _MAX_TITLE else None

    def day(self, field: str) -> date | None:
        """The day that a label gives for `field`."""
        days = days_in(self._labelled.get(field, ""))
        return days[0] if days else None

    def number(self, name: str) -> str | None:
        """The 文号: of a label, a line of its own, the record, the title, or the file's name."""
        labelled = self.labelled("number")
        in_title = _NUMBER_IN_TITLE.search(squeeze(self.around("title")))
        places = (
            self.around("source"),
            self.around("record"),
            in_title[1] if in_title else "",
            PurePath(name).stem,
        )
        plain = labelled if labelled and re.search(r"\d", labelled) else None
        found = (number_of(labelled or ""), plain, *map(number_of, places))
        return next((number for number in found if number), None)

    @cached_property
    def issuer(self) -> str | None:
        """Who made it: by record, signature or red head, then the title, then a label."""
        own = issuer_of(self.around("record"), self.around("signature"), self.around("source"))
        return own or issuer_of_title(self.around("title") or self.title("")) or self.labelled("issuer")

    @cached_property
    def signed(self) -> date | None:
        """The day under the text, else in brackets under its title."""
        signature = days_in(self.around("signature"))
        below = [day for line in self._beside if _DAY_ALONE.fullmatch(line.strip()) for day in days_in(line)]
        return next(iter(signature), None) or self.day("signed") or next(iter(below), None)

    @cached_property
    def _beside(self) -> list[str]:
        """The lines before the outline and around the signature."""
        first = next(
            (clause.start for clause in self.clauses.values() if is_of_outline(clause.address)), _MOST_BEFORE
        )
        beside = f"{self.text[: min(first, _MOST_BEFORE)]}\n{self.around('signature')}"
        return [line for line in beside.split("\n") if len(line) <= _MAX_LABEL_LINE]

    @cached_property
    def _labelled(self) -> dict[str, str]:
        found: dict[str, object] = {}
        for line in self._beside:
            for label, value in labelled_in(line):
                if value:
                    found.setdefault(label, value)
        return {name: str(value) for name, value in by_field({**found, **self.page}).items()}


def _around(address: str) -> str:
    """The name of what stands around the outline: `source` for `source-2`."""
    return address.partition("-")[0]


def _version(name: str, recorded: list[date], otherwise: date | None, digest: str) -> str:
    """The day of the version: as the file is named, else the last act of the record, else its date."""
    if match := _NAME_DATE.search(name):
        try:
            return date(*map(int, match.groups())).isoformat()
        except ValueError:
            pass  # digits that are no day
    day = max(recorded, default=None) or otherwise
    return day.isoformat() if day else f"{UNDATED}{digest[:8]}"


def _jurisdiction(title: str, issuer: str | None, authority: Authority | None) -> str | None:
    """Whose rules the text states, as its title and its issuer say; None where neither does."""
    named = leading_place(_QUOTED_TITLE.sub("", title)) or leading_place(issuer or "")
    if named is not None:
        return named
    national = authority in (Authority.LAW, Authority.ADMINISTRATIVE) or title.startswith("中华人民共和国")
    return NATIONWIDE if national or _CENTRAL.match(issuer or title) else None
