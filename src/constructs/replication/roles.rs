//! The two roles that DMS demands by name: asserted, never found.

use crate::aws::data;
use crate::terraform::tree::{Declared, Handle, Managed, Scope};

/// The roles of DMS in the account, looked up.
#[derive(Clone, Copy, Debug)]
pub struct DmsRoles {
    vpc: Handle<data::IamRoles>,
    logs: Handle<data::IamRoles>,
}

impl DmsRoles {
    /// Looks both up. A list is empty where a role is missing, so that the plan can say what to do.
    pub fn new(root: &mut Scope<'_>) -> Self {
        let mut scope = root.child("account");
        let mut named = |name: &'static str| {
            let roles = data::IamRoles::new().name_regex(format!("^{name}$"));
            scope.add(name, roles)
        };
        Self {
            vpc: named("dms-vpc-role"),
            logs: named("dms-cloudwatch-logs-role"),
        }
    }

    /// `element`, which no plan makes without both roles.
    pub(super) fn assert<K: Managed>(self, element: Declared<K>) -> Declared<K> {
        element
            .precondition(self.vpc.names().length().at_least(1_u8), MISSING_VPC)
            .precondition(self.logs.names().length().at_least(1_u8), MISSING_LOGS)
    }
}

const MISSING_VPC: &str = "the account has no role dms-vpc-role, without which DMS makes no network interface: apply `paymig synth --env bootstrap` with `account.dms_roles = \"create\"` first";
const MISSING_LOGS: &str = "the account has no role dms-cloudwatch-logs-role, without which DMS writes no logs: apply `paymig synth --env bootstrap` with `account.dms_roles = \"create\"` first";
