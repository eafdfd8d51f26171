"""The payment API behind the load balancer: takes payments once, into the database that takes writes."""
