"""Extracts the interface of each Lambda function from its source, to compare it with the contract file."""
