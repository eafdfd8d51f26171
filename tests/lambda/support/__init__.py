"""Helpers of the tests of `lambda`: database servers, a local AWS, load generators, fault injection."""
