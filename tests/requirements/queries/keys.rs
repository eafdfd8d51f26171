//! Encryption keys.

use paymig::aws;
use paymig::terraform::tree::{Expr, Term};

use crate::framework::case::{Case, Item, Known, Verdict};
use crate::framework::policy::{statements, text};

const MAC: &str = "GENERATE_VERIFY_MAC";

/// PCI DSS 3.7.4: key material has a limited lifetime. KMS does not rotate HMAC keys, and they encrypt nothing.
pub(crate) fn keys_rotate(case: Case<'_>) -> Verdict {
    case.every::<aws::KmsKey>()
        .that("that encrypts", |key| !key.key_usage().is(MAC))
        .must("rotate every year", |key| {
            key.enable_key_rotation().is(true)
        })
        .verdict()
}

/// PCI DSS 3.6.1: the policy lists the users of a key, and never allows all principals.
pub(crate) fn key_policies_name_their_users(case: Case<'_>) -> Verdict {
    case.every::<aws::KmsKey>()
        .must("name its users", |key| {
            let statements = statements(key.policy());
            let open = statements.iter().any(|statement| {
                // A role of a service may not exist yet: AWS would refuse it as a principal.
                let one = statement.condition("StringEquals", "aws:PrincipalArn");
                statement.allows() && statement.principals().contains(&"*") && one.is_none()
            });
            !statements.is_empty() && !open
        })
        .verdict()
}

/// An HMAC key computes HMACs for one role only.
pub(crate) fn hmac_keys_serve_one_role(case: Case<'_>) -> Verdict {
    case.every::<aws::KmsKey>()
        .that("that computes HMACs", |key| key.key_usage().is(MAC))
        .exactly(1)
        .must("have 256 bits", |key| {
            key.customer_master_key_spec().is("HMAC_256")
        })
        .must("reject every principal but one role", |key| {
            only_role(key).is_some()
        })
        .verdict()
}

/// The name of the only role that an HMAC key serves. A condition names it, since the role may be absent.
pub(super) fn only_role<'t>(key: &Item<'t, aws::KmsKey>) -> Option<&'t str> {
    let statements = statements(key.policy());
    let denial = statements.iter().find(|statement| {
        let actions = statement.actions();
        let both = ["kms:GenerateMac", "kms:VerifyMac"];
        statement.denies()
            && statement.principals().contains(&"*")
            && both.iter().all(|action| actions.contains(action))
    })?;
    let Term::Expr(arn) = denial.condition("StringNotEquals", "aws:PrincipalArn")? else {
        return None;
    };
    let Expr::Template(parts) = arn.as_ref() else {
        return None;
    };
    let (_, role) = text(parts.last()?)?.rsplit_once("role/")?;
    Some(role)
}
