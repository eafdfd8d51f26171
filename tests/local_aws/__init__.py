"""A local AWS for the engine tests: moto's server, and what the Terraform provider needs beyond it.

Each module mends one service. A fix proves that the emitted documents drive the real provider,
not that AWS behaves so.
"""
