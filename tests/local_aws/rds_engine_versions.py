"""RDS: DescribeDBEngineVersions for the Aurora engines."""

from dataclasses import dataclass
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.responses import RDSResponse

from local_aws.patching import add_action


@dataclass(frozen=True)
class EngineVersion:
    """An engine version with its parameter group family and log types."""

    engine: str
    version: str
    family: str
    logs: tuple[str, ...]
    default: bool = False

    @property
    def major(self) -> str:
        """The major version: `16` of `16.6`, `8.0` of `8.0.mysql_aurora.3.08.0`."""
        return self.version.split(".mysql_aurora")[0].split(".")[0] + (".0" if self.engine == "aurora-mysql" else "")


_POSTGRESQL = ("postgresql", "iam-db-auth-error", "instance")
_MYSQL = ("audit", "error", "general", "slowquery", "instance")

# In ascending order: the last match is the newest version.
VERSIONS = (
    *(
        EngineVersion("aurora-postgresql", version, f"aurora-postgresql{major}", _POSTGRESQL, default)
        for major, version, default in (
            ("14", "14.13", False),
            ("14", "14.15", False),
            ("15", "15.8", False),
            ("15", "15.10", False),
            ("16", "16.4", True),
            ("16", "16.6", False),
            ("17", "17.4", False),
        )
    ),
    *(
        EngineVersion("aurora-mysql", f"8.0.mysql_aurora.{version}", "aurora-mysql8.0", _MYSQL, default)
        for version, default in (("3.08.0", True), ("3.08.1", False), ("3.09.0", False))
    ),
)


def _matches(entry: EngineVersion, engine: str | None, version: str | None) -> bool:
    exact = version is None or entry.version == version or entry.version.startswith(f"{version}.")
    return (engine is None or entry.engine == engine) and exact


def _description(entry: EngineVersion) -> dict[str, Any]:
    newer = [
        {
            "Engine": other.engine,
            "EngineVersion": other.version,
            "AutoUpgrade": False,
            "IsMajorVersionUpgrade": other.major != entry.major,
            "SupportsGlobalDatabases": True,
        }
        for other in VERSIONS
        if other.engine == entry.engine and VERSIONS.index(other) > VERSIONS.index(entry)
    ]
    return {
        "Engine": entry.engine,
        "EngineVersion": entry.version,
        "MajorEngineVersion": entry.major,
        "DBParameterGroupFamily": entry.family,
        "DBEngineDescription": "Aurora",
        "DBEngineVersionDescription": f"{entry.engine} {entry.version}",
        "ExportableLogTypes": list(entry.logs),
        "SupportsLogExportsToCloudwatchLogs": True,
        "SupportsReadReplica": False,
        "SupportsGlobalDatabases": True,
        "SupportsParallelQuery": False,
        "SupportedEngineModes": ["provisioned"],
        "SupportedFeatureNames": [],
        "Status": "available",
        "ValidUpgradeTarget": newer,
    }


@add_action(RDSResponse, "describe_db_engine_versions")
def describe_db_engine_versions(self: Any) -> ActionResult:
    """DescribeDBEngineVersions: filters `VERSIONS` by engine, version, family and default."""
    engine, version = self.params.get("Engine"), self.params.get("EngineVersion")
    family = self.params.get("DBParameterGroupFamily")
    found = [entry for entry in VERSIONS if _matches(entry, engine, version) and family in (None, entry.family)]
    if self.params.get("DefaultOnly"):
        found = [entry for entry in found if entry.default] or found[-1:]
    return ActionResult({"DBEngineVersions": [_description(entry) for entry in found]})
