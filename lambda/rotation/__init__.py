"""Secrets Manager's rotation: of a database's master, of replication users, and of the keys that sign tokens."""
