"""Runs the committed state machine definitions in moto's interpreter, with the real functions in this process.

The functions run in this process, so that DMS tasks replicate between the databases. Waits are shortened and each
traffic step has two alarm checks; everything else is as committed.
"""

import importlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from common import clients
from support.environment import Environment
from support.fault_injection import Killed, killed_at, killed_before
from support.login_monitor import LoginMonitor
from support.payment_load import LoadGenerator
from support.waiting import wait_until

_TESTS = Path(__file__).parents[2]
_STATES = "arn:aws:states:us-east-1:123456789012"
_TIMEOUT = 300.0  # seconds; on an idle machine a migration takes ten
_POLLING_INTERVAL = 0.2  # seconds; a poll takes processor time of the functions, which run in the same process


@dataclass
class Functions:
    """The Lambda functions, by their names in the definitions, with hooks for fault injection."""

    before: dict[str, Callable[[], object]] = field(default_factory=dict)
    """Callbacks that run once, before the next call of an operation."""
    kill_at: dict[str, str] = field(default_factory=dict)
    """Kills the next call of an operation at the first side effect with this name (`killed_at`)."""
    kill_before: Callable[[str], int | None] = lambda _: None
    """Returns the number of the side effect before which a call is killed; the response counts as the last one."""
    operations: list[str] = field(default_factory=list)
    """All called operations, in order."""
    kills: list[str] = field(default_factory=list)
    """All kills: the operation and the side effect."""

    def run(self, name: str, event: Mapping[str, Any]) -> Any:
        """Run the function with this name from a definition and return its response."""
        function = name.removesuffix(":1").rsplit(":", 1)[-1]
        operation = event["operation"]
        self.operations.append(operation)
        self.before.pop(operation, lambda: None)()
        try:
            with self._kill_as_planned(operation):
                return importlib.import_module(f"{function}.handler").handle(event, None)
        except Killed as kill:
            self.kills.append(f"{operation} before {kill}")
            raise

    @contextmanager
    def _kill_as_planned(self, operation: str) -> Iterator[None]:
        effect, number = self.kill_at.pop(operation, None), self.kill_before(operation)
        if effect is not None:
            with killed_at(effect):
                yield
            raise AssertionError(f"{operation} has no side effect {effect}")
        elif number is not None:
            with killed_before(number) as effects:
                yield
            if len(effects) + 1 == number:
                raise Killed("the response")
        else:
            yield


@dataclass(frozen=True)
class ExecutionResult:
    """The final status of an execution."""

    status: str
    error: str
    cause: str


@dataclass
class StateMachines:
    """The migration and rollback state machines of one environment that is under load, with a login monitor."""

    environment: Environment
    functions: Functions
    load_generator: LoadGenerator
    login_monitor: LoginMonitor
    operator: Callable[[str], str | None] = lambda _: "approve"
    """Acts on the text of an approval request and returns the decision; None leaves the request open."""

    def create(self, approval_timeout_seconds: int = 86_400) -> None:
        """Create the state machines and the rule that starts the rollback of a failed migration."""
        for name in ("rollback", "migration"):
            definition = _shortened(name, self.environment.variables["CHECKPOINT_BUCKET"], approval_timeout_seconds)
            clients.stepfunctions().create_state_machine(
                name=name, definition=json.dumps(definition), roleArn="arn:aws:iam::123456789012:role/machine"
            )
        _create_rollback_rule()

    def abort(self, name: str) -> None:
        """Stop a migration execution; a function that is running at this time continues."""
        clients.stepfunctions().stop_execution(executionArn=f"{_STATES}:execution:migration:{name}")

    def migrate(self, name: str = "run") -> ExecutionResult:
        """Run a migration; return its result once it and the rollbacks that it started have ended."""
        return self._run("migration", name)

    def start(self, name: str) -> None:
        """Start a migration without a wait for its end."""
        _start("migration", name, {})

    def result(self, name: str) -> ExecutionResult:
        """Return the final status of a migration."""
        return _result(f"{_STATES}:execution:migration:{name}")

    def roll_back(self, name: str) -> ExecutionResult:
        """Run the rollback as an operator does; return its result."""
        return self._run("rollback", name, {"reason": "a test"})

    def stop(self) -> None:
        """Stop all running executions, so that a failed test leaves none behind."""
        for execution in _running():
            clients.stepfunctions().stop_execution(executionArn=execution)
        with suppress(TimeoutError):
            wait_until(lambda: not _running())

    def _run(self, machine: str, name: str, arguments: Mapping[str, str] | None = None) -> ExecutionResult:
        arn = _start(machine, name, arguments or {})
        wait_until(self._is_settled, _TIMEOUT, _POLLING_INTERVAL)
        return _result(arn)

    def _is_settled(self) -> bool:
        """Return whether no execution runs and each unsuccessful migration has had its rollback."""
        self._decide_open_requests()
        return not _running() and _rollbacks_by_event() == _unsuccessful()

    def _decide_open_requests(self) -> None:
        for request, text in _open_requests():
            decision = self.operator(text)
            if decision is not None:
                event = {"operation": "submit_decision", "request": request, "decision": decision, "approver": "Ada"}
                importlib.import_module("approval.handler").handle(event, None)


def weights(environment: Environment) -> list[int]:
    """Return the target group weights of the listener rule: old side, new side."""
    rule = clients.elbv2().describe_rules(RuleArns=[environment.variables["LISTENER_RULE"]])["Rules"][0]
    return [group["Weight"] for group in rule["Actions"][0]["ForwardConfig"]["TargetGroups"]]


def assert_one_writer(machines: StateMachines, writer: str) -> None:
    """Assert that `writer` alone accepts writes, has all traffic and holds every acknowledged payment."""
    environment, load_generator = machines.environment, machines.load_generator
    wait_until(lambda: load_generator.writers[-1:] == [writer])
    load_generator.stop()
    sides = {"source": environment.source, "target": environment.target}
    assert environment.parameter("writer") == writer
    assert [name for name, side in sides.items() if environment.can_log_in(side)] == [writer]
    assert machines.login_monitor.both_allowed == []
    assert load_generator.inconsistencies(sides[writer]) == []
    assert environment.parameter("traffic/weight") == {"source": "0", "target": "100"}[writer]
    assert weights(environment) == {"source": [100, 0], "target": [0, 100]}[writer]


def assert_back_on_the_source(machines: StateMachines, hold: str) -> None:
    """Assert the state from before the migration, with a traffic hold and a notification."""
    environment = machines.environment
    assert_one_writer(machines, "source")
    assert environment.parameter("traffic/hold") == hold
    assert "record_rollback" in machines.functions.operations


def _executions(machine: str) -> list[Mapping[str, Any]]:
    pages = clients.stepfunctions().get_paginator("list_executions")
    found = pages.paginate(stateMachineArn=f"{_STATES}:stateMachine:{machine}")
    return [execution for page in found for execution in page["executions"]]


def _start(machine: str, name: str, arguments: Mapping[str, str]) -> str:
    return clients.stepfunctions().start_execution(
        stateMachineArn=f"{_STATES}:stateMachine:{machine}", name=name, input=json.dumps(arguments)
    )["executionArn"]


def _result(arn: str) -> ExecutionResult:
    found = clients.stepfunctions().describe_execution(executionArn=arn)
    return ExecutionResult(found["status"], found.get("error", ""), found.get("cause", ""))


def _running() -> list[str]:
    executions = [*_executions("migration"), *_executions("rollback")]
    return [execution["executionArn"] for execution in executions if execution["status"] == "RUNNING"]


def _unsuccessful() -> int:
    return sum(execution["status"] not in ("RUNNING", "SUCCEEDED") for execution in _executions("migration"))


def _rollbacks_by_event() -> int:
    return sum(execution["name"].startswith("event-") for execution in _executions("rollback"))


def _open_requests() -> list[tuple[str, str]]:
    bucket, prefix = os.environ["CHECKPOINT_BUCKET"], f"approvals/{os.environ['MIGRATION_NAME']}/"
    listed = clients.s3().list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    kept = {each["Key"].removesuffix(".json") for each in listed}
    undecided = [key for key in kept if not key.endswith(".decision") and f"{key}.decision" not in kept]
    records = {key: json.load(clients.s3().get_object(Bucket=bucket, Key=f"{key}.json")["Body"]) for key in undecided}
    return [(Path(key).name, record["question"]) for key, record in records.items() if record["published"]]


def _create_rollback_rule() -> None:
    """Create the EventBridge rule of the committed stack with its input transformer."""
    snapshot = _json(_TESTS / "snapshots/orchestrated/migration/workflow-migration.snap")
    transformer = next(each["input_transformer"] for each in snapshot.values() if "input_transformer" in each)
    pattern = {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "stateMachineArn": [f"{_STATES}:stateMachine:migration"],
            "status": ["FAILED", "TIMED_OUT", "ABORTED"],
        },
    }
    events = boto3.client("events", region_name=os.environ["AWS_DEFAULT_REGION"])
    events.put_rule(Name="rollback", EventPattern=json.dumps(pattern))
    input_transformer = {"InputPathsMap": transformer["input_paths"], "InputTemplate": transformer["input_template"]}
    target = {"Id": "rollback", "Arn": f"{_STATES}:stateMachine:rollback", "InputTransformer": input_transformer}
    events.put_targets(Rule="rollback", Targets=[target])


def _shortened(name: str, bucket: str, approval_timeout_seconds: int) -> Any:
    """Return a definition with short waits, two alarm checks a traffic step and the bucket of the environment."""
    definition = _json(_TESTS / f"state_machines/snapshots/state_machines__definitions__{name}.snap")
    for state, part in definition["States"].items():
        if part["Type"] == "Wait":
            part["Seconds"] = 0 if state.startswith("Check alarms ") else 1
        for retry in part.get("Retry", []):
            retry["IntervalSeconds"] = 1
        if name == "migration" and state == "Request approval":
            part["TimeoutSeconds"] = approval_timeout_seconds
    for choice in _choices_after_alarm_checks(definition):
        choice["NumericGreaterThanEquals"] = 2
    if name == "migration":
        definition["States"]["Compare chunks"]["ResultWriter"]["Parameters"]["Bucket"] = bucket
    return definition


def _choices_after_alarm_checks(definition: Any) -> Iterator[Any]:
    for state, part in definition["States"].items():
        if state.startswith("Check alarms ") and part["Type"] == "Choice":
            yield from (choice for choice in part["Choices"] if choice["Variable"] == "$.checks.count")


def _json(snapshot: Path) -> Any:
    return json.loads(snapshot.read_text().split("---\n", 2)[2])
