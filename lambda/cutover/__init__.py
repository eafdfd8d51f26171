"""Cutover and rollback: the steps that move the writer role and the traffic of a payment database."""
