"""Gradio imported without the type stubs that it writes beside its own files.

At each import Gradio parses the source of its 80 components and renders a stub for each, for editors: more
than half of the time that its import takes, and files written into the installed package, by several workers
at once.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

_MODULE = "gradio.component_meta"


@contextmanager
def without_stubs() -> Iterator[None]:
    """While Gradio is imported for the first time."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module that writes them, loaded by `_Loader`; of others nothing."""
        if fullname != _MODULE:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = _Loader(fullname, spec.origin)
        return spec


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        """Run the module, and take the writing of stubs out of it."""
        super().exec_module(module)
        module.create_or_modify_pyi = _write_no_stub  # type: ignore[attr-defined]


def _write_no_stub(*_: object) -> None:
    return
