"""The Chinese sentence beside each check: what was found, and what to do."""

import re
from collections.abc import Sequence

from assistant.draft_check.verdicts import DiffStep, Location
from index.schema import Validity

_VALIDITY = {
    Validity.EXPIRED: "该文件的实施期已满",
    Validity.SUPERSEDED: "这是旧版本（{version}）的文字，文件已有新版",
    Validity.REPEALED: "该文件已废止",
    Validity.NOT_YET: "该版本尚未施行",
}
_DIGIT = re.compile(r"[0-9０-９零〇一二三四五六七八九十百千万亿]")
_NEGATION = re.compile(r"[不无未非没勿禁]|严禁|停止")
_MODAL = re.compile(r"应当?|可以?|必须|鼓励|支持|探索|提倡|倡导|力争|逐步|原则上")
_PUNCTUATION = re.compile(r"[\W_]*")


def place_of(location: Location) -> str:
    """《体育法》第十二条."""
    return f"《{location.document_title}》{location.clause_label}"


def with_validity(sentence: str, location: Location, ending: str = "。") -> str:
    """`sentence`, and where the text does not bind today, that it does not."""
    warning = _VALIDITY.get(location.validity)
    if warning is None:
        return f"{sentence}{ending}"
    return f"{sentence}；请注意，{warning.format(version=location.document_version)}{ending}"


def verbatim(location: Location, *, mark: bool = False, left_out: int = 0, other_clause: str = "") -> str:
    """Equal to the original. `mark`: but for the mark at its end; `left_out`: folded characters that
    ellipses stand for; `other_clause`: where the version in force says otherwise."""
    sentence = f"与{place_of(location)}的原文一致"
    if mark:
        sentence += "，只有末尾的标点与原文不同"
    if left_out:
        sentence += f"，省略号处略去{left_out}个字"
    if other_clause:
        sentence += f"，但现行版本的{other_clause}里没有这句话"
    return with_validity(sentence, location)


def misplaced(location: Location, named: str) -> str:
    """The words exist, but elsewhere."""
    return with_validity(f"原文有这句话，但出自{place_of(location)}，不在{named}，请改正出处", location)


def altered(location: Location, diff: Sequence[DiffStep], named: str | None) -> str:
    """The nearest passage differs."""
    changed = [step for step in diff if step.op != "equal"]
    sides = [side for step in changed for side in (step.quote, step.original)]
    if all(_PUNCTUATION.fullmatch(side) for side in sides):
        what = "，只有标点不同"
    else:
        kinds = (("数字", _DIGIT), ("否定词", _NEGATION), ("表示要求程度的词", _MODAL))
        touched = [name for name, pattern in kinds if any(pattern.search(side) for side in sides)]
        what = f"，涉及{'、'.join(touched)}" if touched else ""
    where = f"{place_of(location)}" + (f"（不在{named}）" if named else "")
    return with_validity(f"与{where}的原文有{len(changed)}处不同{what}，请对照原文改正", location)


def not_found() -> str:
    """Nothing like it."""
    return "在现有文件里没有找到这句话，也没有足够相近的原文，请核对出处。"


def too_long() -> str:
    """Not verbatim, and too long to be compared with every passage."""
    return "这段引文与原文不是逐字相同；它太长，没有逐处对照，请分段核对。"


def not_in_named(named: str, nearest: Location | None) -> str:
    """The document named beside a quotation is not loaded."""
    also = f"；同样的话见{place_of(nearest)}" if nearest else ""
    return f"现有文件里没有{named}，无法核对这句话{also}。"


def clause_exists(location: Location) -> str:
    """A reference that is right."""
    return with_validity(f"有此条款：{place_of(location)}", location)


def no_clause(title: str, version: str, label: str, deepest: str | None) -> str:
    """The document lacks the clause."""
    there = f"，只有{deepest}" if deepest else ""
    return f"《{title}》（{version}版）没有{label}{there}，请核对条款号。"


def unsure_clause(title: str, label: str) -> str:
    """The outline is not whole where the clause would stand."""
    return f"《{title}》收录的条款编号在这一处不完整，无法判断有没有{label}，请对照原文核对。"


def no_version(title: str, versions: str) -> str:
    """The document lacks the version."""
    return f"现有文件里没有《{title}》的这个版本，只有{versions}版，请核对年份。"


def no_document(title: str) -> str:
    """No document of that title."""
    return f"现有文件里没有《{title}》，无法核对这一条款，请先添加该文件或核对名称。"


def ambiguous(title: str) -> str:
    """Several documents have that title."""
    return f"有几份文件都可以叫“{title}”，无法确定是哪一份，请写出全称。"


def no_context() -> str:
    """Nothing says which document is meant."""
    return "看不出指的是哪份文件，没有核对；请在前面写出文件名称。"
