"""Fraud detection: scores payments, with reasons."""
