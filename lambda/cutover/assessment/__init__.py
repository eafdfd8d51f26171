"""The premigration assessment: everything that two databases show before a migration, with the remedy of each finding.

It needs the databases only, so that it can run before an AWS account exists: `python3 -m cutover.assessment`.
"""
