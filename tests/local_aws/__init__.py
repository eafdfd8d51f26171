"""A local AWS for tests: moto's server, patched where the Terraform provider needs more.

Each module patches one service. A patch shows that the synthesized configuration works with the real provider;
it does not show that AWS behaves this way.
"""
