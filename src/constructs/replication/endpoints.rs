//! Endpoints: a database as DMS reads it, or as it writes it.

use super::secrets::UserSecret;
use super::{Inputs, Replication};
use crate::aws;
use crate::aws::dms_endpoint::{DmsEndpointArgs, PostgresSettings};
use crate::config::Engine;
use crate::constructs::core::{Context, SectionRef};
use crate::diagnostic::Diagnostic;
use crate::lambda_packages::rds_ca_pem;
use crate::terraform::tree::{Block, Handle, NodeId, Scope, Value};

/// A database that takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The one that is replaced.
    Source,
    /// The cluster of the stack.
    Target,
}

/// What a task does with a database.
#[derive(Clone, Debug)]
pub(super) enum Use {
    /// Reads it. Changes come from this replication slot, made by SQL, or from one that DMS makes.
    Read { slot: Option<String> },
    /// Writes it.
    Write,
}

/// What every endpoint of a replication needs.
#[derive(Clone, Debug)]
pub(super) struct Endpoints<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) config: SectionRef<'a, Replication>,
    pub(super) inputs: &'a Inputs<'a>,
    pub(super) engine: Engine,
    pub(super) source: UserSecret,
    pub(super) target: UserSecret,
    /// The role with which DMS reads the secrets.
    pub(super) access: Value<String>,
    /// The policy of that role.
    pub(super) policy: NodeId,
    pub(super) trust: Trust,
    /// Where DMS keeps its own tables.
    pub(super) control_schema: &'a str,
}

/// The certificate authorities of both sides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trust {
    source: Option<Handle<aws::DmsCertificate>>,
    target: Handle<aws::DmsCertificate>,
}

impl Trust {
    /// Imports what the certificates of both sides are verified with.
    pub(super) fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        config: SectionRef<'_, Replication>,
        inputs: &Inputs<'_>,
    ) -> Self {
        let mut scope = scope.child("certificate");
        let mut import = |side: &'static str, pem: String| {
            let name = context
                .names
                .keyed("dms-ca", [config.physical_name_key(), side]);
            let certificate = aws::DmsCertificate::new(name).certificate_pem(pem);
            scope.add(side, certificate)
        };
        let region = inputs.database_home.network.region;
        let roots = rds_ca_pem(region);
        let target = import("target", roots.unwrap_or_default().to_owned());
        let source = config.config().source.ca_pem.as_ref();
        let source = source.map(|pem| import("source", pem.clone()));
        if roots.is_none() {
            let key_path = scope.key_path().clone();
            scope.report(
                Diagnostic::error(format!(
                    "the certificate authorities of RDS in `{region}` are not known"
                ))
                .at(&key_path)
                .help("replicate into a cluster in another region"),
            );
        }
        Self { source, target }
    }
}

impl Endpoints<'_> {
    /// Adds an endpoint for `side`; `token` tells it apart from the others.
    pub(super) fn add(
        &self,
        scope: &mut Scope<'_>,
        token: &'static str,
        side: Side,
        usage: &Use,
    ) -> Handle<aws::DmsEndpoint> {
        let (secret, certificate) = match side {
            Side::Source => (self.source, self.trust.source),
            Side::Target => (self.target, Some(self.trust.target)),
        };
        let name = format!("dms-{token}");
        let endpoint = aws::DmsEndpoint::new(DmsEndpointArgs {
            endpoint_id: self
                .context
                .names
                .keyed(&name, [self.config.physical_name_key()])
                .into(),
            endpoint_type: match usage {
                Use::Read { .. } => "source".into(),
                Use::Write => "target".into(),
            },
            engine_name: engine_name(self.engine, side).into(),
        })
        .kms_key_arn(self.inputs.secrets_key.arn())
        .secrets_manager_access_role_arn(self.access.clone())
        .secrets_manager_arn(secret.arn())
        .ssl_mode(ssl_mode(self.engine, certificate.is_some()))
        .when_some(certificate, |endpoint, certificate| {
            endpoint.certificate_arn(certificate.certificate_arn())
        })
        .depends_on(self.policy)
        .depends_on_all(secret.ready());
        let endpoint = match (self.engine, usage) {
            (Engine::AuroraPostgresql, usage) => endpoint
                .database_name(self.database(side).to_owned())
                .postgres_settings(self.postgres(usage)),
            // A MySQL endpoint with a secret takes no database (terraform-provider-aws #36866).
            // Looking for changes each second: by default an idle log is looked at each five, twice in a fence's twenty.
            (Engine::AuroraMysql, Use::Read { .. }) => {
                endpoint.extra_connection_attributes("eventsPollInterval=1")
            }
            (Engine::AuroraMysql, Use::Write) => {
                endpoint.extra_connection_attributes("initstmt=SET FOREIGN_KEY_CHECKS=0")
            }
        };
        scope.child("endpoint").add(token, endpoint)
    }

    fn database(&self, side: Side) -> &str {
        match side {
            Side::Source => &self.config.config().source.database,
            Side::Target => &self.inputs.database_config.config().aurora().name,
        }
    }

    fn postgres(&self, usage: &Use) -> Block<PostgresSettings> {
        match usage {
            Use::Read { slot } => PostgresSettings::new()
                // It would put a trigger and a table into the database that is replaced.
                .capture_ddls(false)
                .fail_tasks_on_lob_truncation(true)
                // Else an idle source keeps its write-ahead log for ever.
                .heartbeat_enable(true)
                .heartbeat_frequency(HEARTBEAT_MINUTES)
                .heartbeat_schema(self.control_schema.to_owned())
                .plugin_name("test_decoding")
                .when_some(slot.clone(), Block::<PostgresSettings>::slot_name),
            // Rows that arrive fire no triggers and meet no foreign keys half-way.
            Use::Write => PostgresSettings::new()
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

/// Verified where there is something to verify with. MySQL endpoints have no `require`, so that without
/// an authority only the VPN protects the connection; loading warns of that.
///
/// Source: DMS user guide, "Using SSL with AWS Database Migration Service".
fn ssl_mode(engine: Engine, verifiable: bool) -> &'static str {
    match (engine, verifiable) {
        (_, true) => "verify-full",
        (Engine::AuroraPostgresql, false) => "require",
        (Engine::AuroraMysql, false) => "none",
    }
}
