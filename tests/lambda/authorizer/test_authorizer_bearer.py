"""Validation of bearer tokens."""

import json

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from authorizer.bearer import CLOCK_SKEW_SECONDS, MAX_LIFETIME_SECONDS, Caller, Expected, Reason, Refused, verify
from support.signed_tokens import AUDIENCE, CLAIMS, HEADER, ISSUER, KEY, NOW, base64url, sign, sign_text, without

KEYS = {"k1": KEY, "k0": b"p" * 32}


def rejection_reason(token: str, now: float = NOW) -> Reason:
    with pytest.raises(Refused) as refused:
        verify(token, Expected(ISSUER, AUDIENCE), KEYS.get, now)
    return refused.value.reason


def verified_caller(token: str, now: float = NOW) -> Caller:
    return verify(token, Expected(ISSUER, AUDIENCE), KEYS.get, now)


def test_signed_token_yields_subject_and_scopes() -> None:
    assert verified_caller(sign()) == Caller("shop-17", frozenset({"payments:write", "payments:read"}))


def test_token_signed_with_previous_key_is_accepted() -> None:
    assert verified_caller(sign(header={**HEADER, "kid": "k0"}, key=b"p" * 32)).subject == "shop-17"


def test_audience_in_a_list_is_accepted() -> None:
    assert verified_caller(sign({**CLAIMS, "aud": ["ledger", AUDIENCE]})).subject == "shop-17"


def test_token_signed_by_another_library_is_accepted() -> None:
    token = jwt.encode(dict(HEADER), dict(CLAIMS), OctKey.import_key(KEY))
    assert verified_caller(token) == verified_caller(sign())


@pytest.mark.parametrize("algorithm", ["none", "None", "HS384", "RS256", "hs256", None, ["HS256"]])
def test_other_algorithm_is_rejected(algorithm: object) -> None:
    assert rejection_reason(sign(header={**HEADER, "alg": algorithm})) is Reason.ALGORITHM


def test_unsigned_token_is_rejected() -> None:
    signed = sign().rpartition(".")[0]
    assert rejection_reason(f"{signed}.") is Reason.SIGNATURE


def test_changed_payload_is_rejected() -> None:
    header, _, signature = sign().split(".")
    forged = base64url(json.dumps({**CLAIMS, "sub": "shop-18"}).encode())
    assert rejection_reason(f"{header}.{forged}.{signature}") is Reason.SIGNATURE


def test_key_id_of_another_key_is_rejected() -> None:
    assert rejection_reason(sign(header={**HEADER, "kid": "k0"})) is Reason.SIGNATURE


@pytest.mark.parametrize("kid", ["k2", "", None, 1])
def test_unknown_key_id_is_rejected(kid: object) -> None:
    assert rejection_reason(sign(header={**HEADER, "kid": kid})) is Reason.KEY


def test_non_canonical_signature_encoding_is_rejected() -> None:
    token = sign()
    # 32 bytes are 43 characters of base64url; the last one has two unused bits.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = alphabet[alphabet.index(token[-1]) ^ 1]
    assert rejection_reason(token[:-1] + other) is Reason.FORM


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b",
        "a.b.c.d",
        "..",
        f"{sign()}=",
        f"{sign()}\n",
        f" {sign()}",
        sign().replace(".", "..", 1),
        "é.é.é",
        "A" * 5000,
    ],
)
def test_malformed_token_is_rejected(token: str) -> None:
    assert rejection_reason(token) in {Reason.FORM, Reason.KEY}


def test_signed_token_over_the_maximum_length_is_rejected() -> None:
    assert rejection_reason(sign({**CLAIMS, "note": "x" * 4096})) is Reason.FORM


def test_deeply_nested_header_is_rejected() -> None:
    assert rejection_reason(f"{base64url(b'[' * 3000)}.e30.AA") is Reason.FORM


def test_duplicate_member_is_rejected() -> None:
    header = '{"alg": "HS256", "kid": "k1", "alg": "HS256"}'
    assert rejection_reason(sign_text(header, json.dumps(CLAIMS))) is Reason.FORM


def test_critical_extension_is_rejected() -> None:
    assert rejection_reason(sign(header={**HEADER, "crit": ["exp"]})) is Reason.FORM


def test_claims_other_than_an_object_are_rejected() -> None:
    assert rejection_reason(sign_text(json.dumps(HEADER), "[]")) is Reason.FORM


@pytest.mark.parametrize("issuer", ["https://other.example.com", None, [ISSUER]])
def test_other_issuer_is_rejected(issuer: object) -> None:
    assert rejection_reason(sign({**CLAIMS, "iss": issuer})) is Reason.ISSUER


@pytest.mark.parametrize("audience", ["ledger", [], None, f"{AUDIENCE}s", {AUDIENCE: 1}])
def test_other_audience_is_rejected(audience: object) -> None:
    assert rejection_reason(sign({**CLAIMS, "aud": audience})) is Reason.AUDIENCE


def test_token_without_audience_is_rejected() -> None:
    assert rejection_reason(sign(without(CLAIMS, "aud"))) is Reason.AUDIENCE


@pytest.mark.parametrize("claim", ["iat", "exp"])
def test_token_without_times_is_rejected(claim: str) -> None:
    assert rejection_reason(sign(without(CLAIMS, claim))) is Reason.TIMES


@pytest.mark.parametrize("value", ["1800000600", 1_800_000_600.5, True, None])
def test_non_integer_time_is_rejected(value: object) -> None:
    assert rejection_reason(sign({**CLAIMS, "exp": value})) is Reason.TIMES


def test_expired_token_is_accepted_within_the_clock_skew_only() -> None:
    expires = NOW + 600
    assert verified_caller(sign(), expires + CLOCK_SKEW_SECONDS - 1).subject == "shop-17"
    assert rejection_reason(sign(), expires + CLOCK_SKEW_SECONDS) is Reason.EXPIRED


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_future_token_is_accepted_within_the_clock_skew_only(claim: str) -> None:
    assert verified_caller(sign({**CLAIMS, claim: NOW + CLOCK_SKEW_SECONDS})).subject == "shop-17"
    assert rejection_reason(sign({**CLAIMS, claim: NOW + CLOCK_SKEW_SECONDS + 1})) is Reason.EARLY


def test_token_with_too_long_lifetime_is_rejected() -> None:
    assert verified_caller(sign({**CLAIMS, "exp": NOW - 60 + MAX_LIFETIME_SECONDS})).subject == "shop-17"
    assert rejection_reason(sign({**CLAIMS, "exp": NOW - 60 + MAX_LIFETIME_SECONDS + 1})) is Reason.LIFETIME


def test_token_that_expires_before_it_was_issued_is_rejected() -> None:
    assert rejection_reason(sign({**CLAIMS, "exp": NOW - 60})) is Reason.LIFETIME


@pytest.mark.parametrize("subject", ["", "a b", "*", "x" * 129, "a\n", None, 7])
def test_invalid_subject_is_rejected(subject: object) -> None:
    assert rejection_reason(sign({**CLAIMS, "sub": subject})) is Reason.SUBJECT


def test_token_without_scope_yields_subject_only() -> None:
    assert verified_caller(sign(without(CLAIMS, "scope"))).scopes == frozenset()


def test_non_string_scope_is_rejected() -> None:
    assert rejection_reason(sign({**CLAIMS, "scope": ["payments:write"]})) is Reason.SCOPE


def test_rejection_does_not_contain_the_token() -> None:
    token = sign({**CLAIMS, "sub": "no name"})
    with pytest.raises(Refused) as refused:
        verify(token, Expected(ISSUER, AUDIENCE), KEYS.get, NOW)
    assert str(refused.value) == "subject"
