//! The two IAM roles that DMS requires by name.

use crate::aws::data;
use crate::terraform::tree::{Declared, Handle, Managed, Scope};

/// The roles of DMS in the account, looked up.
#[derive(Clone, Copy, Debug)]
pub struct DmsRoles {
    vpc: Handle<data::IamRoles>,
    logs: Handle<data::IamRoles>,
}

impl DmsRoles {
    /// Looks up both roles. The result is an empty list if a role is missing, so that a precondition can
    /// explain what to do.
    pub fn new(root: &mut Scope<'_>) -> Self {
        let mut scope = root.child("account");
        let mut look_up = |name: &'static str| {
            let roles = data::IamRoles::new().name_regex(format!("^{name}$"));
            scope.add(name, roles)
        };
        Self {
            vpc: look_up("dms-vpc-role"),
            logs: look_up("dms-cloudwatch-logs-role"),
        }
    }

    /// Adds preconditions that fail the plan if a role is missing.
    pub(super) fn with_role_preconditions<K: Managed>(self, element: Declared<K>) -> Declared<K> {
        element
            .precondition(self.vpc.names().length().at_least(1_u8), MISSING_VPC_ROLE)
            .precondition(self.logs.names().length().at_least(1_u8), MISSING_LOGS_ROLE)
    }
}

const MISSING_VPC_ROLE: &str = "the account has no role `dms-vpc-role`; DMS needs it to create network interfaces: apply `paymig synth --env bootstrap` with `account.dms_roles = \"create\"` first";
const MISSING_LOGS_ROLE: &str = "the account has no role `dms-cloudwatch-logs-role`; DMS needs it to write logs: apply `paymig synth --env bootstrap` with `account.dms_roles = \"create\"` first";
