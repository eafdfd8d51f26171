//! Rotation of secrets (PCI DSS 8.3.9, 8.6.3).

use crate::aws;
use crate::aws::lambda_permission::LambdaPermissionArgs;
use crate::aws::secretsmanager_secret_rotation::RotationRules;
use crate::constructs::compute::function::Function;
use crate::constructs::core::{Context, Statement};
use crate::constructs::security::kms_key::Key;
use crate::newtypes::RotationDays;
use crate::terraform::tree::{ConstructId, NodeId, Scope, Value};

/// A secret to rotate.
#[derive(Clone, Debug)]
pub struct RotatedSecret {
    /// Its part of paths: `master`.
    pub id: ConstructId,
    /// Its ARN, known once it holds a value.
    pub secret: Value<String>,
    /// How often.
    pub days: RotationDays,
}

/// What a function may do that rotates `secrets`, encrypted with `key`.
pub fn statements(secrets: &[RotatedSecret], key: Key) -> [Statement; 3] {
    let arns = secrets.iter().map(|rotating| rotating.secret.clone());
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
        // It draws a password of nothing in particular: there is no resource to name.
        Statement::allow(["secretsmanager:GetRandomPassword"], ["*".into()])
            .sid("GeneratePasswords"),
        Statement::allow(["kms:Decrypt", "kms:GenerateDataKey"], [key.arn()]).sid("SecretsKey"),
    ]
}

/// Lets `function` rotate `secrets`, once everything in `after` is there.
///
/// The first rotation comes with the first schedule, not with the first apply: an apply that is
/// interrupted then leaves no password half changed.
pub fn enable_rotation(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    function: Function,
    secrets: Vec<RotatedSecret>,
    after: &[NodeId],
) {
    let permission = scope.add(
        "permission",
        aws::LambdaPermission::new(LambdaPermissionArgs {
            action: "lambda:InvokeFunction".into(),
            function_name: function.name(),
            principal: "secretsmanager.amazonaws.com".into(),
        })
        .source_account(context.account.id()),
    );
    for rotating in secrets {
        let rules = RotationRules::new().automatically_after_days(rotating.days.get());
        let rotation = aws::SecretsmanagerSecretRotation::new(
            aws::secretsmanager_secret_rotation::SecretsmanagerSecretRotationArgs {
                rotation_rules: rules,
                secret_id: rotating.secret,
            },
        )
        .rotation_lambda_arn(function.arn())
        .rotate_immediately(false)
        // Secrets Manager calls the function when the rotation is set up.
        .depends_on(permission)
        .depends_on_all(after.iter().copied());
        scope.add(rotating.id, rotation);
    }
}
