"""The code of functions, and what mypy finds out about every expression in it.

mypy's own visitors cannot be extended where mypy is compiled, so code is walked as Python's `ast`; an expression's
place in the text leads to what mypy knows of it.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mypy import build
from mypy.inspections import find_by_location
from mypy.main import process_options
from mypy.modulefinder import BuildSource
from mypy.nodes import Expression, MypyFile, SymbolTableNode, TypeInfo
from mypy.types import Type

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Module:
    """A module of the program; importing it runs those that it imports."""

    name: str
    path: Path
    code: ast.Module
    tree: MypyFile
    imports: frozenset[str]

    def expression(self, at: ast.expr) -> Expression | None:
        """What mypy made of an expression; it drops some that stand for no value: `@property`, `Protocol`."""
        if at.end_lineno is None or at.end_col_offset is None:
            return None
        return find_by_location(self.tree, at.lineno, at.col_offset, at.end_lineno, at.end_col_offset)


@dataclass(frozen=True)
class Program:
    """The modules of one folder by name, and the types of their expressions."""

    modules: dict[str, Module]
    types: dict[Expression, Type]

    def classes(self) -> Iterator[TypeInfo]:
        """Every class that is not inside of a function."""
        for module in self.modules.values():
            yield from _classes(module.tree.names.values(), f"{module.name}.")

    def has(self, name: str) -> bool:
        """Whether what has this full name is defined here."""
        return any(name == module or name.startswith(f"{module}.") for module in self.modules)


def read(folder: Path) -> Program:
    """Check the modules of a folder as strictly as `make lint` does; what mypy refuses has no types to go by."""
    _, options = process_options(["--config-file", str(ROOT / "pyproject.toml"), "--no-incremental", str(folder)])
    options.mypy_path = [str(folder)]
    options.export_types = options.preserve_asts = True
    built = build.build(list(_sources(folder)), options)
    if built.errors:
        raise AssertionError("\n".join(built.errors))
    modules = {}
    for source in _sources(folder):
        state = built.graph[source.module]
        if source.path is None or state.tree is None:
            raise AssertionError(f"mypy kept no tree of {source.module}")
        path = Path(source.path)
        code = ast.parse(path.read_text(encoding="utf-8"))
        imports = frozenset({*state.dependencies, *(state.ancestors or [])})
        modules[source.module] = Module(source.module, path, code, state.tree, imports)
    return Program(modules, built.types)


def _sources(folder: Path) -> Iterator[BuildSource]:
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        yield BuildSource(str(path), ".".join(parts[:-1] if parts[-1] == "__init__" else parts))


def _classes(symbols: Iterable[SymbolTableNode], prefix: str) -> Iterator[TypeInfo]:
    for symbol in symbols:
        node = symbol.node
        if isinstance(node, TypeInfo) and node.fullname.startswith(prefix):
            yield node
            yield from _classes(node.names.values(), f"{node.fullname}.")
