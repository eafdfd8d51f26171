//! Database replication by DMS: full load, then change data capture, and back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Credentials, Database, ExistingSecret, ExistingVpc, Network, Ref, section};
use crate::newtypes::{DomainName, Gibibytes, Key, Port, ReplicationClass, TablePattern};

/// Replication of one source database into one cluster of the stack.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replication {
    /// The database it copies.
    pub source: ReplicationSource,
    /// The cluster it copies to.
    pub target: Ref<Database>,
    /// The network of its instance, in the tier `replication` or else `private`.
    pub network: Ref<Network>,
    /// The class of its instance.
    pub class: ReplicationClass,
    /// The instance's storage in GiB: log files, and changes cached while the full load runs.
    pub storage: Gibibytes,
    /// A second replication instance stands by in another Availability Zone. Default: true.
    #[serde(default = "Replication::enabled")]
    pub multi_az: bool,
    /// What is copied, as `schema.table`; `%` stands for anything.
    pub tables: Vec<TablePattern>,
    /// Changes are replicated from the target to the source after the cutover, so that a rollback loses
    /// nothing. Default: true.
    #[serde(default = "Replication::enabled")]
    pub reverse_replication: bool,
    /// Who starts the tasks. Default: `workflow`.
    #[serde(default)]
    pub managed_by: ReplicationManagedBy,
    /// The target's replication user. Default: an own secret, rotated every 30 days.
    #[serde(default)]
    pub credentials: Credentials,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(Replication, "replication");

impl Replication {
    fn enabled() -> bool {
        true
    }
}

/// A database outside the stack, of the same engine family as the target.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplicationSource {
    /// Its name, which its certificate carries.
    pub host: DomainName,
    /// Its port. Default: the engine's.
    pub port: Option<Port>,
    /// The database in it.
    pub database: String,
    /// The major version it runs, which the checks compare: `"14"`.
    pub version: Option<String>,
    /// Its size in GiB, for the plan of the full load and for costs.
    pub size: Option<Gibibytes>,
    /// The user that replicates. Default: a secret of the stack, which an operator fills before `initialize`.
    #[serde(default)]
    pub credentials: Credentials,
    /// The secret of the user that payment code logs in as before the cutover, where it exists. Default: a secret of the stack, which an operator fills, unless `credentials` exist.
    pub application_secret: Option<Ref<ExistingSecret>>,
    /// The group around it, in a VPC that exists: while both systems run, it lets in the replication
    /// instance and payment code. Default: whoever runs it opens it.
    pub security_group: Option<ExistingGroup>,
    /// The group around the programs of the old system, in a VPC that exists: while both systems run, they
    /// reach the target too, so that the database may be cut over before the last request.
    pub client_security_group: Option<ExistingGroup>,
    /// The certificate authority that signed its certificate, as PEM. Without it TLS is not verified, which `check` reports.
    pub ca_pem: Option<String>,
}

/// A security group of a VPC that exists.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingGroup {
    /// The VPC.
    pub vpc: Ref<ExistingVpc>,
    /// The group, by its name among the VPC's `security_groups`.
    pub name: Key,
}

/// Who starts the tasks; never a phase's attribute change.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum ReplicationManagedBy {
    /// The stack's workflow.
    #[default]
    Workflow,
    /// An operator, by the runbook.
    Runbook,
}
