//! DMS endpoints: a database as DMS reads or writes it.

use super::props::ReplicationProps;
use super::tls_certificates::TlsCertificates;
use super::user_secret::UserSecret;
use crate::aws;
use crate::aws::dms_endpoint::{DmsEndpointArgs, PostgresSettings};
use crate::config::Engine;
use crate::constructs::core::Context;
use crate::terraform::tree::{Block, Handle, NodeId, Scope, Value};

/// One of the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The database that is replaced.
    Source,
    /// The cluster of the stack.
    Target,
}

/// The access of an endpoint to its database.
#[derive(Clone, Debug)]
pub(super) enum EndpointAccess {
    /// Reads from this replication slot; without a name, from a slot that DMS creates.
    Read { slot: Option<String> },
    /// Writes.
    Write,
}

/// Arguments that all endpoints of a replication have in common.
#[derive(Clone, Debug)]
pub(super) struct Endpoints<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) props: &'a ReplicationProps<'a>,
    pub(super) engine: Engine,
    pub(super) source_secret: UserSecret,
    pub(super) target_secret: UserSecret,
    /// The role with which DMS reads the secrets.
    pub(super) access_role_arn: Value<String>,
    /// The policy of that role.
    pub(super) access_policy: NodeId,
    pub(super) certificates: TlsCertificates,
    /// The schema of DMS's control tables.
    pub(super) control_schema: &'a str,
}

impl Endpoints<'_> {
    /// Adds an endpoint for `side`; `token` distinguishes it from the others.
    pub(super) fn add(
        &self,
        scope: &mut Scope<'_>,
        token: &'static str,
        side: Side,
        access: &EndpointAccess,
    ) -> Handle<aws::DmsEndpoint> {
        let (secret, certificate) = match side {
            Side::Source => (self.source_secret, self.certificates.source),
            Side::Target => (self.target_secret, Some(self.certificates.target)),
        };
        let name = format!("dms-{token}");
        let key = self.props.section.physical_name_key();
        let endpoint = aws::DmsEndpoint::new(DmsEndpointArgs {
            endpoint_id: self.context.names.keyed(&name, [key]).into(),
            endpoint_type: match access {
                EndpointAccess::Read { .. } => "source".into(),
                EndpointAccess::Write => "target".into(),
            },
            engine_name: engine_name(self.engine, side).into(),
        })
        .kms_key_arn(self.props.secrets_key.arn())
        .secrets_manager_access_role_arn(self.access_role_arn.clone())
        .secrets_manager_arn(secret.arn())
        .ssl_mode(ssl_mode(self.engine, certificate.is_some()))
        .when_some(certificate, |endpoint, certificate| {
            endpoint.certificate_arn(certificate.certificate_arn())
        })
        .depends_on(self.access_policy)
        .depends_on_all(secret.populated_version());
        let endpoint = match (self.engine, access) {
            (Engine::AuroraPostgresql, access) => endpoint
                .database_name(self.database_name(side).to_owned())
                .postgres_settings(self.postgres_settings(access)),
            // A MySQL endpoint with a secret takes no database (terraform-provider-aws #36866).
            // The default poll interval is 5 s, too long for a fence of 20 s.
            (Engine::AuroraMysql, EndpointAccess::Read { .. }) => {
                endpoint.extra_connection_attributes("eventsPollInterval=1")
            }
            (Engine::AuroraMysql, EndpointAccess::Write) => {
                endpoint.extra_connection_attributes("initstmt=SET FOREIGN_KEY_CHECKS=0")
            }
        };
        scope.child("endpoint").add(token, endpoint)
    }

    fn database_name(&self, side: Side) -> &str {
        match side {
            Side::Source => &self.props.section.config().source.database,
            Side::Target => &self.props.database_section.config().aurora().name,
        }
    }

    fn postgres_settings(&self, access: &EndpointAccess) -> Block<PostgresSettings> {
        match access {
            EndpointAccess::Read { slot } => PostgresSettings::new()
                // Capturing DDL would add a trigger and a table to the source.
                .capture_ddls(false)
                .fail_tasks_on_lob_truncation(true)
                // Without heartbeats an idle source retains its write-ahead log permanently.
                .heartbeat_enable(true)
                .heartbeat_frequency(HEARTBEAT_MINUTES)
                .heartbeat_schema(self.control_schema.to_owned())
                // The API's name of the plug-in; that of PostgreSQL has an underscore.
                .plugin_name("test-decoding")
                .when_some(slot.clone(), Block::<PostgresSettings>::slot_name),
            // Disables triggers and foreign key checks for replicated rows.
            EndpointAccess::Write => PostgresSettings::new()
                .after_connect_script("SET session_replication_role = 'replica'"),
        }
    }
}

const HEARTBEAT_MINUTES: u8 = 5;

/// Source: DMS API reference, `CreateEndpoint`; `aurora` is Aurora MySQL.
fn engine_name(engine: Engine, side: Side) -> &'static str {
    match (engine, side) {
        (Engine::AuroraPostgresql, Side::Source) => "postgres",
        (Engine::AuroraPostgresql, Side::Target) => "aurora-postgresql",
        (Engine::AuroraMysql, Side::Source) => "mysql",
        (Engine::AuroraMysql, Side::Target) => "aurora",
    }
}

/// Verifies the certificate if its authority is available. MySQL endpoints have no `require`: without an
/// authority only the VPN protects the connection, and a rule warns about it.
///
/// Source: DMS user guide, "Using SSL with AWS Database Migration Service".
fn ssl_mode(engine: Engine, has_certificate: bool) -> &'static str {
    match (engine, has_certificate) {
        (_, true) => "verify-full",
        (Engine::AuroraPostgresql, false) => "require",
        (Engine::AuroraMysql, false) => "none",
    }
}
