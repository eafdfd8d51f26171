"""The operations of the DMS API on tasks and endpoints that have a database."""

from contextlib import suppress
from typing import Any

from local_aws.dms_data_plane import endpoints, settings, table_mappings
from local_aws.dms_data_plane.endpoints import EndpointSettings, Engine
from local_aws.dms_data_plane.errors import ConnectionLost, FatalError
from local_aws.dms_data_plane.faults import Faults
from local_aws.dms_data_plane.task_engine import TaskDefinition, TaskEngine, source_of
from local_aws.dms_data_plane.task_run import TaskRun

_DEFAULT_CONTROL_SCHEMAS = {Engine.POSTGRESQL: "public", Engine.MYSQL: "awsdms_control"}


def has_database(backend: Any, task: Any) -> bool:
    """Return whether both endpoints of a stored task name a server."""
    return all(
        endpoints.has_database(_endpoint(backend, arn)) for arn in (task.source_endpoint_arn, task.target_endpoint_arn)
    )


def connection_failure(backend: Any, endpoint: Any, faults: Faults) -> str | None:
    """Log in to the database of a stored endpoint; return the reason of a failure."""
    if not endpoints.has_database(endpoint):
        return None
    try:
        found = endpoints.resolve(backend, endpoint, faults.addresses)
        if found.server in faults.unreachable_servers:
            return f"{found.server}: no route to host"
        source_of(found).log_in()
    except (ConnectionLost, FatalError) as error:
        return str(error)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def start(backend: Any, task: Any, faults: Faults, start_type: str, position: str | None) -> TaskEngine | None:
    """Run a stored task in a thread; it fails at once if it uses what is not implemented."""
    run: TaskRun = task.run
    try:
        definition = definition_of(backend, task, faults)
    except ValueError as error:
        run.fail(str(error))
        return None
    engine = TaskEngine(definition, run, faults, start_type, position)
    engine.start()
    return engine


def drop_own_slot(backend: Any, task: Any, faults: Faults) -> None:
    """Drop the slot that a stored task created. Without a connection to the source it remains there."""
    run: TaskRun = task.run
    if run.own_slot is None:
        return
    with suppress(ConnectionLost, FatalError):
        source = source_of(endpoints.resolve(backend, _endpoint(backend, task.source_endpoint_arn), faults.addresses))
        source.connect()
        source.drop_slot(run.own_slot)
        source.close()


def definition_of(backend: Any, task: Any, faults: Faults) -> TaskDefinition:
    """Return what the API was given about a stored task; raise `ValueError` for what is not implemented."""
    source, target = (_endpoint(backend, arn) for arn in (task.source_endpoint_arn, task.target_endpoint_arn))

    def resolve(endpoint: Any) -> EndpointSettings:
        return endpoints.resolve(backend, endpoint, faults.addresses)

    schema = _DEFAULT_CONTROL_SCHEMAS[endpoints.engine_of(target) or Engine.POSTGRESQL]
    return TaskDefinition(
        resource_id=resource_id(task),
        migration_type=task.migration_type,
        source=lambda: resolve(source),
        target=lambda: resolve(target),
        slot=endpoints.slot_of(source),
        settings=settings.parse(task.replication_task_settings, schema),
        selection=table_mappings.parse(task.table_mappings),
    )


def resource_id(task: Any) -> str:
    """Return the end of the ARN, which names the task in metrics and control tables."""
    return str(task.arn).rsplit(":", 1)[-1]


def _endpoint(backend: Any, arn: str) -> Any:
    return next(each for each in backend.endpoints.values() if each.endpoint_arn == arn)
