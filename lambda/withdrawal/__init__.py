"""Taking the new side out of DNS by itself, while that loses nothing."""
