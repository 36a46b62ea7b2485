"""Makes `index/data/places.tsv` from the source's files: `python -m evals.training.make_places LIST HISTORY`.

Where the source comes from, its licence and what is changed stand in `index/data/places.md`.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from evals.training.fitting import INDEX_DATA

_FORMER = ("500105", "500112")
"""重庆市江北区 and 渝北区, merged in 2025: older documents and everyday speech name them."""
_SPECIAL = {"810000": "810000", "820000": "820000", "830000": "710000"}
"""The source's codes of Hong Kong, Macao and Taiwan, and those of GB/T 2260."""
_PEOPLES = (
    "维吾尔",
    "哈萨克族",
    "哈萨克",
    "柯尔克孜族",
    "柯尔克孜",
    "塔吉克族",
    "塔吉克",
    "蒙古族",
    "蒙古",
    "锡伯族",
    "锡伯",
    "朝鲜族",
    "达斡尔族",
    "鄂温克族",
    "土家族",
    "布依族",
    "傈僳族",
    "拉祜族",
    "哈尼族",
    "纳西族",
    "景颇族",
    "布朗族",
    "普米族",
    "独龙族",
    "仡佬族",
    "仫佬族",
    "毛南族",
    "裕固族",
    "撒拉族",
    "保安族",
    "东乡族",
    "各族",
    "壮族",
    "回族",
    "藏族",
    "苗族",
    "彝族",
    "侗族",
    "瑶族",
    "白族",
    "傣族",
    "黎族",
    "佤族",
    "畲族",
    "水族",
    "土族",
    "羌族",
    "怒族",
    "满族",
)
"""Longer names before those that they end with."""
_AUTONOMOUS = ("自治区", "自治州", "自治县", "自治旗")
_PLAIN: Mapping[str, tuple[str, ...]] = {
    "province": ("特别行政区", "省", "市"),
    "prefecture": ("地区", "市", "盟"),
    "county": ("联合旗", "新区", "矿区", "特区", "市", "县", "区", "旗"),
}
_NOBODY_SHORTENS = re.compile(r"[左右前后中蓝黄白]旗$|左翼|^市中区$")


def places(current: Mapping[str, str], history: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """Code, level, name and short form of every place, by code."""
    names = {code: name for code, name in current.items() if code[0] not in "789"}
    names |= {new: current[old] for old, new in _SPECIAL.items()}
    names |= {code: history[code] for code in _FORMER}
    for code, name in sorted(names.items()):
        county = "prefecture" if code.endswith("00") else "county"
        level = "province" if code.endswith("0000") else county
        yield code, level, name, _short(name, level)


def _short(name: str, level: str) -> str:
    """The name as people say it, empty where that would leave one character, or where nobody does."""
    if name == "神农架林区":
        return "神农架"
    if _NOBODY_SHORTENS.search(name):
        return ""
    for suffix in _AUTONOMOUS:
        if name.endswith(suffix):
            return _without_peoples(name.removesuffix(suffix))
    for suffix in _PLAIN[level]:
        stem = name.removesuffix(suffix)
        if stem != name and len(stem) >= 2:
            return _without_peoples(stem) if stem.endswith("族") else stem
    return ""


def _without_peoples(stem: str) -> str:
    while found := next((p for p in _PEOPLES if stem.endswith(p) and len(stem) - len(p) >= 2), None):
        stem = stem.removesuffix(found)
    return stem.removesuffix("族") if stem in _PEOPLES else stem


def main(current: Path, history: Path) -> None:
    """Write the table."""
    tables = (json.loads(path.read_text(encoding="utf-8")) for path in (current, history))
    rows = ["\t".join(row) for row in (("code", "level", "name", "short"), *places(*tables))]
    (INDEX_DATA / "places.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
