//! Database replication by DMS: full load and change data capture, in both directions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ControlTotal, Credentials, Database, ExistingSecret, ExistingVpc, Network, Ref, section,
};
use crate::newtypes::{DomainName, Gibibytes, Key, Port, ReplicationClass, TablePattern};

/// Replication of one source database into one cluster of the stack.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replication {
    /// The source database.
    pub source: ReplicationSource,
    /// The target cluster.
    pub target: Ref<Database>,
    /// The network of its instance. It uses the tier `replication`, or else `private`.
    pub network: Ref<Network>,
    /// The class of its instance.
    pub class: ReplicationClass,
    /// The instance's storage in GiB: log files, and changes cached while the full load runs.
    pub storage: Gibibytes,
    /// Whether the replication instance has a standby in another Availability Zone. Default: true.
    #[serde(default = "Replication::enabled")]
    pub multi_az: bool,
    /// Tables as `schema.table`, with the wildcard `%`, such as `public.%`.
    pub tables: Vec<TablePattern>,
    /// Tables of payments, whose sums by day and currency must be equal behind the fence. Default: none.
    #[serde(default)]
    pub control_totals: Vec<ControlTotal>,
    /// Whether changes are replicated back to the source after the cutover, so that a rollback loses no payments.
    /// Default: true.
    #[serde(default = "Replication::enabled")]
    pub reverse_replication: bool,
    /// Owner of the task starts: `workflow` or `runbook`. Default: `workflow`.
    #[serde(default)]
    pub managed_by: ReplicationManagedBy,
    /// Credentials of the replication user on the target. Default: a secret of the stack, rotated every 30 days.
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
    /// Its host name, which its certificate contains.
    pub host: DomainName,
    /// Its port. Default: the engine's.
    pub port: Option<Port>,
    /// The name of its database.
    pub database: String,
    /// Its major version, such as `"14"`, which the premigration check compares.
    pub version: Option<String>,
    /// Its size in GiB.
    pub size: Option<Gibibytes>,
    /// Credentials of the replication user. Default: a secret of the stack, whose password an operator writes before `initialize`.
    #[serde(default)]
    pub credentials: Credentials,
    /// An existing secret of the application user, required if `credentials` are existing. Default: a secret of the stack.
    pub application_secret: Option<Ref<ExistingSecret>>,
    /// Its security group in an existing VPC. It receives rules for the replication instance and payment code in phase
    /// `migration`. Default: the owner of the source adds the rules.
    pub security_group: Option<ExistingGroup>,
    /// The security group of the old system's clients in an existing VPC. They can connect to the target in phase
    /// `migration`, so the cutover may precede the last request.
    pub client_security_group: Option<ExistingGroup>,
    /// The certificate of its authority in PEM format. Without it the source's TLS certificate is not verified.
    pub ca_pem: Option<String>,
}

/// A security group of an existing VPC.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingGroup {
    /// The VPC.
    pub vpc: Ref<ExistingVpc>,
    /// Its name in `security_groups` of the VPC.
    pub name: Key,
}

/// Owner of the task starts.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum ReplicationManagedBy {
    /// The stack's workflow.
    #[default]
    Workflow,
    /// An operator, who follows the runbook.
    Runbook,
}
