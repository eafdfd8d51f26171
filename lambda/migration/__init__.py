"""Shared code of the migration functions: REPLICATIONS, DMS tasks, tables, row readers and checkpoints."""
