"""What the pages of documents call things: fields, places, levels of force, sizes; and outlines as trees."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from index.build.place import Place
from index.schema import Authority, Document
from index.text.days import days_in

AUTHORITIES = {each.value: each.label for each in Authority}
PLACES = {
    Place.NEW: "这是一份新文件，现在还没有收录。",
    Place.VERSION: "已收录这份文件的其他版本；收录后，它是新的版本，原来的版本还在。",
    Place.REPLACES: "已收录同一编号、同一版本的文件；收录后，这一份会换下原来的那一份。",
    Place.KNOWN: "已收录一模一样的文件，不用再收录。",
    Place.SHIPPED: "同一编号、同一版本的文件是随程序自带的，不能换。如果这是另一份文件，请在下面另填编号。",
    Place.ELSEWHERE: "这份文件已收录，但编号或版本不同；要改，请先把已收录的移除，再添加。",
}
ADDABLE = (Place.NEW, Place.VERSION, Place.REPLACES)
_HEADING = 60


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that may be said of a document."""

    name: str
    label: str
    help: str = ""
    kind: str = "text"
    """Of the input: `text`, `date` or `select`."""
    example: str = ""


FIELDS = (
    Field("title", "标题", "一般不用填"),
    Field("number", "文号", example="某府发〔2024〕5号"),
    Field("issuer", "发文机关", example="某市教育委员会"),
    Field("passed", "通过日期", kind="date", example="2024-05-20"),
    Field("published", "发布日期", kind="date", example="2024-05-28"),
    Field("effective", "施行日期", kind="date", example="2024-06-01"),
    Field("repealed", "废止日期", "从这一天起，回答里会注明已废止", kind="date", example="2026-01-01"),
    Field("period", "实施期", "规划、方案的起止年份；期满后，回答里会注明", example="2020-2022"),
    Field("jurisdiction", "适用地域", "全国，或一个地方的名称", example="重庆市"),
    Field("authority", "效力层级", kind="select"),
    Field(
        "id",
        "编号",
        "网址里用的，小写字母、数字、点和连字符；不填就用标题的拼音",
        example="ke-hou-fu-wu",
    ),
    Field("version", "版本", "一般是日期；不填就用文件的日期", example="2024-06-01"),
)
CHANGEABLE = FIELDS[:-2]
"""Of a document that is there: not what it is called by."""
_LABELS = {each.name: each.label for each in FIELDS}


def label_of(name: str) -> str:
    """The name of one field in words."""
    return _LABELS.get(name, "文件" if name == "file" else "表单")


def labels(names: Iterable[str]) -> str:
    """The names of fields in words."""
    return "、".join(_LABELS[name] for name in names)


def shown(name: str, value: str) -> str:
    """A field's value in words."""
    return AUTHORITIES.get(value, value) if name == "authority" else value


def values_of(document: Document) -> dict[str, str]:
    """The fields of a document as a form holds them; "" for what nobody states."""
    first, last = document.period_start, document.period_end
    return {
        **{each.name: str(getattr(document, each.name) or "") for each in FIELDS if each.name != "period"},
        "period": f"{first}-{last}" if first and last else "",
    }


def values_read(report: Mapping[str, Any], key: str) -> dict[str, str]:
    """The same of a file that was read, and would become `key`."""
    identifier, _, version = key.partition("@")
    found = {each.name: str(report.get(each.name) or "") for each in FIELDS}
    return {**found, "id": identifier, "version": version}


def said_in(form: Mapping[str, str], read: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str]:
    """What a form says of a document beside its text: of the fields that were shown with what was `read`
    those that differ, or that were `said` before and still are."""
    given = {each.name: _given(each, form[each.name]) for each in FIELDS if each.name in form}
    kept = {name: value for name, value in said.items() if name not in given}
    new = {
        name: value
        for name, value in given.items()
        if value and (value != read.get(name, "") or said.get(name) == value)
    }
    return {**kept, **new}


def _given(each: Field, value: str) -> str:
    """What was typed into a field; a day in any of the ways in which texts write days as 2024-06-01."""
    days = days_in(value) if each.kind == "date" else ()
    return days[0].isoformat() if len(days) == 1 else value.strip()


@dataclass(frozen=True, slots=True)
class Entry:
    """A clause of an outline with those below it."""

    text: str
    below: list["Entry"] = field(default_factory=list)


def tree(clauses: Sequence[Mapping[str, Any]]) -> list[Entry]:
    """The outline as a tree, of clauses with `address`, `parent`, `label` and `heading`."""
    under: dict[str | None, list[Entry]] = defaultdict(list)
    labels_of: dict[str | None, str] = {}
    for each in clauses:
        heading = " ".join(str(each["heading"]).split())[:_HEADING]
        label = labels_of[each["address"]] = str(each["label"])
        own = label.removeprefix(labels_of.get(each["parent"], ""))  # what its parent's does not say
        numbered = bool(own) and _plain(heading).startswith(_plain(own))
        text = heading if numbered else f"{label}　{heading}".strip()
        under[each["parent"]].append(Entry(text, under[each["address"]]))
    return under[None]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def size(count: int) -> str:
    """So many bytes in words."""
    if count < 1024 * 1024:
        return f"{max(1, round(count / 1024))} KB"
    return f"{count / 1024 / 1024:.1f} MB"
