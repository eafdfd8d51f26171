"""Booking of payments: once in the table, the database and the audit bucket, for any number of requests."""
