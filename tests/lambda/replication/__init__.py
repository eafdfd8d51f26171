"""Tests of the data plane of the local DMS, on servers of both engines."""
