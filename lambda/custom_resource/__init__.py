"""Lambda function of the custom resource that validates a migration during `terraform apply`."""
