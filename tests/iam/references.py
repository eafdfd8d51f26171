"""What each piece of code refers to, and which calls of AWS it holds.

A piece is a function with all that is defined inside of it, or what a module runs when it is imported. To name a
function counts as to call it: who passes it on has it called.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from mypy.nodes import MemberExpr, RefExpr, SuperExpr, TypeInfo

from iam.classes import Classes, classes_of
from iam.clients import ABSENT, BY_NAME, Call, is_aside, is_operation, named, service_of
from iam.program import Module, Program


@dataclass
class Piece:
    """One piece of code."""

    refers_to: set[str] = field(default_factory=set)
    calls: set[Call] = field(default_factory=set)


@dataclass
class References:
    """The pieces by full name, and what cannot be told of the program."""

    pieces: dict[str, Piece] = field(default_factory=lambda: defaultdict(Piece))
    faults: list[str] = field(default_factory=list)


def references(program: Program) -> References:
    """Look through a program."""
    found, classes = References(), Classes(program)
    for module in program.modules.values():
        found.pieces[module.name].refers_to |= module.imports
        _Reader(program, classes, module, found).visit(module.code)
    return found


class _Reader(ast.NodeVisitor):
    """Reads one module."""

    def __init__(self, program: Program, classes: Classes, module: Module, found: References) -> None:
        self._program = program
        self._classes = classes
        self._module = module
        self._found = found
        self._piece = found.pieces[module.name]
        self._around = module.name  # or the class that is read
        self._inside = False  # of a function
        self._dropped = False  # by mypy, some of what is read

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """A piece of its own, but for what its definition works out. Annotations never run."""
        self._visit(node.decorator_list, dropped=True)
        self._visit(default for default in (*node.args.defaults, *node.args.kw_defaults) if default)
        if self._inside:
            self._visit(node.body)
            return
        outside, self._inside = self._piece, True
        self._piece = self._found.pieces[f"{self._around}.{node.name}"]
        self._piece.refers_to.add(self._module.name)
        self._visit(node.body)
        self._piece, self._inside = outside, False

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        """No program has any."""
        self._fault(node, "asynchronous functions are not looked through")

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Its body runs with the module; its methods are pieces, unless a function around them is one."""
        self._visit([*node.decorator_list, *node.bases], dropped=True)
        around, self._around = self._around, f"{self._around}.{node.name}"
        self._visit(node.body)
        self._around = around

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Annotations never run."""
        self._visit(part for part in (node.target, node.value) if part)

    def visit_Name(self, node: ast.Name) -> None:
        """What is referred to."""
        match self._module.expression(node):
            case RefExpr() as made:
                self._refer(made)
            case _ if not self._dropped:
                self._fault(node, f"mypy knows no `{node.id}` here")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """What is referred to, whatever class the value turns out to be of."""
        self.visit(node.value)
        match self._module.expression(node):
            case SuperExpr(info=TypeInfo() as info):
                self._piece.refers_to.update(f"{base.fullname}.{node.attr}" for base in info.mro[1:])
            case MemberExpr() as made:
                self._refer(made)
                self._member(node)
            case _ if not self._dropped:
                self._fault(node, f"mypy knows no `{node.attr}` here")

    def visit_Call(self, node: ast.Call) -> None:
        """A reference as any, but for what is told by a text, and what is done with clients."""
        given = (*node.args, *(keyword.value for keyword in node.keywords))
        self._visit(given)
        match node:
            case ast.Call(func=ast.Attribute(attr=by, value=value)) if by in BY_NAME and self._services(value):
                self.visit(value)
                for service in self._services(value):
                    self._by_name(node, service, by)
                return
        self._visit([node.func], dropped=self._dropped)
        made = self._module.expression(node.func)
        if isinstance(made, RefExpr) and made.fullname == "boto3.client":
            if not self._services(node):
                self._fault(node, "the type of this client is unknown: tests/python/test.in lacks its stubs")
        elif any(map(self._services, given)) and not self._is_ours(node.func):
            self._fault(node, "a client is given to what is not looked through")

    def _visit(self, nodes: Iterable[ast.AST], *, dropped: bool = False) -> None:
        before, self._dropped = self._dropped, dropped
        for node in nodes:
            self.visit(node)
        self._dropped = before

    def _refer(self, made: RefExpr) -> None:
        if not made.fullname:
            return
        self._piece.refers_to.add(made.fullname)
        if isinstance(made.node, TypeInfo):
            self._piece.refers_to.update(self._classes.run_unnamed(made.node))
        elif self._program.has(made.fullname):
            # What a module keeps in a variable is named where the module sets it.
            self._piece.refers_to.add(made.fullname.rpartition(".")[0])
        if made.fullname.startswith(("boto3.", "botocore.session.")) and made.fullname != "boto3.client":
            self._fault(made, f"only clients are looked at, not `{made.fullname}`")

    def _member(self, node: ast.Attribute) -> None:
        for info in self._classes_of(node.value):
            if info is None:
                if is_operation(node.attr):
                    self._fault(node, f"`{node.attr}` of a value of unknown type may call AWS: give it its type")
                continue
            self._piece.refers_to.update(self._classes.members(info, node.attr))
            service = service_of(info)
            if service is not None and not is_aside(node.attr):
                self._call(node, service, node.attr)
        match node.value:
            case ast.Attribute(attr="exceptions", value=client) if f"exceptions.{node.attr}" == ABSENT:
                self._piece.calls.update(Call(service, ABSENT) for service in self._services(client))

    def _by_name(self, node: ast.Call, service: str, by: str) -> None:
        match node.args:
            case [ast.Constant(value=str(text)), *_]:
                self._call(node, service, named(service, by, text))
            case _:
                self._fault(node, f"`{by}` of what is not written there")

    def _call(self, node: ast.expr, service: str, method: str) -> None:
        if is_operation(method, service):
            self._piece.calls.add(Call(service, method))
        else:
            self._fault(node, f"`{method}` is no operation of {service}: who knows what it calls?")

    def _classes_of(self, node: ast.expr) -> list[TypeInfo | None]:
        made = self._module.expression(node)
        return list(classes_of(None if made is None else self._program.types.get(made)))

    def _services(self, node: ast.expr) -> list[str]:
        services = (service_of(info) for info in self._classes_of(node) if info is not None)
        return [service for service in services if service is not None]

    def _is_ours(self, callee: ast.expr) -> bool:
        made = self._module.expression(callee)
        if isinstance(made, RefExpr) and self._program.has(made.fullname):
            return True
        owners = self._classes_of(callee.value) if isinstance(callee, ast.Attribute) else []
        return bool(owners) and all(owner is not None and owner in self._classes for owner in owners)

    def _fault(self, at: ast.AST | RefExpr, what: str) -> None:
        line = at.line if isinstance(at, RefExpr) else getattr(at, "lineno", 0)
        self._found.faults.append(f"{self._module.path}:{line}: {what}")
