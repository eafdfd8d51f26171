"""The steps that move a payment database and its traffic, and the steps that bring both back."""
