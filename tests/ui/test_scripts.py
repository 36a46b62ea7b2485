"""What the pages' modules take from each other is there: where one name lacks, no script of a page runs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "ui/static"
_MODULE = re.compile(r"^(?:im|ex)port ", re.M)
MODULES = sorted(path for path in STATIC.rglob("*.js") if _MODULE.search(path.read_text("utf-8")))
_IMPORT = re.compile(r"^import (?:\{([^}]*)\} from )?(?:\* as \w+ from )?\"(\./[^\"]+)\";", re.M)
_EXPORT = re.compile(r"^export (?:async )?(?:const|let|function\*?|class) (\w+)", re.M)


def _taken(module: Path) -> Iterator[tuple[Path, str]]:
    """The files and the names in them that `module` imports; "" for a file as a whole."""
    for names, other in _IMPORT.findall(module.read_text("utf-8")):
        yield from ((module.parent / other, name.split(" as ")[0].strip()) for name in names.split(","))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(STATIC).as_posix())
def test_every_import_has_its_export(module: Path) -> None:
    lines = [line for line in module.read_text("utf-8").splitlines() if line.startswith("import ")]
    assert len(lines) == len(_IMPORT.findall(module.read_text("utf-8"))), "an import in another form"
    for other, name in _taken(module):
        assert not name or name in _EXPORT.findall(other.read_text("utf-8")), (other.name, name)
