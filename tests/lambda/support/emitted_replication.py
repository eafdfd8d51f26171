"""The replication that a stack file emits, as its snapshot records it: settings of endpoints and tasks."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_SNAPSHOTS = Path(__file__).parents[2] / "snapshots"


class EmittedReplication:
    """The resources of one replication, for the parameters of the DMS API."""

    def __init__(self, environment: str) -> None:
        """Read the snapshot of `<stack>/<environment>`."""
        self._resources = _resources(environment)

    def endpoint(self, token: str) -> dict[str, Any]:
        """Return the engine, the type and the settings of an endpoint."""
        resource = self._find("aws_dms_endpoint", f"endpoint_{token}_")
        settings = resource.get("postgres_settings")
        attributes = resource.get("extra_connection_attributes")
        return {
            "EndpointType": resource["endpoint_type"],
            "EngineName": resource["engine_name"],
            **(
                {"PostgreSQLSettings": {_api_name(name): value for name, value in settings.items()}} if settings else {}
            ),
            **({"ExtraConnectionAttributes": attributes} if attributes else {}),
        }

    def task(self, kind: str) -> dict[str, Any]:
        """Return the migration type, the settings and the mappings of a task."""
        resource = self._find("aws_dms_replication_task", f"task_{kind}_")
        return {
            "MigrationType": resource["migration_type"],
            "ReplicationTaskSettings": resource["replication_task_settings"],
            "TableMappings": resource["table_mappings"],
        }

    def _find(self, kind: str, part: str) -> Mapping[str, Any]:
        (found,) = (
            value for address, value in self._resources.items() if address.startswith(f"{kind}.") and part in address
        )
        return found


@cache
def _resources(environment: str) -> Mapping[str, Mapping[str, Any]]:
    text = (_SNAPSHOTS / environment / "replication-payments.snap").read_text()
    resources: Mapping[str, Mapping[str, Any]] = json.loads(text.split("---\n", 2)[2])
    return resources


def _api_name(name: str) -> str:
    """Return the name in the API of an argument of the provider."""
    return "".join(part.capitalize() for part in name.split("_"))
