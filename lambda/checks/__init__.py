"""The custom resource by which an apply runs the checks before and after a migration."""
