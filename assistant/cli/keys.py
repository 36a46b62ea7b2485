"""`policy-qa keys`: make, list, rotate and revoke the access keys of programs and pages."""

import argparse
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.access.keys import Key
    from assistant.settings import Settings
    from assistant.storage.store import Store

    Run = Callable[[argparse.Namespace, Store], int]

_ORIGIN = re.compile(r"https?://(?:\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::[0-9]{1,5})?")
_ONCE = "这是密钥，只显示这一次，请马上保存；服务器里只存它的摘要，丢了只能另建。\n"

AddCommand = Callable[[str, str], argparse.ArgumentParser]


def register(add_command: AddCommand, load_settings: "Callable[[], Settings]") -> None:
    """Register the command."""
    keys = add_command("keys", "管理访问密钥")
    actions = keys.add_subparsers(title="操作", metavar="操作", dest="action", required=True)

    def add(
        name: str, summary: str, run: "Callable[[argparse.Namespace, Store], int]"
    ) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = actions.add_parser(name, help=summary, description=summary)
        parser.set_defaults(run=lambda args: _with_store(run, args, load_settings()))
        return parser

    create = add("create", "建一把密钥", _create)
    create.add_argument("--name", required=True, metavar="名称", help="给人看的名称，如 区教委门户")
    create.add_argument(
        "--scope",
        choices=["ask", "metrics", "admin"],
        default="ask",
        help="用途：ask 提问和查阅（默认），metrics 读取监控指标，admin 全部，包括增删文件",
    )
    create.add_argument(
        "--origin",
        action="append",
        type=_origin,
        default=[],
        metavar="网址",
        help="写在网页里用的公开密钥：只准这个网站用，如 https://www.example.edu.cn；可写多次",
    )
    _add_limits(create)
    add("list", "列出密钥", _list)
    rotate = add("rotate", "换一把：建一把同样的新密钥，旧的过一段时间停用", _rotate)
    rotate.add_argument("id", metavar="编号")
    rotate.add_argument(
        "--overlap", type=_days, default=7, metavar="天数", help="旧密钥还能用几天，默认 7；0 为立即停用"
    )
    revoke = add("revoke", "停用一把密钥，立即生效", _revoke)
    revoke.add_argument("id", metavar="编号")
    add("trail", "列出管理操作的记录", _trail)


def _add_limits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--days", type=_days, metavar="天数", help="有效期，默认不过期")
    parser.add_argument("--per-minute", type=_count, metavar="次数", help="每分钟最多几次，默认由设置决定")
    parser.add_argument("--per-day", type=_count, metavar="次数", help="每天最多几次，默认由设置决定")


def _with_store(run: "Run", args: argparse.Namespace, settings: "Settings") -> int:
    from assistant.storage.store import Store

    store = Store(settings.conversations_url())
    try:
        return run(args, store)
    finally:
        store.close()


def _create(args: argparse.Namespace, store: "Store") -> int:
    from assistant.access.keys import Key, Scope, new_token

    if args.origin and args.scope != "ask":
        sys.stderr.write("写在网页里的密钥谁都看得到，只能用于 ask；请去掉 --scope 或 --origin。\n")
        return 2
    token, identifier, digest = new_token()
    now = datetime.now(UTC)
    key = Key(
        id=identifier,
        name=args.name,
        scopes=frozenset({Scope(args.scope)}),
        digest=digest,
        origins=tuple(dict.fromkeys(args.origin)),
        created_at=now,
        expires_at=now + timedelta(days=args.days) if args.days else None,
        per_minute=args.per_minute,
        per_day=args.per_day,
    )
    store.keys.add(key)
    store.trail.record(None, "key.create", key.id)
    _show(key, token)
    return 0


def _rotate(args: argparse.Namespace, store: "Store") -> int:
    from dataclasses import replace

    from assistant.access.keys import new_token
    from assistant.errors import UnknownKey

    old, now = store.keys.get(args.id), datetime.now(UTC)
    if old is None or not old.usable(now):
        raise UnknownKey("没有这把可用的密钥，请用 policy-qa keys list 查看编号。")
    token, identifier, digest = new_token()
    lifetime = old.expires_at - old.created_at if old.expires_at and old.created_at else None
    key = replace(
        old,
        id=identifier,
        digest=digest,
        created_at=now,
        expires_at=now + lifetime if lifetime else None,
        revoked_at=None,
        last_used_at=None,
    )
    store.keys.add(key)
    store.keys.revoke(old.id, now + timedelta(days=args.overlap))
    store.trail.record(None, "key.rotate", f"{old.id} {key.id}")
    _show(key, token)
    return 0


def _revoke(args: argparse.Namespace, store: "Store") -> int:
    store.keys.revoke(args.id, datetime.now(UTC))
    store.trail.record(None, "key.revoke", args.id)
    sys.stdout.write("已停用。\n")
    return 0


def _list(_args: argparse.Namespace, store: "Store") -> int:
    keys = store.keys.all()
    if not keys:
        sys.stdout.write("还没有密钥，用 policy-qa keys create --name 名称 建一把。\n")
    now = datetime.now(UTC)
    for key in keys:
        sys.stdout.write(f"{key.id}  {_state(key, now)}  {'、'.join(sorted(key.scopes))}  {key.name}\n")
        for label, told in (
            ("只准这些网站用", "、".join(key.origins)),
            ("到期", _day(key.expires_at)),
            ("停用", _day(key.revoked_at)),
            ("上次使用", _day(key.last_used_at)),
        ):
            if told:
                sys.stdout.write(f"    {label}：{told}\n")
    return 0


def _trail(_args: argparse.Namespace, store: "Store") -> int:
    for act in store.trail.acts():
        sys.stdout.write(f"{_day(act.at)}  {act.key_id or '本机命令'}  {act.act}  {act.what}\n")
    return 0


def _show(key: "Key", token: str) -> None:
    sys.stdout.write(f"编号：{key.id}\n{token}\n{_ONCE}")


def _state(key: "Key", now: datetime) -> str:
    if key.usable(now):
        return "可用"
    return "已停用" if key.revoked_at is not None and key.revoked_at <= now else "已过期"


def _day(moment: datetime | None) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment else ""


def _origin(text: str) -> str:
    origin = text.strip().lower().rstrip("/")
    if not _ORIGIN.fullmatch(origin):
        raise argparse.ArgumentTypeError(f"“{text}”不是网站的网址，请写成 https://www.example.edu.cn 的样子")
    scheme, _, rest = origin.partition("://")
    return f"{scheme}://{rest.removesuffix(':443' if scheme == 'https' else ':80')}"


def _days(text: str) -> int:
    return _whole(text, 0, 3650)


def _count(text: str) -> int:
    return _whole(text, 1, 1_000_000_000)


def _whole(text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
        raise argparse.ArgumentTypeError(f"“{text}”不是 {least} 到 {most} 的整数")
    return int(text)
