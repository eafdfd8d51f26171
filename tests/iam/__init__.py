"""Compares the IAM policies of the Lambda functions with the AWS calls in their code."""
