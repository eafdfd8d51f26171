//! Engine parameters: encryption in transit, prerequisites of replication, logging.

use std::collections::BTreeMap;

use crate::aws::rds_cluster_parameter_group::{Parameter, ParameterArgs};
use crate::config::{Aurora, Engine};
use crate::terraform::tree::Block;

/// Whether a database writes its changes to a log that another database can apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeLog {
    /// A replication has the database as its target.
    Logical,
    /// Nothing reads the log. It would only cost storage and time.
    Off,
}

/// The apply method of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ApplyMethod {
    Immediate,
    /// For static parameters: `immediate` is an error, or a difference in every plan
    /// (terraform-provider-aws #36419).
    PendingReboot,
}

/// The parameters of the cluster parameter group: the defaults of every payment database, overridden by the
/// stack file.
pub(super) fn cluster_parameters(
    engine: Engine,
    aurora: &Aurora,
    change_log: ChangeLog,
) -> Vec<Block<Parameter>> {
    let (defaults, replicated) = match engine {
        Engine::AuroraPostgresql => (POSTGRESQL, REPLICATED_POSTGRESQL),
        Engine::AuroraMysql => (MYSQL, REPLICATED_MYSQL),
    };
    let replicated = match change_log {
        ChangeLog::Logical => replicated,
        ChangeLog::Off => &[],
    };
    let mut parameters: BTreeMap<&str, (&str, ApplyMethod)> = defaults
        .iter()
        .chain(replicated)
        .map(|(name, value, apply)| (*name, (*value, *apply)))
        .collect();
    for (name, value) in &aurora.parameters {
        // Static and dynamic parameters accept `pending-reboot`; only dynamic ones accept `immediate`.
        let apply = parameters
            .get(name.as_str())
            .map_or(ApplyMethod::PendingReboot, |(_, apply)| *apply);
        parameters.insert(name, (value, apply));
    }
    parameters
        .into_iter()
        .map(|(name, (value, apply))| parameter(name, value, apply))
        .collect()
}

static POSTGRESQL: &[(&str, &str, ApplyMethod)] = &[
    // PCI DSS 4.2.1. The default since PostgreSQL 17.
    ("rds.force_ssl", "1", ApplyMethod::Immediate),
    // PCI DSS 10.2: user activity, without the values of parameters (3.3, 3.5).
    ("log_connections", "1", ApplyMethod::Immediate),
    ("log_disconnections", "1", ApplyMethod::Immediate),
    ("log_min_duration_statement", "-1", ApplyMethod::Immediate),
    ("log_parameter_max_length", "0", ApplyMethod::Immediate),
    (
        "log_parameter_max_length_on_error",
        "0",
        ApplyMethod::Immediate,
    ),
    // It would log passwords in plain text. pgaudit logs the same statements and omits passwords (Aurora user guide,
    // "Aurora PostgreSQL database log files", "Mitigating risk of password exposure when using query logging").
    ("log_statement", "none", ApplyMethod::Immediate),
    ("pgaudit.log", "ddl,role", ApplyMethod::Immediate),
    (
        "shared_preload_libraries",
        "pg_stat_statements,pgaudit",
        ApplyMethod::PendingReboot,
    ),
];

/// For reverse replication after the cutover. It is on in every phase: enabling it restarts the writer.
static REPLICATED_POSTGRESQL: &[(&str, &str, ApplyMethod)] = &[
    ("rds.logical_replication", "1", ApplyMethod::PendingReboot),
    ("max_replication_slots", "20", ApplyMethod::PendingReboot),
    ("max_wal_senders", "20", ApplyMethod::PendingReboot),
    // Milliseconds. DMS requires 0 or at least 10 s.
    ("wal_sender_timeout", "30000", ApplyMethod::Immediate),
];

static MYSQL: &[(&str, &str, ApplyMethod)] = &[
    // PCI DSS 4.2.1.
    ("require_secure_transport", "ON", ApplyMethod::Immediate),
    ("tls_version", "TLSv1.2,TLSv1.3", ApplyMethod::PendingReboot),
    // PCI DSS 10.2: user activity, without statements that contain data (3.3, 3.5).
    ("server_audit_logging", "1", ApplyMethod::Immediate),
    (
        "server_audit_events",
        "CONNECT,QUERY_DCL,QUERY_DDL",
        ApplyMethod::Immediate,
    ),
    ("general_log", "0", ApplyMethod::Immediate),
    ("slow_query_log", "0", ApplyMethod::Immediate),
];

/// The same for MySQL.
static REPLICATED_MYSQL: &[(&str, &str, ApplyMethod)] = &[
    ("binlog_format", "ROW", ApplyMethod::PendingReboot),
    ("binlog_row_image", "FULL", ApplyMethod::Immediate),
    ("binlog_checksum", "NONE", ApplyMethod::Immediate),
    // The full load of DMS uses LOAD DATA LOCAL INFILE.
    ("local_infile", "1", ApplyMethod::Immediate),
];

fn parameter(name: &str, value: &str, method: ApplyMethod) -> Block<Parameter> {
    let method = match method {
        ApplyMethod::Immediate => "immediate",
        ApplyMethod::PendingReboot => "pending-reboot",
    };
    Parameter::new(ParameterArgs {
        name: name.to_owned().into(),
        value: value.to_owned().into(),
    })
    .apply_method(method)
}
