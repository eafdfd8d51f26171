"""Says how much a payment looks like fraud, and why."""
