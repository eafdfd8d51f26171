"""The data plane of the local DMS: replication tasks that move rows between real servers.

A task does what the API was given: its endpoints, its task settings and its table mappings. `task_engine` runs it,
from a source (`postgresql_source`, `mysql_source`) to a target (`postgresql_target`, `mysql_target`). Nothing here
depends on moto, except `endpoints`, which reads the stored endpoint and its secret.
"""
