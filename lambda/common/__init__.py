"""Shared code of all functions: settings, errors, logs, AWS clients, parameters, clock and cache.

The other shared packages are `database`, `migration` and `payments`. A deployment package contains the
package of its function and the shared modules that it imports. Beyond the standard library these need boto3, pg8000
and PyMySQL only.
"""
