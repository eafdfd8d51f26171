"""Garbage collection of all Python tests."""

import gc

# The service models of AWS are millions of objects that stay in use. With the default thresholds, collections of them
# take a tenth of the processor time of the tests.
gc.set_threshold(50_000, 20, 100)
