"""Actions of an operator during a migration, as `docs/workflow.md` describes them."""

from common import clients
from cutover import handler
from support.cutover_driver import CutoverDriver
from support.environment import Environment
from support.waiting import wait_until


def lift_hold(environment: Environment) -> None:
    """Lift the hold, so that traffic can shift again."""
    name = f"{environment.variables['PARAMETER_PREFIX']}/traffic/hold"
    clients.ssm().put_parameter(Name=name, Value="none", Overwrite=True)


def approve_rollback(environment: Environment, request: str) -> str:
    """Approve the rollback; start reverse replication first if the request names it as missing."""
    if "the reverse task" in request:
        handler.handle({"operation": "start_reverse_replication", "execution": "by hand"}, None)
        wait_until(lambda: environment.reverse_task.status == "running")
    return "approve"


def set_writer(driver: CutoverDriver, writer: str) -> None:
    """Set the writer by hand, as after a step that died before it did."""
    name = f"{driver.variables['PARAMETER_PREFIX']}/writer"
    clients.ssm().put_parameter(Name=name, Value=writer, Overwrite=True)
