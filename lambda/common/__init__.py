"""What the migration's programs share: settings, logs, secrets, parameters, checkpoints, PostgreSQL.

Each module is one subject; none keeps state beyond cached clients. A program is its own package plus
this one in one zip, and imports nothing but the standard library, boto3 and pg8000.
"""
