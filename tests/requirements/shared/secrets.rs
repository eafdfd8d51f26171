//! Shared evidence about secrets.

use paymig::aws::{
    KmsKey, LambdaPermission, SecretsmanagerSecret, SecretsmanagerSecretRotation,
    SecretsmanagerSecretVersion, VpcSecurityGroupEgressRule,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Query, query};
use crate::queries::secrets;

pub(crate) fn rotations_are_permitted() -> Query {
    query!(
        secrets::rotations_are_permitted,
        [
            removed::<LambdaPermission>().within("database/payments/rotation"),
            weakened(A::<LambdaPermission>::principal()).within("database/payments/rotation"),
            dropped(A::<LambdaPermission>::source_account()).within("database/payments/rotation"),
        ]
    )
}

pub(crate) fn secrets_are_encrypted() -> Query {
    query!(
        secrets::secrets_are_encrypted,
        [
            dropped(A::<SecretsmanagerSecret>::kms_key_id()),
            weakened(A::<SecretsmanagerSecret>::kms_key_id()),
            removed::<KmsKey>().within("key/secrets"),
            removed::<SecretsmanagerSecretVersion>(),
        ]
    )
}

pub(crate) fn rotations_reach_source_databases() -> Query {
    const RULE: &str = "database/payments/rotation/egress/payments-source";
    query!(
        secrets::rotations_reach_source_databases,
        MIGRATING,
        [
            removed::<VpcSecurityGroupEgressRule>().within(RULE),
            weakened(A::<VpcSecurityGroupEgressRule>::to_port()).within(RULE),
        ]
    )
}

pub(crate) fn secrets_are_rotated() -> Query {
    query!(
        secrets::secrets_are_rotated,
        [
            removed::<SecretsmanagerSecretRotation>(),
            weakened_in(
                A::<SecretsmanagerSecretRotation>::rotation_rules(),
                "automatically_after_days"
            ),
            dropped(A::<SecretsmanagerSecretRotation>::rotation_lambda_arn()),
        ]
    )
}
