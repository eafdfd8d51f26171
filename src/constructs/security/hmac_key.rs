//! HMAC KMS keys: their key material never leaves KMS, so neither a state nor a secret holds it.

use crate::aws;
use crate::constructs::core::{Context, Policy, Principal, Statement};
use crate::constructs::security::kms_key::{THIS_KEY, administration, deletion_window_days};
use crate::terraform::tree::{Handle, Scope, Value};

/// A KMS key that computes HMACs for one role.
#[derive(Clone, Copy, Debug)]
pub struct HmacKey {
    key: Handle<aws::KmsKey>,
}

/// Configuration of an [`HmacKey`].
#[derive(Debug)]
pub struct HmacKeyProps<'a> {
    /// The key in physical names: `row-hash`.
    pub name_key: &'a str,
    /// The description in the console.
    pub description: &'static str,
    /// The name of the only role that may compute HMACs. The role may be added later, and removed.
    pub role_name: String,
}

/// The only algorithm of the key spec `HMAC_256`.
const ALGORITHM: &str = "HMAC_SHA_256";

impl HmacKey {
    /// Adds a key and its alias.
    ///
    /// KMS does not rotate HMAC keys (KMS developer guide, "Rotate AWS KMS keys"), and another key would change every
    /// hash.
    pub fn new(scope: &mut Scope<'_>, context: &Context<'_>, props: HmacKeyProps<'_>) -> Self {
        let HmacKeyProps {
            name_key,
            description,
            role_name,
        } = props;
        let key = aws::KmsKey::new()
            .description(description)
            .key_usage("GENERATE_VERIFY_MAC")
            .customer_master_key_spec("HMAC_256")
            .deletion_window_in_days(deletion_window_days(context.protection))
            .policy(policy(context, &role_name).to_json());
        let key = scope.add("key", context.protect(key));
        let alias = aws::KmsAlias::new(key.key_id());
        scope.add(
            "alias",
            alias.name(format!("alias/{}", context.names.of(name_key))),
        );
        Self { key }
    }

    /// The key ARN.
    pub fn arn(&self) -> Value<String> {
        self.key.arn()
    }

    /// The permission to compute HMACs, for the policy of the key's role.
    pub fn permission(&self) -> Statement {
        Statement::allow(["kms:GenerateMac"], [self.key.arn()])
            .sid("GenerateMac")
            .condition("StringEquals", "kms:MacAlgorithm", ALGORITHM)
    }
}

/// The role is in a condition: KMS rejects a principal that does not exist, and the key outlives the role.
fn policy(context: &Context<'_>, role_name: &str) -> Policy {
    let role = context.account.arn("iam", "", format!("role/{role_name}"));
    let others = Statement::deny(["kms:GenerateMac", "kms:VerifyMac"], [THIS_KEY.into()])
        .sid("OtherPrincipals")
        .principal(Principal::Anyone)
        .condition("StringNotEquals", "aws:PrincipalArn", role);
    Policy::new([administration(context.account), others])
}
