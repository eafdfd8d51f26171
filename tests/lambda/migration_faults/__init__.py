"""Whole migrations under payments, with faults of the local DMS and without."""
