"""Books payments: once in the table, once in the database, once in the audit bucket, however often it is asked."""
