"""The source of the Lambda functions as syntax trees, and the code units that a handler can reach.

References are resolved by name: through imports, module attributes and method names. The result can contain a unit
that never runs, but misses none that does. Annotations do not count as references.
"""

import ast
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_MARKER_BASES = frozenset({"Enum", "Exception", "BaseException", "Generic", "NamedTuple", "Protocol", "TypedDict"})
"""Foreign base classes that call no method by its name."""


@dataclass(frozen=True)
class Unit:
    """A function, a method, or the top-level statements of a module or class."""

    module: str
    name: str
    """Full name, such as `common.parameters.Parameters.writer`; of a module, the name of the module."""
    nodes: tuple[ast.AST, ...]

    def walk(self) -> Iterator[ast.AST]:
        """Yield all nodes in source order, without annotations."""
        for node in self.nodes:
            yield from _walk(node)

    def at(self, node: ast.AST) -> str:
        """Return the position of a node for error messages."""
        return f"{self.name}:{getattr(node, 'lineno', 0)}"


@dataclass(frozen=True)
class Program:
    """All modules, by name."""

    modules: Mapping[str, ast.Module]

    @cached_property
    def units(self) -> Mapping[str, Unit]:
        """All units, by full name."""
        return {unit.name: unit for name, module in self.modules.items() for unit in _units(name, module)}

    @cached_property
    def classes(self) -> Mapping[str, ast.ClassDef]:
        """All top-level classes, by full name."""
        return {
            f"{name}.{node.name}": node
            for name, module in self.modules.items()
            for node in module.body
            if isinstance(node, ast.ClassDef)
        }

    @cached_property
    def _imports(self) -> Mapping[str, Mapping[str, str]]:
        return {name: dict(_imported_names(module)) for name, module in self.modules.items()}

    def resolve(self, module: str, node: ast.expr) -> str | None:
        """Return the full name that a name or an attribute of a module refers to, or None."""
        match node:
            case ast.Name(id=name):
                return self._imports[module].get(name) or f"{module}.{name}"
            case ast.Attribute(value=value, attr=name):
                owner = self.resolve(module, value)
                return None if owner is None else f"{owner}.{name}"
            case _:
                return None

    def constant(self, module: str, node: ast.expr) -> ast.expr | None:
        """Return the value that the module variable `node` is assigned, or None."""
        full_name = self.resolve(module, node) or ""
        owner, _, name = full_name.rpartition(".")
        return next((value for target, value in _assignments(self.modules.get(owner)) if target == name), None)

    def reachable(self, handler: str) -> tuple[Unit, ...]:
        """Return the units that the function `handler`, such as `cutover.handler.handle`, can reach, by name."""
        if handler not in self.units:
            raise ValueError(f"no function {handler}")
        return _Reachability(self).run(handler)


def parse(sources: Mapping[str, str]) -> Program:
    """Parse the source of modules, by module name."""
    return Program({name: ast.parse(source) for name, source in sources.items()})


def read(folder: Path) -> Program:
    """Parse all modules of a folder."""
    paths = {path.relative_to(folder).with_suffix("").parts: path for path in sorted(folder.rglob("*.py"))}
    return parse(
        {
            ".".join(parts[:-1] if parts[-1] == "__init__" else parts): path.read_text(encoding="utf-8")
            for parts, path in paths.items()
        }
    )


class _Reachability:
    """The search for reachable units.

    A method is reachable once its class is reachable and a reachable unit uses an attribute of its name: an attribute
    of a parameter whose annotation names the class, any called attribute, or one that is no field of any class.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._reached: dict[str, Unit] = {}
        self._classes: set[str] = set()
        self._attributes: set[str] = set()
        self._fields = {field for node in program.classes.values() for field in _field_names(node)}

    def run(self, handler: str) -> tuple[Unit, ...]:
        pending = [handler]
        while pending:
            unit = self._program.units.get(pending.pop())
            if unit is not None and unit.name not in self._reached:
                self._reached[unit.name] = unit
                pending += self._references(unit)
            if not pending:
                pending += [name for name in self._methods() if name not in self._reached]
        return tuple(self._reached[name] for name in sorted(self._reached))

    def _references(self, unit: Unit) -> Iterator[str]:
        yield unit.module
        called = {id(node.func) for node in unit.walk() if isinstance(node, ast.Call)}
        types = dict(_parameter_types(unit))
        for node in unit.walk():
            if isinstance(node, ast.Attribute):
                type_ = types.get(node.value.id) if isinstance(node.value, ast.Name) else None
                class_name = "" if type_ is None else self._program.resolve(unit.module, type_) or ""
                if class_name in self._program.classes:
                    yield from self._methods_of(class_name, {node.attr})
                elif id(node) in called or node.attr not in self._fields:
                    self._attributes.add(node.attr)
            match node:
                case ast.Name() | ast.Attribute():
                    full_name = self._program.resolve(unit.module, node)
                    if full_name is not None:
                        yield from self._named(full_name)
                case ast.Import() | ast.ImportFrom():
                    for full_name in dict(_imported_names(ast.Module([node], []))).values():
                        yield from self._modules_of(full_name)

    def _named(self, full_name: str) -> Iterator[str]:
        if full_name in self._program.classes:
            self._classes.add(full_name)
        yield full_name
        yield from self._modules_of(full_name)

    def _modules_of(self, full_name: str) -> Iterator[str]:
        parts = full_name.split(".")
        for length in range(1, len(parts) + 1):
            if (name := ".".join(parts[:length])) in self._program.modules:
                yield name

    def _methods(self) -> Iterator[str]:
        for name in self._classes:
            yield from self._methods_of(name, self._attributes)

    def _methods_of(self, class_name: str, used: Container[str]) -> Iterator[str]:
        node = self._program.classes[class_name]
        called_by_library = any(self._is_foreign(class_name, base) for base in node.bases)
        for method in node.body:
            if isinstance(method, ast.FunctionDef) and (
                called_by_library or method.name.startswith("__") or method.name in used
            ):
                yield f"{class_name}.{method.name}"

    def _is_foreign(self, class_name: str, base: ast.expr) -> bool:
        full_name = self._program.resolve(class_name.rpartition(".")[0], base) or ""
        return full_name not in self._program.classes and full_name.rpartition(".")[2] not in _MARKER_BASES


def _units(name: str, module: ast.Module) -> Iterator[Unit]:
    yield Unit(name, name, tuple(node for node in module.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)))
    for node in module.body:
        if isinstance(node, ast.FunctionDef):
            yield Unit(name, f"{name}.{node.name}", (node,))
        elif isinstance(node, ast.ClassDef):
            methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            rest = [each for each in node.body if not isinstance(each, ast.FunctionDef)]
            yield Unit(name, f"{name}.{node.name}", (*node.decorator_list, *node.bases, *rest))
            yield from (Unit(name, f"{name}.{node.name}.{method.name}", (method,)) for method in methods)


def _field_names(node: ast.ClassDef) -> Iterator[str]:
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            yield each.target.id


def _parameter_types(unit: Unit) -> Iterator[tuple[str, ast.expr]]:
    for node in unit.nodes:
        if isinstance(node, ast.FunctionDef):
            yield from ((each.arg, each.annotation) for each in node.args.args if each.annotation is not None)


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _walk(child)


def _imported_names(module: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(module):
        match node:
            case ast.Import(names=names):
                for each in names:
                    yield (each.asname, each.name) if each.asname else (each.name.split(".")[0],) * 2
            case ast.ImportFrom(module=str(origin), names=names):
                for each in names:
                    yield each.asname or each.name, f"{origin}.{each.name}"


def _assignments(module: ast.Module | None) -> Iterator[tuple[str, ast.expr]]:
    for node in module.body if module is not None else []:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value
