"""A cluster for the tests of RDS."""

from typing import Any


def create_cluster(rds: Any, **settings: str) -> None:
    """Create the cluster `payments` with these settings, and its instance `payments-1`."""
    rds.create_db_cluster(
        DBClusterIdentifier="payments",
        Engine="aurora-postgresql",
        MasterUsername="administrator",
        MasterUserPassword="a-long-password",
        **settings,
    )
    rds.create_db_instance(
        DBInstanceIdentifier="payments-1",
        DBClusterIdentifier="payments",
        Engine="aurora-postgresql",
        DBInstanceClass="db.r6g.large",
    )
