"""The references of each code unit and the AWS calls that it contains.

A code unit is a function with everything defined inside it, or the code that a module runs on import. A reference to a
function counts as a call, since a function that is passed on can be called.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from mypy.nodes import MemberExpr, RefExpr, SuperExpr, TypeInfo

from iam.classes import Classes, classes_of
from iam.clients import ABSENT, BY_NAME, Call, is_operation, makes_no_call, method_called_by_name, service_of
from iam.program import Module, Program


@dataclass
class CodeUnit:
    """A function, or the code of a module."""

    refers_to: set[str] = field(default_factory=set)
    calls: set[Call] = field(default_factory=set)


@dataclass
class References:
    """The code units by full name, and the constructs that cannot be analyzed."""

    units: dict[str, CodeUnit] = field(default_factory=lambda: defaultdict(CodeUnit))
    errors: list[str] = field(default_factory=list)


def references(program: Program) -> References:
    """Collect the references of a program."""
    found, classes = References(), Classes(program)
    for module in program.modules.values():
        found.units[module.name].refers_to |= module.imports
        _Reader(program, classes, module, found).visit(module.code)
    return found


class _Reader(ast.NodeVisitor):
    """Collects the references of one module."""

    def __init__(self, program: Program, classes: Classes, module: Module, found: References) -> None:
        self._program = program
        self._classes = classes
        self._module = module
        self._found = found
        self._unit = found.units[module.name]
        self._scope = module.name  # or the current class
        self._in_function = False
        self._partly_untyped = False  # mypy has no node for some expressions

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Visit a function as a unit; decorators and defaults run in the enclosing unit, annotations never."""
        self._visit(node.decorator_list, partly_untyped=True)
        self._visit(default for default in (*node.args.defaults, *node.args.kw_defaults) if default)
        if self._in_function:
            self._visit(node.body)
            return
        enclosing, self._in_function = self._unit, True
        self._unit = self._found.units[f"{self._scope}.{node.name}"]
        self._unit.refers_to.add(self._module.name)
        self._visit(node.body)
        self._unit, self._in_function = enclosing, False

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        """Report an error: no program has asynchronous functions."""
        self._error(node, "asynchronous functions are not analyzed")

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Visit a class: its body runs in the enclosing unit; its methods are units of their own."""
        self._visit([*node.decorator_list, *node.bases], partly_untyped=True)
        enclosing, self._scope = self._scope, f"{self._scope}.{node.name}"
        self._visit(node.body)
        self._scope = enclosing

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Skip the annotation, which never runs."""
        self._visit(part for part in (node.target, node.value) if part)

    def visit_Name(self, node: ast.Name) -> None:
        """Add a reference."""
        match self._module.expression(node):
            case RefExpr() as expression:
                self._refer(expression)
            case _ if not self._partly_untyped:
                self._error(node, f"mypy does not resolve `{node.id}`")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Add references to the attribute on every class that the value can have."""
        self.visit(node.value)
        match self._module.expression(node):
            case SuperExpr(info=TypeInfo() as info):
                self._unit.refers_to.update(f"{base.fullname}.{node.attr}" for base in info.mro[1:])
            case MemberExpr() as expression:
                self._refer(expression)
                self._member(node)
            case _ if not self._partly_untyped:
                self._error(node, f"mypy does not resolve `{node.attr}`")

    def visit_Call(self, node: ast.Call) -> None:
        """Visit a call; handle methods that are called by name, and clients that are created or passed on."""
        arguments = (*node.args, *(keyword.value for keyword in node.keywords))
        self._visit(arguments)
        match node:
            case ast.Call(func=ast.Attribute(attr=by, value=value)) if by in BY_NAME and self._services(value):
                self.visit(value)
                for service in self._services(value):
                    self._by_name(node, service, by)
                return
        self._visit([node.func], partly_untyped=self._partly_untyped)
        expression = self._module.expression(node.func)
        if isinstance(expression, RefExpr) and expression.fullname == "boto3.client":
            if not self._services(node):
                self._error(node, "the type of this client is unknown: tests/python/test.in lacks its stubs")
        elif any(map(self._services, arguments)) and not self._is_in_program(node.func):
            self._error(node, "a client is passed to code that is not analyzed")

    def _visit(self, nodes: Iterable[ast.AST], *, partly_untyped: bool = False) -> None:
        before, self._partly_untyped = self._partly_untyped, partly_untyped
        for node in nodes:
            self.visit(node)
        self._partly_untyped = before

    def _refer(self, expression: RefExpr) -> None:
        if not expression.fullname:
            return
        self._unit.refers_to.add(expression.fullname)
        if isinstance(expression.node, TypeInfo):
            self._unit.refers_to.update(self._classes.implicit_methods(expression.node))
        elif self._program.has(expression.fullname):
            # The value of a module variable is referenced where the module assigns it.
            self._unit.refers_to.add(expression.fullname.rpartition(".")[0])
        if expression.fullname.startswith(("boto3.", "botocore.session.")) and expression.fullname != "boto3.client":
            self._error(expression, f"only clients are analyzed, not `{expression.fullname}`")

    def _member(self, node: ast.Attribute) -> None:
        for info in self._classes_of(node.value):
            if info is None:
                if is_operation(node.attr):
                    self._error(node, f"`{node.attr}` of a value of unknown type may call AWS: annotate its type")
                continue
            self._unit.refers_to.update(self._classes.members(info, node.attr))
            service = service_of(info)
            if service is not None and not makes_no_call(node.attr):
                self._call(node, service, node.attr)
        match node.value:
            case ast.Attribute(attr="exceptions", value=client) if f"exceptions.{node.attr}" == ABSENT:
                self._unit.calls.update(Call(service, ABSENT) for service in self._services(client))

    def _by_name(self, node: ast.Call, service: str, by: str) -> None:
        match node.args:
            case [ast.Constant(value=str(name)), *_]:
                self._call(node, service, method_called_by_name(service, by, name))
            case _:
                self._error(node, f"the argument of `{by}` is not a literal")

    def _call(self, node: ast.expr, service: str, method: str) -> None:
        if is_operation(method, service):
            self._unit.calls.add(Call(service, method))
        else:
            self._error(node, f"`{method}` is not an operation of {service}, so its calls are unknown")

    def _classes_of(self, node: ast.expr) -> list[TypeInfo | None]:
        expression = self._module.expression(node)
        return list(classes_of(None if expression is None else self._program.types.get(expression)))

    def _services(self, node: ast.expr) -> list[str]:
        services = (service_of(info) for info in self._classes_of(node) if info is not None)
        return [service for service in services if service is not None]

    def _is_in_program(self, callee: ast.expr) -> bool:
        expression = self._module.expression(callee)
        if isinstance(expression, RefExpr) and self._program.has(expression.fullname):
            return True
        owners = self._classes_of(callee.value) if isinstance(callee, ast.Attribute) else []
        return bool(owners) and all(owner is not None and owner in self._classes for owner in owners)

    def _error(self, at: ast.AST | RefExpr, message: str) -> None:
        line = at.line if isinstance(at, RefExpr) else getattr(at, "lineno", 0)
        self._found.errors.append(f"{self._module.path}:{line}: {message}")
