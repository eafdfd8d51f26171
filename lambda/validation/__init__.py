"""Proving that two databases hold the same rows, while both are in use and without showing one of them."""
