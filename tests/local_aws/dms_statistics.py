"""DMS table statistics: pages, and no rows for a while after a start."""

import json
from typing import Any

from moto.dms.exceptions import ResourceNotFoundFault, ValidationError
from moto.dms.responses import DatabaseMigrationServiceResponse

from local_aws.dms_data_plane.data_plane import resource_id
from local_aws.dms_data_plane.faults import Faults
from local_aws.dms_faults import faults_of
from local_aws.patching import add_action

_DEFAULT_PAGE, _SMALLEST_PAGE, _LARGEST_PAGE = 100, 20, 500


@add_action(DatabaseMigrationServiceResponse, "describe_table_statistics")
def describe_table_statistics(self: Any) -> str:
    """DescribeTableStatistics: empty until a started task has been asked once (cockroachdb/cockroach#170667)."""
    arn, size = self._get_param("ReplicationTaskArn"), self._get_int_param("MaxRecords", _DEFAULT_PAGE)
    task = self.dms_backend.replication_tasks.get(arn)
    if task is None:
        raise ResourceNotFoundFault("Replication task could not be found.")
    if not _SMALLEST_PAGE <= size <= _LARGEST_PAGE:
        raise ValidationError(f"MaxRecords is {size}, allowed: {_SMALLEST_PAGE} to {_LARGEST_PAGE}")
    tables = _rows(task, faults_of(self.dms_backend))
    start = int(self._get_param("Marker") or 0)
    response = {"ReplicationTaskArn": arn, "TableStatistics": tables[start : start + size]}
    if start + size < len(tables):
        response["Marker"] = str(start + size)
    return json.dumps(response)


def _rows(task: Any, faults: Faults) -> list[dict[str, Any]]:
    """Return the rows of a task, with the fields that a test replaces."""
    run = task.run
    if run.status in ("ready", "starting"):
        return []
    run.described_statistics += 1
    if run.described_statistics <= faults.empty_statistics:
        return []
    replaced = faults.table_statistics.get(resource_id(task), {})
    return [{**statistics.to_dict(), **replaced} for statistics in list(run.tables.values())]
