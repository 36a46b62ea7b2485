"""`policy-qa backup` and `policy-qa restore`: conversations, keys and added documents in one file."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import BackupRefused

if TYPE_CHECKING:
    from assistant.settings import Settings

AddCommand = Callable[[str, str], argparse.ArgumentParser]
LoadSettings = Callable[[], "Settings"]


def register_backup(add_command: AddCommand, load_settings: LoadSettings) -> None:
    """Register `backup`."""
    parser = add_command("backup", "把对话、密钥和添加的文件备份成一个文件；服务可以照常运行")
    parser.add_argument("file", metavar="备份文件", type=Path, help="要写的文件，如 backup-2026-03-02.tar")
    parser.add_argument("--documents-only", action="store_true", help="只备份添加的文件，不备份数据库")
    parser.set_defaults(run=lambda args: _backup(args, load_settings()))


def register_restore(add_command: AddCommand, load_settings: LoadSettings) -> None:
    """Register `restore`."""
    parser = add_command("restore", "把备份恢复到空的 POLICY_QA_STATE_DIR；之后请运行 policy-qa index build")
    parser.add_argument("file", metavar="备份文件", type=Path, help="policy-qa backup 写的文件")
    parser.set_defaults(run=lambda args: _restore(args, load_settings()))


def _backup(args: argparse.Namespace, settings: "Settings") -> int:
    from assistant.storage.backup import back_up

    database = None if args.documents_only else _database(settings)
    if database is not None and not database.is_file():
        database = None  # nothing was ever asked here
    index = settings.index()
    made = back_up(args.file, database, index.collection, index.directory, datetime.now(UTC))
    kept = "数据库和" if made.database else ""
    sys.stdout.write(f"已备份{kept}添加的文件（{made.documents}个）：{args.file}\n")
    sys.stdout.write("备份里有对话内容，请像保管数据库一样保管；设置（环境变量）不在其中，请另行保存。\n")
    return 0


def _restore(args: argparse.Namespace, settings: "Settings") -> int:
    from assistant.storage.backup import restore

    database = _file_of(settings)
    made = restore(args.file, settings.state_dir, database)
    kept = "数据库和" if made.database else ""
    sys.stdout.write(
        f"已恢复{made.created_at:%Y-%m-%d %H:%M} UTC 的备份：{kept}添加的文件（{made.documents}个）。\n"
    )
    sys.stdout.write("请接着运行 policy-qa index build 建立索引。\n")
    return 0


def _database(settings: "Settings") -> Path:
    """SQLite's file. Raises BackupRefused for another kind of database."""
    file = _file_of(settings)
    if file is None:
        raise BackupRefused(
            "数据库不是 SQLite 文件，请用它自己的工具备份，例如 PostgreSQL 用 "
            "pg_dump --format=custom --file=policy-qa.dump 数据库名；添加的文件请加 --documents-only 备份。"
        )
    return file


def _file_of(settings: "Settings") -> Path | None:
    from assistant.storage.database import Database

    return Database(settings.conversations_url()).file
