//! Encryption keys.

use paymig::aws;

use crate::framework::case::{Case, Known, Verdict};
use crate::framework::policy::statements;

/// PCI DSS 3.7.4: key material has a limited lifetime.
pub(crate) fn keys_rotate(case: Case<'_>) -> Verdict {
    case.every::<aws::KmsKey>()
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
