"""Payment API behind the load balancer: accepts each payment once, into the writer."""
