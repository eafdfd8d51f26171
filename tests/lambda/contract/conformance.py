"""How the source of the functions deviates from a contract: one check a kind of entry."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from common.errors import InvalidSettings
from common.settings import Variables
from contract.errors import defined_errors
from contract.interface import Interface, interface_of, packages
from contract.operations import Operation
from contract.program import read
from migration.replication import replications

ROOT = Path(__file__).parents[3]

Contract = Mapping[str, Any]
"""`lambda/contract.toml`, read."""


def check_functions(contract: Contract) -> Iterator[str]:
    """Compare the packages that are functions with the functions of the contract."""
    yield from _difference("functions", set(_INTERFACES), set(contract["functions"]))


def check_variables(contract: Contract) -> Iterator[str]:
    """Compare the environment variables that each function reads, and all that are defined."""
    read_by_any = {variable.name for interface in _INTERFACES.values() for variable in interface.variables}
    yield from _difference("variables", read_by_any, set(contract["variables"]))
    for package, function, interface in _functions(contract):
        names = {variable.name for variable in interface.variables}
        listed = {*function["required"], *function["optional"]}
        yield from _difference(f"variables of {package}", names, listed)
        for name in {variable.name for variable in interface.variables if variable.is_required}:
            if name not in function["required"]:
                yield f"{package} requires {name}, which is optional in the contract"


def check_types(contract: Contract) -> Iterator[str]:
    """Compare how variables are parsed with their types."""
    for package, _, interface in _functions(contract):
        for variable in interface.variables:
            entry = contract["variables"].get(variable.name)
            if entry is None:
                yield f"{variable.name} of {package} has no type in the contract"
            elif variable.type != _PARSED_TYPES.get(entry["type"], "string"):
                yield f"{package} parses {variable.name} as {variable.type}; its type is {entry['type']}"
            elif variable.is_prefix != entry.get("prefix", False):
                yield f"{package} reads {variable.name} as a prefix: {variable.is_prefix}"


def check_operations(contract: Contract) -> Iterator[str]:
    """Compare the operations of each function."""
    for package, function, interface in _functions(contract):
        names = {operation.name for operation in interface.operations}
        yield from _difference(f"operations of {package}", names, set(_operations(function)))


def check_arguments(contract: Contract) -> Iterator[str]:
    """Compare the arguments that each operation reads."""
    for package, function, interface in _functions(contract):
        common = set(function.get("common_arguments", {}))
        for operation in interface.operations:
            listed = set(_operations(function).get(operation.name, {}).get("arguments", {}))
            yield from _difference(f"arguments of {package} {operation.name}", {*operation.arguments} - common, listed)
        read_by_any = {name for operation in interface.operations for name in operation.arguments}
        if "operations" in function:
            for name in set(interface.shared_arguments) - common:
                yield f"every operation of {package} reads {name}; the contract lacks it"
        for name in common - read_by_any - set(interface.shared_arguments):
            yield f"no operation of {package} reads {name}, an argument of all"


def check_answers(contract: Contract) -> Iterator[str]:
    """Compare the members of the answers."""
    for package, function, interface in _functions(contract):
        for operation in interface.operations:
            listed = set(_operations(function).get(operation.name, {}).get("answer", {}))
            yield from _difference(f"answer of {package} {operation.name}", set(_answer(operation)), listed)


def check_replications(contract: Contract) -> Iterator[str]:
    """Compare the fields of an entry of REPLICATIONS that are read, and those without which it is refused."""
    fields = contract["replication"]
    required = set(fields["required"])
    entry = {name: _REPLICATION.get(name, name) for name in (*required, *fields["optional"], *fields["tests_only"])}
    whole = _RecordedEntry(_REPLICATION | entry)
    # The engine of a side hides the engine of both.
    same_engine = _RecordedEntry(_without(whole, "source_engine"))
    replications(_ParsedVariables(whole))
    replications(_ParsedVariables(same_engine))
    yield from _difference("fields of REPLICATIONS", whole.read | same_engine.read, set(entry))
    for name in entry:
        if name in required and _accepts(_without(entry, name)):
            yield f"an entry of REPLICATIONS without {name} is accepted; the contract requires {name}"
        if name not in required and not _accepts(_without(_REPLICATION, name)):
            yield f"an entry of REPLICATIONS without {name} is refused; {name} is optional in the contract"


def check_errors(contract: Contract) -> Iterator[str]:
    """Compare the errors that the functions define."""
    listed = {name for name, error in contract["errors"].items() if "raised_by" not in error}
    defined = {error.name for error in defined_errors(_PROGRAM) if "MigrationError" in error.bases}
    yield from _difference("errors", defined, listed)


def check_log_events(contract: Contract) -> Iterator[str]:
    """Compare the log events, each with the functions that write it."""
    listed = {f"{package} {name}" for name, event in contract["events"].items() for package in event["functions"]}
    written = {f"{package} {event.name}" for package, interface in _INTERFACES.items() for event in interface.events}
    yield from _difference("log events", written, listed)


def check_metrics(contract: Contract) -> Iterator[str]:
    """Compare the metrics that functions write, each with its dimensions."""
    written = {
        f"{metric.name} {metric.dimensions}" for interface in _INTERFACES.values() for metric in interface.metrics
    }
    listed = {
        f"{name} {tuple(metric['dimensions'])}"
        for name, metric in contract["metrics"].items()
        if "written_by" not in metric
    }
    yield from _difference("metrics", written, listed)


def check_parameters(contract: Contract) -> Iterator[str]:
    """Compare the SSM parameters that functions read and write."""
    used = {path for interface in _INTERFACES.values() for path in interface.parameters}
    yield from _difference("parameters", used, set(contract["parameters"]))


def check_objects(contract: Contract) -> Iterator[str]:
    """Compare the prefixes of the S3 objects."""
    used = {prefix for interface in _INTERFACES.values() for prefix in interface.s3_prefixes}
    yield from _difference("objects", used, set(contract["objects"]))


CHECKS: tuple[Callable[[Contract], Iterator[str]], ...] = (
    check_functions,
    check_variables,
    check_types,
    check_operations,
    check_arguments,
    check_answers,
    check_replications,
    check_errors,
    check_log_events,
    check_metrics,
    check_parameters,
    check_objects,
)


def deviations(contract: Contract) -> list[str]:
    """Return what every check finds."""
    return [deviation for check in CHECKS for deviation in check(contract)]


_PROGRAM = read(ROOT / "lambda")
_INTERFACES = {package: interface_of(_PROGRAM, package) for package in packages(_PROGRAM)}

_PARSED_TYPES = {"integer": "integer", "json": "json", "list": "string-list"}
"""The parsed types of the contract; all others are kinds of text."""

_ADDRESS = {"host": "db.example.com", "port": 5432, "dbname": "payments"}

_REPLICATION: dict[str, Any] = {
    "application_role": "payment_app",
    "control_schema": "public",
    "engine": "postgres",
    "forward_slot": "paymig_payments_fwd",
    "forward_task": "arn:forward",
    "load_task": "arn:load",
    "name": "payments",
    "reverse_slot": "paymig_payments_rev",
    "reverse_task": "arn:reverse",
    "source_address": _ADDRESS,
    "source_application_secret": "arn:source-application",
    "source_engine": "postgres",
    "source_master_secret": "arn:source-master",
    "source_secret": "arn:source",
    "source_version": "14",
    "tables": ["public.%"],
    "control_totals": [["public.payment", "amount", "currency", "created_at"]],
    "target_address": _ADDRESS,
    "target_application_secret": "arn:target-application",
    "target_engine": "postgres",
    "target_master_secret": "arn:target-master",
    "target_secret": "arn:target",
}
"""An entry of REPLICATIONS that is valid."""


class _RecordedEntry(dict[str, Any]):
    """A JSON object that records which members are read."""

    def __init__(self, members: Mapping[str, Any]) -> None:
        super().__init__(members)
        self.read: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.read.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        return super().__getitem__(key)


class _ParsedVariables(Variables):
    """Environment variables of which REPLICATIONS is parsed already."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        super().__init__({})
        self._entry = entry

    def json(self, name: str) -> Any:
        assert name == "REPLICATIONS"
        return [self._entry]


def _accepts(entry: Mapping[str, Any]) -> bool:
    try:
        replications(_ParsedVariables(dict(entry)))
    except InvalidSettings:
        return False
    return True


def _without(entry: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != name}


def _functions(contract: Contract) -> Iterator[tuple[str, Mapping[str, Any], Interface]]:
    for package, function in contract["functions"].items():
        if package in _INTERFACES:
            yield package, function, _INTERFACES[package]


def _operations(function: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**function.get("operations", {}), **function.get("actions", {})}


def _answer(operation: Operation) -> frozenset[str]:
    """Return the members of the answer; none if the source computes them."""
    return operation.answer or frozenset()


def _difference(kind: str, source: set[str], contract: set[str]) -> Iterator[str]:
    for name in sorted(source - contract):
        yield f"{kind}: the source has {name}, the contract lacks it"
    for name in sorted(contract - source):
        yield f"{kind}: the contract has {name}, the source lacks it"
