"""Shared code of the payment functions: HTTP, payments, messages, transactions and the connection to the writer."""
