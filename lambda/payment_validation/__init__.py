"""Takes payments behind the load balancer: checks them, has fraud detection judge them, and has them booked."""
