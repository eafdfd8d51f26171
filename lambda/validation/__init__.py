"""Validation: proves that two databases hold the same rows while both are in use, without revealing a row."""
