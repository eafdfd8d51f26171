"""A local AWS for tests: moto's server, patched where it differs from AWS.

Each module patches one subject: the Terraform provider needs what moto lacks, or AWS rejects or defers what moto
accepts. A patch of the first kind shows that the synthesized configuration works with the real provider; it does not
show that AWS behaves this way. A patch of the second kind has a test that shows the rejection.
"""
