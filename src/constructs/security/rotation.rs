//! Rotation of secrets by a Lambda function (PCI DSS 8.3.9, 8.6.3).

use crate::aws;
use crate::aws::lambda_permission::LambdaPermissionArgs;
use crate::aws::secretsmanager_secret_rotation::RotationRules;
use crate::constructs::core::{Context, Statement};
use crate::constructs::security::kms_key::KmsKey;
use crate::constructs::security::secret::SecretReplica;
use crate::newtypes::RotationDays;
use crate::terraform::tree::{ConstructId, NodeId, Scope, Value};

/// A secret that is rotated.
#[derive(Clone, Debug)]
pub struct RotatedSecret {
    /// Path component of the rotation: `master`.
    pub id: ConstructId,
    /// ARN of the secret, populated.
    pub secret_arn: Value<String>,
    /// Rotation interval.
    pub interval: RotationDays,
}

/// The Lambda function that rotates secrets.
#[derive(Clone, Debug)]
pub struct RotationFunction {
    /// Function name.
    pub name: Value<String>,
    /// Function ARN.
    pub arn: Value<String>,
}

/// Permissions of the function that rotates `secrets`, encrypted with `key`.
pub fn statements(secrets: &[RotatedSecret], key: KmsKey) -> [Statement; 3] {
    let arns = secrets.iter().map(|secret| secret.secret_arn.clone());
    [
        Statement::allow(
            [
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
                "secretsmanager:PutSecretValue",
                "secretsmanager:UpdateSecretVersionStage",
            ],
            arns,
        )
        .sid("RotateSecrets"),
        // The action has no resource.
        Statement::allow(["secretsmanager:GetRandomPassword"], ["*".into()])
            .sid("GeneratePasswords"),
        Statement::allow(["kms:Decrypt", "kms:GenerateDataKey"], [key.arn()]).sid("SecretsKey"),
    ]
}

/// Permissions on the keys of replicas, to which Secrets Manager copies a rotated value. The principal that
/// replicates a secret needs them (user guide, "Replicate secrets across Regions"); AWS does not document which one needs
/// them later.
pub fn replica_statements(replicas: &[SecretReplica]) -> impl Iterator<Item = Statement> {
    replicas.iter().map(|SecretReplica { region, key }| {
        let via = format!("secretsmanager.{region}.amazonaws.com");
        Statement::allow(["kms:Encrypt", "kms:GenerateDataKey"], [key.arn()]).condition(
            "StringEquals",
            "kms:ViaService",
            via,
        )
    })
}

/// Schedules the rotation of `secrets` by `function`, after the resources in `after`.
///
/// The first rotation follows the schedule, not the first apply, so an interrupted apply cannot interrupt a
/// rotation.
pub fn enable_rotation(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    function: RotationFunction,
    secrets: Vec<RotatedSecret>,
    after: &[NodeId],
) {
    let permission = scope.add(
        "permission",
        aws::LambdaPermission::new(LambdaPermissionArgs {
            action: "lambda:InvokeFunction".into(),
            function_name: function.name,
            principal: "secretsmanager.amazonaws.com".into(),
        })
        .source_account(context.account.id()),
    );
    for secret in secrets {
        let rules = RotationRules::new().automatically_after_days(secret.interval.get());
        let rotation = aws::SecretsmanagerSecretRotation::new(
            aws::secretsmanager_secret_rotation::SecretsmanagerSecretRotationArgs {
                rotation_rules: rules,
                secret_id: secret.secret_arn,
            },
        )
        .rotation_lambda_arn(function.arn.clone())
        .rotate_immediately(false)
        // Secrets Manager invokes the function when rotation is enabled.
        .depends_on(permission)
        .depends_on_all(after.iter().copied());
        scope.add(secret.id, rotation);
    }
}
