//! Aurora clusters.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ExistingSecret, Network, Ref, Section};
use crate::newtypes::{BackupDays, DatabaseClass, Key, Phased, RotationDays};

/// An Aurora cluster. The engine cannot change later.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Database {
    /// Aurora PostgreSQL.
    AuroraPostgresql(Aurora),
    /// Aurora MySQL.
    AuroraMysql(Aurora),
}

impl Database {
    /// The cluster, whatever its engine.
    pub fn aurora(&self) -> &Aurora {
        match self {
            Self::AuroraPostgresql(aurora) | Self::AuroraMysql(aurora) => aurora,
        }
    }

    /// The engine.
    pub fn engine(&self) -> Engine {
        match self {
            Self::AuroraPostgresql(_) => Engine::AuroraPostgresql,
            Self::AuroraMysql(_) => Engine::AuroraMysql,
        }
    }
}

impl Section for Database {
    const PATH: &'static str = "database";

    fn formerly(&self) -> Option<&Key> {
        self.aurora().formerly.as_ref()
    }

    fn name_in_aws(&self) -> Option<&Key> {
        self.aurora().name_in_aws.as_ref()
    }
}

/// The engine of a cluster.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// Aurora PostgreSQL.
    AuroraPostgresql,
    /// Aurora MySQL.
    AuroraMysql,
}

impl Engine {
    /// The name in the RDS API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuroraPostgresql => "aurora-postgresql",
            Self::AuroraMysql => "aurora-mysql",
        }
    }

    /// The name of the engine that it is compatible with, as secrets tell it to rotation and drivers
    /// (Secrets Manager user guide, "JSON structure of AWS Secrets Manager secrets").
    pub fn family(self) -> &'static str {
        match self {
            Self::AuroraPostgresql => "postgres",
            Self::AuroraMysql => "mysql",
        }
    }

    /// The default port.
    pub fn port(self) -> u16 {
        match self {
            Self::AuroraPostgresql => 5432,
            Self::AuroraMysql => 3306,
        }
    }
}

/// An Aurora cluster with encryption and TLS only. The target of a replication has logical replication enabled.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Aurora {
    /// Its network. It uses the tier `database`, or else `private`.
    pub network: Ref<Network>,
    /// The major version of the engine, such as `"16"`, or `"8.0"` for MySQL. AWS chooses and upgrades the minor version.
    pub version: String,
    /// The name of its database.
    pub name: String,
    /// The class of its instances. A secondary cluster requires a memory-optimized class or `db.serverless`.
    pub class: Phased<DatabaseClass>,
    /// Aurora capacity units, required by class `db.serverless`.
    pub capacity: Option<Capacity>,
    /// Number of readers in addition to the writer, 0 to 15. They are failover targets. Default: `{ pilot = 0, full = 1 }`.
    #[serde(default = "Aurora::one_reader")]
    pub readers: Phased<u8>,
    /// A secondary cluster in another region (Aurora Global Database). A later change replaces the cluster.
    pub secondary: Option<SecondaryCluster>,
    /// Days of point-in-time recovery, 1 to 35. Default: 35.
    #[serde(default = "Aurora::backup_days")]
    pub backup_days: BackupDays,
    /// Daily backup window in UTC. Default: `03:00-04:00`.
    #[serde(default = "Aurora::backup_window")]
    pub backup_window: String,
    /// Weekly maintenance window in UTC. Default: `sun:05:00-sun:06:00`.
    #[serde(default = "Aurora::maintenance_window")]
    pub maintenance_window: String,
    /// Additional cluster parameters.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// Logs sent to CloudWatch. Default: `postgresql`, or `audit` and `error` for MySQL.
    pub log_exports: Option<BTreeSet<DatabaseLog>>,
    /// Seconds between two samples of enhanced monitoring. Default: 60.
    #[serde(default)]
    pub monitoring: Monitoring,
    /// Performance Insights. Default: `standard`.
    #[serde(default)]
    pub insights: Insights,
    /// Authentication of applications. Default: `iam`, in addition to passwords.
    #[serde(default)]
    pub authentication: Authentication,
    /// Credentials of the master user. Default: a secret of the stack, rotated every 30 days.
    #[serde(default)]
    pub credentials: Credentials,
    /// An existing secret of the application user, required if `credentials` are existing. Default: a secret of the stack.
    pub application_secret: Option<Ref<ExistingSecret>>,
    /// What happens when AWS ends standard support of the version. It cannot be changed later.
    /// Default: `disabled`.
    #[serde(default)]
    pub extended_support: ExtendedSupport,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}

impl Aurora {
    fn one_reader() -> Phased<u8> {
        Phased { pilot: 0, full: 1 }
    }

    fn backup_days() -> BackupDays {
        BackupDays::constant::<35>()
    }

    fn backup_window() -> String {
        "03:00-04:00".to_owned()
    }

    fn maintenance_window() -> String {
        "sun:05:00-sun:06:00".to_owned()
    }
}

/// Capacity of serverless instances, in Aurora capacity units (2 GiB each).
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// The minimum, 0.5 to 256 in steps of 0.5.
    #[schemars(range(min = 0.5, max = 256.0))]
    pub min: f64,
    /// The maximum, 1 to 256 in steps of 0.5.
    #[schemars(range(min = 1.0, max = 256.0))]
    pub max: f64,
}

/// The secondary cluster of a global database.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondaryCluster {
    /// Its network, in another region.
    pub network: Ref<Network>,
    /// The class of its instances. Default: the primary's.
    pub class: Option<Phased<DatabaseClass>>,
    /// Number of its instances, 0 to 16. With 0 it stores data without compute. Default: `{ pilot = 0, full = 1 }`.
    #[serde(default = "Aurora::one_reader")]
    pub readers: Phased<u8>,
}

/// A log that Aurora exports to CloudWatch Logs.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum DatabaseLog {
    /// PostgreSQL's log.
    Postgresql,
    /// MySQL's audit log.
    Audit,
    /// MySQL's error log.
    Error,
    /// MySQL's general log. It contains every statement, so do not export it with card data.
    General,
    /// MySQL's slow query log. It contains values of statements, so do not export it with card data.
    Slowquery,
}

impl DatabaseLog {
    /// The name that the RDS API takes, which is also the end of the log group's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Postgresql => "postgresql",
            Self::Audit => "audit",
            Self::Error => "error",
            Self::General => "general",
            Self::Slowquery => "slowquery",
        }
    }
}

/// Interval of Enhanced Monitoring.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Monitoring {
    /// No enhanced monitoring.
    Off,
    /// Every 15 seconds.
    #[serde(rename = "15s")]
    Seconds15,
    /// Every 30 seconds.
    #[serde(rename = "30s")]
    Seconds30,
    /// Every minute.
    #[default]
    #[serde(rename = "60s")]
    Seconds60,
}

impl Monitoring {
    /// The interval in seconds, or 0.
    pub fn seconds(self) -> u16 {
        match self {
            Self::Off => 0,
            Self::Seconds15 => 15,
            Self::Seconds30 => 30,
            Self::Seconds60 => 60,
        }
    }
}

/// Performance Insights of a cluster.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Insights {
    /// Disabled.
    Off,
    /// Database Insights Standard: seven days of history, free.
    #[default]
    Standard,
    /// Database Insights Advanced: 465 days of history.
    Advanced,
}

/// Authentication of applications.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Authentication {
    /// Password, or IAM token for users with that grant.
    #[default]
    Iam,
    /// Password only.
    Password,
}

/// What happens to a cluster when AWS ends standard support of its version (Aurora user guide, "Amazon RDS
/// Extended Support with Amazon Aurora").
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum ExtendedSupport {
    /// AWS upgrades the cluster to a supported major version, on or shortly after that day.
    #[default]
    Disabled,
    /// The cluster keeps its version, and AWS charges for each vCPU and hour.
    Enrolled,
}

impl ExtendedSupport {
    /// The value of `EngineLifecycleSupport` in the RDS API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "open-source-rds-extended-support-disabled",
            Self::Enrolled => "open-source-rds-extended-support",
        }
    }
}

/// Credentials of a database user.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Credentials {
    /// A secret of the stack, with rotation.
    Rotated(Rotated),
    /// An existing secret, which the stack only reads.
    Existing(Ref<ExistingSecret>),
}

impl Default for Credentials {
    fn default() -> Self {
        Self::Rotated(Rotated::default())
    }
}

/// A rotated secret of the stack.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[serde(default)]
pub struct Rotated {
    /// Days between rotations. Default: 30.
    pub days: RotationDays,
}

impl Default for Rotated {
    fn default() -> Self {
        Self {
            days: RotationDays::constant::<30>(),
        }
    }
}
