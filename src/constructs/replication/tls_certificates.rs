//! Certificates with which DMS verifies the databases.

use super::props::ReplicationProps;
use crate::aws;
use crate::constructs::core::Context;
use crate::lambda_packages::rds_ca_pem;
use crate::terraform::tree::{Handle, Scope};

/// The certificate authorities of both sides.
#[derive(Clone, Copy, Debug)]
pub(super) struct TlsCertificates {
    /// None if the stack file has no certificate authority of the source.
    pub(super) source: Option<Handle<aws::DmsCertificate>>,
    pub(super) target: Handle<aws::DmsCertificate>,
}

impl TlsCertificates {
    /// Imports the certificate authorities into DMS.
    pub(super) fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: &ReplicationProps<'_>,
    ) -> Self {
        let mut scope = scope.child("certificate");
        let mut import = |side: &'static str, pem: String| {
            let key = props.section.physical_name_key();
            let name = context.names.keyed("dms-ca", [key, side]);
            let certificate = aws::DmsCertificate::new(name).certificate_pem(pem);
            scope.add(side, certificate)
        };
        let region = props.database_network.network.region;
        // The cluster of a region without root certificates is an error already.
        let target = import("target", rds_ca_pem(region).unwrap_or_default().to_owned());
        let source = props.section.config().source.ca_pem.as_ref();
        let source = source.map(|pem| import("source", pem.clone()));
        Self { source, target }
    }
}
