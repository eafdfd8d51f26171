"""The Lambda function that performs the DNS failback."""
