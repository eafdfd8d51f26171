//! Shared evidence about roles.

use paymig::aws::{IamRole, IamRolePolicy, IamRolePolicyAttachment, LambdaFunction};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{
    redirected, removed, replaced, weakened, weakened_in, widened_in,
};
use crate::framework::requirement::{Query, query};
use crate::queries::roles;

pub(crate) fn every_role_has_a_policy() -> Query {
    query!(
        roles::every_role_has_a_policy,
        [
            removed::<IamRolePolicy>(),
            removed::<IamRolePolicyAttachment>(),
            weakened(A::<IamRolePolicy>::policy()),
        ]
    )
}

pub(crate) fn functions_share_no_role() -> Query {
    query!(
        roles::functions_share_no_role,
        [redirected(
            A::<LambdaFunction>::role(),
            "database/payments/rotation/role/role"
        )
        .within("function/payments"),]
    )
}

pub(crate) fn roles_have_no_broad_managed_policy() -> Query {
    query!(
        roles::roles_have_no_broad_managed_policy,
        [
            replaced(
                A::<IamRolePolicyAttachment>::policy_arn(),
                "arn:aws:iam::aws:policy/AdministratorAccess"
            ),
            replaced(
                A::<IamRolePolicyAttachment>::policy_arn(),
                "arn:aws:iam::aws:policy/PowerUserAccess"
            ),
        ]
    )
}

pub(crate) fn roles_are_for_one_service() -> Query {
    query!(
        roles::roles_are_for_one_service,
        [
            widened_in(A::<IamRole>::assume_role_policy(), "Service"),
            weakened(A::<IamRole>::assume_role_policy()),
        ]
    )
}

pub(crate) fn role_policies_name_actions_and_resources() -> Query {
    query!(
        roles::role_policies_name_actions_and_resources,
        [
            widened_in(A::<IamRolePolicy>::policy(), "Action"),
            widened_in(A::<IamRolePolicy>::policy(), "Resource"),
            weakened_in(A::<IamRolePolicy>::policy(), "Statement"),
            removed::<IamRole>().within("audit"),
        ]
    )
}
