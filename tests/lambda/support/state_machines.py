"""The two state machines as they are committed (their snapshots), in moto's interpreter, with the shipped functions.

The functions run in this process, so that they meet the replication service of the tests. Waits are
shortened, and alarms are looked at twice a step; all else stays as committed.
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
_PATIENCE = 300.0  # seconds; on an idle machine a migration takes ten


@dataclass
class Functions:
    """What Lambda would run, by the names that the definitions use."""

    before: dict[str, Callable[[], object]] = field(default_factory=dict)
    """What happens to the environment just before the next call of an operation."""
    killed: dict[str, str] = field(default_factory=dict)
    """The effects before which the next call of an operation is killed."""
    fate: Callable[[str], int | None] = lambda _: None
    """Before which of its effects a call of an operation is killed, if it is; its answer is the last one."""
    done: list[str] = field(default_factory=list)
    """The operations that were called, in order."""
    kills: list[str] = field(default_factory=list)
    """What was killed, and before what."""

    def run(self, name: str, event: Mapping[str, Any]) -> Any:
        """The answer of the function that a definition names."""
        function = name.removesuffix(":1").rsplit(":", 1)[-1]
        operation = event["operation"]
        self.done.append(operation)
        self.before.pop(operation, lambda: None)()
        try:
            with self._doomed(operation):
                return importlib.import_module(f"{function}.handler").handle(event, None)
        except Killed as kill:
            self.kills.append(f"{operation} before {kill}")
            raise

    @contextmanager
    def _doomed(self, operation: str) -> Iterator[None]:
        effect, number = self.killed.pop(operation, None), self.fate(operation)
        if effect is not None:
            with killed_at(effect):
                yield
        elif number is not None:
            with killed_before(number) as made:
                yield
            if len(made) + 1 == number:
                raise Killed("its answer")
        else:
            yield


@dataclass(frozen=True)
class ExecutionResult:
    """How an execution ended."""

    status: str
    error: str
    cause: str


@dataclass
class Machines:
    """Both machines over one environment that takes payments all the time, with its login_monitor watched."""

    environment: Environment
    functions: Functions
    load_generator: LoadGenerator
    login_monitor: LoginMonitor
    operator: Callable[[str], str | None] = lambda _: "approve"
    """Does what a question asks for, and decides; None leaves the question open."""

    def create(self, answer_within: int = 86_400) -> None:
        """Make the machines, and the rule that rolls a failed migration back; `answer_within` is in seconds."""
        for name in ("rollback", "migration"):
            definition = _hastened(name, self.environment.variables["CHECKPOINTS"], answer_within)
            clients.stepfunctions().create_state_machine(
                name=name, definition=json.dumps(definition), roleArn="arn:aws:iam::123456789012:role/machine"
            )
        _connect()

    def abort(self, name: str) -> None:
        """Stop a migration from outside; what its function does at this moment goes on."""
        clients.stepfunctions().stop_execution(executionArn=f"{_STATES}:execution:migration:{name}")

    def migrate(self, name: str = "run") -> ExecutionResult:
        """Start a migration; how it ended, once everything that it led to has ended too."""
        return self._run("migration", name)

    def roll_back(self, name: str) -> ExecutionResult:
        """Start the rollback by hand; how it ended."""
        return self._run("rollback", name)

    def stop(self) -> None:
        """Stop whatever runs still, for a test that went wrong; nobody answers its questions any more."""
        for execution in _running():
            clients.stepfunctions().stop_execution(executionArn=execution)
        with suppress(TimeoutError):
            wait_until(lambda: not _running())

    def _run(self, machine: str, name: str) -> ExecutionResult:
        arn = clients.stepfunctions().start_execution(
            stateMachineArn=f"{_STATES}:stateMachine:{machine}", name=name, input="{}"
        )["executionArn"]
        wait_until(self._is_settled, _PATIENCE)
        found = clients.stepfunctions().describe_execution(executionArn=arn)
        return ExecutionResult(found["status"], found.get("error", ""), found.get("cause", ""))

    def _is_settled(self) -> bool:
        """Whether no machine runs, and the end of each migration that did not succeed had its rollback."""
        self._answer()
        return not _running() and _rollbacks_by_event() == _unsuccessful()

    def _answer(self) -> None:
        for request, question in _open_questions():
            decision = self.operator(question)
            if decision is not None:
                answer = {"operation": "submit_decision", "request": request, "decision": decision, "approver": "Ada"}
                importlib.import_module("approval.handler").handle(answer, None)


def weights(environment: Environment) -> list[int]:
    """How the listener's rule splits traffic: the old side's share, the new side's."""
    rule = clients.elbv2().describe_rules(RuleArns=[environment.variables["LISTENER_RULE"]])["Rules"][0]
    return [group["Weight"] for group in rule["Actions"][0]["ForwardConfig"]["TargetGroups"]]


def assert_one_writer(machines: Machines, writer: str) -> None:
    """`writer` alone takes payments, has all the traffic, and holds every payment as it was confirmed last."""
    environment, load_generator = machines.environment, machines.load_generator
    wait_until(lambda: load_generator.writers[-1:] == [writer])
    load_generator.close()
    sides = {"source": environment.source, "target": environment.target}
    assert environment.parameter("writer") == writer
    assert [name for name, side in sides.items() if environment.can_log_in(side)] == [writer]
    assert machines.login_monitor.both_allowed == []
    assert load_generator.inconsistencies(sides[writer]) == []
    assert environment.parameter("traffic/weight") == {"source": "0", "target": "100"}[writer]
    assert weights(environment) == {"source": [100, 0], "target": [0, 100]}[writer]


def assert_back_on_the_source(machines: Machines, why: str) -> None:
    """As before the migration, but that traffic is held, and that the team knows."""
    environment = machines.environment
    assert_one_writer(machines, "source")
    assert environment.parameter("traffic/hold") == why
    assert "record_rollback" in machines.functions.done


def _executions(machine: str) -> list[Mapping[str, Any]]:
    pages = clients.stepfunctions().get_paginator("list_executions")
    found = pages.paginate(stateMachineArn=f"{_STATES}:stateMachine:{machine}")
    return [execution for page in found for execution in page["executions"]]


def _running() -> list[str]:
    executions = [*_executions("migration"), *_executions("rollback")]
    return [execution["executionArn"] for execution in executions if execution["status"] == "RUNNING"]


def _unsuccessful() -> int:
    return sum(execution["status"] not in ("RUNNING", "SUCCEEDED") for execution in _executions("migration"))


def _rollbacks_by_event() -> int:
    return sum(execution["name"].startswith("event-") for execution in _executions("rollback"))


def _open_questions() -> list[tuple[str, str]]:
    bucket, prefix = os.environ["CHECKPOINTS"], f"approvals/{os.environ['WORKFLOW']}/"
    listed = clients.s3().list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    kept = {each["Key"].removesuffix(".json") for each in listed}
    undecided = [key for key in kept if not key.endswith(".decision") and f"{key}.decision" not in kept]
    records = {key: json.load(clients.s3().get_object(Bucket=bucket, Key=f"{key}.json")["Body"]) for key in undecided}
    return [(Path(key).name, record["question"]) for key, record in records.items() if record["asked"]]


def _connect() -> None:
    """The rule of the committed stack, with what it says to the rollback."""
    snapshot = _json(_TESTS / "snapshots/orchestrated/migration/workflow-migration.snap")
    said = next(each["input_transformer"] for each in snapshot.values() if "input_transformer" in each)
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
    transformer = {"InputPathsMap": said["input_paths"], "InputTemplate": said["input_template"]}
    target = {"Id": "rollback", "Arn": f"{_STATES}:stateMachine:rollback", "InputTransformer": transformer}
    events.put_targets(Rule="rollback", Targets=[target])


def _hastened(name: str, bucket: str, answer_within: int) -> Any:
    """A definition with short waits, two looks at the alarms of each step, and the environment's bucket."""
    definition = _json(_TESTS / f"state_machines/snapshots/state_machines__definitions__{name}.snap")
    for state, part in definition["States"].items():
        if part["Type"] == "Wait":
            part["Seconds"] = 0 if state.startswith("Check alarms ") else 1
        for retry in part.get("Retry", []):
            retry["IntervalSeconds"] = 1
        if name == "migration" and state == "Request approval":
            part["TimeoutSeconds"] = answer_within
    for choice in _choices_of_watches(definition):
        choice["NumericGreaterThanEquals"] = 2
    if name == "migration":
        definition["States"]["Compare chunks"]["ResultWriter"]["Parameters"]["Bucket"] = bucket
    return definition


def _choices_of_watches(definition: Any) -> Iterator[Any]:
    for state, part in definition["States"].items():
        if state.startswith("Check alarms ") and part["Type"] == "Choice":
            yield from (choice for choice in part["Choices"] if choice["Variable"] == "$.checks.count")


def _json(snapshot: Path) -> Any:
    return json.loads(snapshot.read_text().split("---\n", 2)[2])
