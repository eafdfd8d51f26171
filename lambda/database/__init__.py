"""Database access: logins from Secrets Manager, verified TLS, and sessions on PostgreSQL and MySQL."""
