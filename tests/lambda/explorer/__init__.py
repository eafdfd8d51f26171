"""Exploration of schedules: the real operations run against in-memory databases, tasks and AWS services."""
