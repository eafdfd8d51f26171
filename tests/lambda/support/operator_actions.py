"""What a person does, as the documents say: docs/workflow.md, "What an operator does"."""

from common import clients
from cutover import handler
from support.environment import Environment
from support.waiting import wait_until


def lift_hold(environment: Environment) -> None:
    """Let traffic move again, now that somebody knows why it was held."""
    name = f"{environment.variables['PARAMETERS']}/traffic/hold"
    clients.ssm().put_parameter(Name=name, Value="none", Overwrite=True)


def start_reverse(environment: Environment, question: str) -> str:
    """Approve; where the migration ended before the source followed the target, let it follow first."""
    if "the reverse task" in question:
        handler.handle({"operation": "start_reverse_replication", "execution": "by hand"}, None)
        wait_until(lambda: environment.reverse_task.status == "running")
    return "approve"
