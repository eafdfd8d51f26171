"""The whole interface of a function, as its source defines it."""

from dataclasses import dataclass

from contract.errors import Error, created_errors
from contract.log_events import Event, Metric, events, metrics
from contract.operations import Operation, operations, shared_arguments
from contract.paths import parameter_paths, s3_keys, s3_prefixes
from contract.program import Program
from contract.variables import Variable, variables


@dataclass(frozen=True)
class Interface:
    """What a function reads, accepts, reports and writes."""

    variables: tuple[Variable, ...]
    operations: tuple[Operation, ...]
    shared_arguments: tuple[str, ...]
    errors: tuple[Error, ...]
    events: tuple[Event, ...]
    metrics: tuple[Metric, ...]
    parameters: tuple[str, ...]
    s3_keys: tuple[str, ...]
    s3_prefixes: tuple[str, ...]


def packages(program: Program) -> tuple[str, ...]:
    """Return the packages that are functions: those with a `handler.handle`."""
    suffix = ".handler.handle"
    return tuple(sorted(name.removesuffix(suffix) for name in program.units if name.endswith(suffix)))


def interface_of(program: Program, package: str) -> Interface:
    """Return the interface of the function whose package has this name."""
    units = program.reachable(f"{package}.handler.handle")
    own = tuple(unit for unit in units if unit.module.split(".")[0] == package)
    return Interface(
        variables=variables(program, units),
        operations=operations(program, own),
        shared_arguments=shared_arguments(program, own),
        errors=created_errors(program, units),
        events=events(program, units),
        metrics=metrics(program, units),
        parameters=parameter_paths(program, units),
        s3_keys=s3_keys(program, units),
        s3_prefixes=s3_prefixes(program, units),
    )
