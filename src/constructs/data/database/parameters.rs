//! Engine parameters: encryption in transit, what replication needs, what is logged and what not.

use std::collections::BTreeMap;

use crate::aws::rds_cluster_parameter_group::{Parameter, ParameterArgs};
use crate::config::{Aurora, Engine};
use crate::terraform::tree::Block;

/// When a parameter takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Apply {
    Immediate,
    /// Static parameters: `immediate` is an error for them, or a difference in every plan
    /// (terraform-provider-aws #36419).
    PendingReboot,
}

/// The parameters of the cluster parameter group: those that every payment database needs, and over
/// them those of the stack file.
pub(super) fn cluster_parameters(engine: Engine, aurora: &Aurora) -> Vec<Block<Parameter>> {
    let settings = match engine {
        Engine::AuroraPostgresql => POSTGRESQL,
        Engine::AuroraMysql => MYSQL,
    };
    let mut parameters: BTreeMap<&str, (&str, Apply)> = settings
        .iter()
        .map(|(name, value, apply)| (*name, (*value, *apply)))
        .collect();
    for (name, value) in &aurora.parameters {
        // Both kinds of parameter take `pending-reboot`; only dynamic ones take `immediate`.
        let apply = parameters
            .get(name.as_str())
            .map_or(Apply::PendingReboot, |(_, apply)| *apply);
        parameters.insert(name, (value, apply));
    }
    parameters
        .into_iter()
        .map(|(name, (value, apply))| parameter(name, value, apply))
        .collect()
}

/// Logical replication is on from the first day: reverse replication after the cutover needs it, and
/// turning it on later restarts the writer at the worst time.
static POSTGRESQL: &[(&str, &str, Apply)] = &[
    // PCI DSS 4.2.1; the default only from PostgreSQL 17 on.
    ("rds.force_ssl", "1", Apply::Immediate),
    // PCI DSS 10.2: who did what; never the values of parameters (3.3, 3.5).
    ("log_connections", "1", Apply::Immediate),
    ("log_disconnections", "1", Apply::Immediate),
    ("log_min_duration_statement", "-1", Apply::Immediate),
    ("log_parameter_max_length", "0", Apply::Immediate),
    ("log_parameter_max_length_on_error", "0", Apply::Immediate),
    ("log_statement", "ddl", Apply::Immediate),
    ("pgaudit.log", "ddl,role", Apply::Immediate),
    (
        "shared_preload_libraries",
        "pg_stat_statements,pgaudit",
        Apply::PendingReboot,
    ),
    ("rds.logical_replication", "1", Apply::PendingReboot),
    ("max_replication_slots", "20", Apply::PendingReboot),
    ("max_wal_senders", "20", Apply::PendingReboot),
    // In milliseconds; DMS wants 0 or 10 s and more of a PostgreSQL source.
    ("wal_sender_timeout", "30000", Apply::Immediate),
];

static MYSQL: &[(&str, &str, Apply)] = &[
    // PCI DSS 4.2.1.
    ("require_secure_transport", "ON", Apply::Immediate),
    ("tls_version", "TLSv1.2,TLSv1.3", Apply::PendingReboot),
    // PCI DSS 10.2; statements with data in them stay out (3.3, 3.5).
    ("server_audit_logging", "1", Apply::Immediate),
    (
        "server_audit_events",
        "CONNECT,QUERY_DCL,QUERY_DDL",
        Apply::Immediate,
    ),
    ("general_log", "0", Apply::Immediate),
    ("binlog_format", "ROW", Apply::PendingReboot),
    ("binlog_row_image", "FULL", Apply::Immediate),
    ("binlog_checksum", "NONE", Apply::Immediate),
    // DMS loads with LOAD DATA LOCAL INFILE.
    ("local_infile", "1", Apply::Immediate),
];

fn parameter(name: &str, value: &str, apply: Apply) -> Block<Parameter> {
    let method = match apply {
        Apply::Immediate => "immediate",
        Apply::PendingReboot => "pending-reboot",
    };
    Parameter::new(ParameterArgs {
        name: name.to_owned().into(),
        value: value.to_owned().into(),
    })
    .apply_method(method)
}
