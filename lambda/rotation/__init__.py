"""Secret rotation: database masters, replication users, and the keys that sign tokens."""
