"""Validation: proves that two databases contain the same rows while both are in use, without revealing a row."""
