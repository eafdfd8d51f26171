"""Entry of the payment pipeline behind the load balancer: parses payments, has them scored, and has them booked."""
