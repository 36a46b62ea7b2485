"""Front matter: the YAML (`---`) or TOML (`+++`) block at the head of a Markdown file."""

import re
import tomllib
from typing import Any

from index.errors import InvalidMetadata

_BLOCK = re.compile(r"(?P<fence>---|\+\+\+)[ \t]*\n(?P<body>.*?)(?<=\n)(?P=fence)[ \t]*(?:\n|\Z)", re.DOTALL)
_MAX = 64 * 1024
"""Characters; no description is longer, and deeper nesting than this allows is no description."""
_PAIR = re.compile(r"^[\w-]+[ \t]*[:=]", re.MULTILINE)
_DEEPEST = 20
"""Levels of lists and mappings; descriptions have one or two."""


def front_matter(text: str, name: str) -> tuple[dict[str, object], int]:
    """The fields of the block at the head of `text`, and the offset after it.

    A text that begins with a thematic break instead gives no fields and 0. Raises InvalidMetadata
    where there is a block of fields, and it cannot be read.
    """
    match = _BLOCK.match(text, 0, _MAX)
    if not match:
        return {}, 0
    fields: Any
    try:
        fields = _yaml(match["body"]) if match["fence"] == "---" else tomllib.loads(match["body"])
    except (ValueError, OverflowError, RecursionError) as error:
        # A line without any `key:` is text between two thematic breaks, not a broken block.
        if match["fence"] == "---" and not _PAIR.search(match["body"]):
            return {}, 0
        raise InvalidMetadata(
            f"文件“{name}”开头的说明（front matter）格式有误，请检查后重试，或者删去这一段。"
        ) from error
    if not isinstance(fields, dict):
        return {}, 0
    return {str(key): value for key, value in fields.items()}, match.end()


def _yaml(body: str) -> object:
    """The value of a YAML text. Raises ValueError, OverflowError and RecursionError.

    References (`*name`) are refused: a few lines of them unfold to gigabytes. So is deep nesting, which
    takes quadratic time.
    """
    import yaml

    try:
        depth = 0
        for event in yaml.parse(body, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise ValueError("references are not allowed")
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise ValueError("nested too deeply")
        return yaml.safe_load(body)
    except yaml.YAMLError as error:
        raise ValueError("no valid YAML") from error
    except (AttributeError, KeyError, TypeError) as error:  # from values like `!!int x` or `=`
        raise ValueError("no valid YAML value") from error
