"""The code of the functions, and the type that mypy infers for every expression in it.

The visitors of a compiled mypy cannot be subclassed, so the code is walked as Python's `ast`. The position of an
expression in the source leads to the node of mypy.
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
    """A module of the program, with the modules that it imports."""

    name: str
    path: Path
    code: ast.Module
    tree: MypyFile
    imports: frozenset[str]

    def expression(self, node: ast.expr) -> Expression | None:
        """Return the node of mypy; it has none for some expressions without a value, such as `@property`."""
        if node.end_lineno is None or node.end_col_offset is None:
            return None
        return find_by_location(self.tree, node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)


@dataclass(frozen=True)
class Program:
    """The modules of one folder, by name, and the types of their expressions."""

    modules: dict[str, Module]
    types: dict[Expression, Type]

    def classes(self) -> Iterator[TypeInfo]:
        """Yield every class that is not defined inside a function."""
        for module in self.modules.values():
            yield from _classes(module.tree.names.values(), f"{module.name}.")

    def has(self, name: str) -> bool:
        """Return whether this full name is defined in the program."""
        return any(name == module or name.startswith(f"{module}.") for module in self.modules)


def read(folder: Path) -> Program:
    """Check the modules of a folder as strictly as `make lint` does, since a mypy error leaves types unknown."""
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
            raise AssertionError(f"mypy has no syntax tree of {source.module}")
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
