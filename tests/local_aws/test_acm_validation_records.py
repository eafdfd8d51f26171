"""Certificates for one domain in one account share one validation record."""

from typing import Any

from local_aws.conftest import Client


def validation_record(acm: Any, domain: str) -> Any:
    certificate = acm.request_certificate(DomainName=domain, ValidationMethod="DNS")["CertificateArn"]
    described = acm.describe_certificate(CertificateArn=certificate)["Certificate"]
    return described["DomainValidationOptions"][0]["ResourceRecord"]


def test_certificates_for_one_domain_have_the_same_validation_record(client: Client) -> None:
    first = validation_record(client("acm"), "payments.example.com")
    assert validation_record(client("acm"), "payments.example.com") == first
    assert validation_record(client("acm", "us-east-2"), "payments.example.com") == first


def test_certificates_for_two_domains_have_different_validation_records(client: Client) -> None:
    acm = client("acm")
    assert validation_record(acm, "payments.example.com") != validation_record(acm, "api.example.com")
