"""`python -m rehearsal --authority FOLDER --report FILE`: rehearse the deployment in a local AWS.

The deployment is in phase `migration`. `AWS_ENDPOINT_URL` is the local AWS; FOLDER has the certificate authority of the
datacenter, `ca.pem` and `ca.key`. The report is written as FILE.md and FILE.json.
"""

import argparse
from pathlib import Path

from rehearsal.run import rehearse


def main() -> None:
    """Parse the command line, and run."""
    parser = argparse.ArgumentParser(prog="rehearsal", description=__doc__)
    parser.add_argument("--authority", type=Path, required=True)
    parser.add_argument("--report", type=Path, required=True)
    arguments = parser.parse_args()
    rehearse(arguments.authority, arguments.report)


if __name__ == "__main__":
    main()
