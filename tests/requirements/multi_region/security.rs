use paymig::aws::{
    Cloudtrail, CloudwatchLogGroup, IamRolePolicy, KmsKey, LambdaFunction, LambdaPermission,
    SecretsmanagerSecret, SecretsmanagerSecretVersion,
};
use paymig::terraform::tree::Argument as A;

use crate::asked;
use crate::mutation::{dropped, redirected, removed, weakened, weakened_in, widened_in};
use crate::queries::{monitoring, roles, secrets};
use crate::row::{Row, query};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "002-SEC-1",
            "Roles may do what is named, to what is named.",
        )
        .holds(query!(
            roles::roles_may_do_what_is_named,
            [
                widened_in(A::<IamRolePolicy>::policy(), "Action"),
                widened_in(A::<IamRolePolicy>::policy(), "Resource"),
                weakened_in(A::<IamRolePolicy>::policy(), "Statement"),
            ]
        ))
        .holds(query!(
            roles::every_role_may_do_something,
            [
                removed::<IamRolePolicy>(),
                weakened(A::<IamRolePolicy>::policy()),
            ]
        )),
        Row::new(
            "002-SEC-2",
            "Each service, ECS, Lambda and the others, has a role of its own.",
        )
        .holds(asked::roles::roles_are_for_one_service())
        .holds(query!(
            roles::functions_share_no_role,
            [redirected(
                A::<LambdaFunction>::role(),
                "database/payments/rotation/role/role"
            )
            .within("runbook")]
        ))
        .see("002-CMP-7"),
        Row::new(
            "002-SEC-3",
            "Everything is encrypted with keys of the system, which rotate and say who may use them.",
        )
        .holds(asked::keys::keys_rotate())
        .holds(asked::keys::keys_name_who_may_use_them())
        .see("002-DB-3")
        .see("002-BKT-3")
        .see("002-CMP-1")
        .see("002-MON-5"),
        Row::new(
            "002-SEC-4",
            "Data is encrypted on its way, at every step of it.",
        )
        .see("002-DB-4")
        .see("002-DB-8")
        .see("002-BKT-3")
        .see("002-TRF-4")
        .see("002-CMP-2"),
        Row::new(
            "002-SEC-5",
            "Credentials are in Secrets Manager, encrypted, and rotate by themselves.",
        )
        .holds(query!(
            secrets::secrets_are_encrypted,
            [
                dropped(A::<SecretsmanagerSecret>::kms_key_id()),
                removed::<KmsKey>().within("key/secrets"),
                removed::<SecretsmanagerSecretVersion>(),
            ]
        ))
        .holds(asked::secrets::secrets_are_rotated())
        .holds(asked::secrets::sources_are_reached_by_what_rotates_their_users())
        .holds(query!(
            secrets::rotations_are_permitted,
            [
                removed::<LambdaPermission>(),
                weakened(A::<LambdaPermission>::principal()),
            ]
        )),
        Row::new(
            "002-SEC-6",
            "Who called which API, and who touched which object, is recorded and cannot be changed unseen.",
        )
        .holds(query!(
            monitoring::calls_are_audited,
            [
                removed::<Cloudtrail>(),
                weakened(A::<Cloudtrail>::is_multi_region_trail()),
                weakened(A::<Cloudtrail>::enable_log_file_validation()),
                dropped(A::<Cloudtrail>::kms_key_id()),
                weakened(A::<Cloudtrail>::s3_bucket_name()),
                weakened_in(A::<Cloudtrail>::event_selector(), "values"),
                removed::<CloudwatchLogGroup>().within("audit"),
            ]
        )),
        Row::new(
            "002-SEC-7",
            "PCI DSS holds in every phase: segments, encryption, least privilege, a trail, logs for a year.",
        )
        .see("002-NET-5")
        .see("002-SEC-1")
        .see("002-SEC-3")
        .see("002-SEC-6")
        .see("002-MON-5"),
    ]
}
