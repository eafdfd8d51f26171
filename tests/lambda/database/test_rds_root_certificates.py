"""Root certificates of RDS in `lambda/database/ca`: each file has the three of its region."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

FOLDER = Path(__file__).parents[3] / "lambda" / "database" / "ca"
KEYS = {"ECC384", "RSA2048", "RSA4096"}


def common_name(certificate: x509.Certificate) -> str:
    """Return the common name, which contains region and key type: `Amazon RDS us-east-1 Root CA RSA2048 G1`."""
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.pem")), ids=lambda path: path.stem)
def test_file_has_the_self_signed_roots_of_its_region_valid_beyond_2060(path: Path) -> None:
    roots = x509.load_pem_x509_certificates(path.read_bytes())
    assert {common_name(root) for root in roots} == {f"Amazon RDS {path.stem} Root CA {key} G1" for key in KEYS}
    for root in roots:
        root.verify_directly_issued_by(root)
        assert root.not_valid_after_utc.year > 2060
