"""操作记录: what administrators did, page by page."""

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from assistant.api.parts import store_of
from assistant.storage.trail import Act
from index.text.beijing import in_beijing
from ui.admin.frame import AdminRoute, number_of, render
from ui.admin.questions import library_of
from ui.admin.session import ROOT, Maintainer
from ui.pages.citation_form import official_title

if TYPE_CHECKING:
    from index.library.library import Library

PAGE = 50
"""Acts on one page."""
ACTS = {
    "document.add": "收录文件",
    "document.replace": "替换文件",
    "document.describe": "改说明",
    "document.remove": "移除文件",
    "data.erase": "删除对话",
    "key.create": "建密钥",
    "key.rotate": "换密钥",
    "key.revoke": "停用密钥",
    "login.begin": "登录",
    "login.end": "退出",
    "login.refuse": "登录被拒",
    "pause.begin": "暂停问答",
    "pause.change": "修改暂停说明",
    "pause.end": "恢复问答",
    "row.make": "做评测题",
    "row.remove": "删评测题",
    "row.download": "下载评测题",
    "export.csv": "导出提问（表格）",
    "export.jsonl": "导出提问（逐行 JSON）",
}
"""What the acts of the trail are called; one of another version is shown as it is stored."""

router = APIRouter(prefix=ROOT, include_in_schema=False, route_class=AdminRoute)


@router.get("/acts")
def acts(request: Request, _key: Maintainer) -> Response:
    """The acts of one page, latest first."""
    store, before = store_of(request), number_of(request.query_params.get("before", ""))
    found = store.trail.page(PAGE + 1, before)
    names = {key.id: key.name for key in store.keys.all()}
    library = library_of(request)
    shown = [_row(act, names, library) for act in found[:PAGE]]
    older = found[PAGE - 1].id if len(found) > PAGE else None
    return render(request, "admin/acts.html", acts=shown, older=older, later=before is not None)


def _row(act: Act, names: dict[str, str], library: "Library | None") -> dict[str, str]:
    """An act in words."""
    who = "本机，没有用密钥" if act.key_id is None else names.get(act.key_id, "未知")
    if act.key_id is None and act.act == "login.refuse":
        who = "没有这把密钥"
    at, title = in_beijing(act.at), _title(act, library)
    return {
        "at": f"{at:%Y-%m-%d %H:%M:%S}",
        "machine": at.isoformat(),
        "who": who,
        "key": act.key_id or "",
        "act": ACTS.get(act.act, act.act),
        "what": title or act.what,
        "of": act.what if title else "",
    }


def _title(act: Act, library: "Library | None") -> str:
    """What the document is called that an act was done to; "" for one that is not held, and anything else."""
    identifier, _, version = act.what.rpartition("@")
    held = (
        library.get(identifier, version)
        if library and act.act.startswith("document.") and identifier
        else None
    )
    return official_title(held.document.title) if held else ""
