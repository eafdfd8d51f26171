//! Claims of names: in hosted zones that a stack looks up, and of APIs.

use super::claim::{Claim, ClaimKind, ClaimedValue, Scope};
use super::identity::{looked_up, text};
use crate::aws;
use crate::terraform::tree::{Tree, View};

pub(super) fn collect(tree: &Tree, found: &mut Vec<Claim>) {
    for (node, record) in tree.each::<aws::Route53Record>() {
        let Some(zone) = looked_up(tree, record.zone_id()) else {
            continue;
        };
        if let Some(name) = text(tree, record.name()) {
            let value = ClaimedValue::Text(name);
            found.push(Claim::new(tree, node, ClaimKind::DnsName, zone, value));
        } else if let Some(domain) = validated_domain(tree, &record) {
            let value = ClaimedValue::Text(domain);
            found.push(Claim::new(
                tree,
                node,
                ClaimKind::ValidationRecord,
                zone,
                value,
            ));
        }
    }
    for (node, api) in tree.each::<aws::ApiGatewayDomainName>() {
        if let Some(name) = text(tree, api.domain_name()) {
            let region = Scope::region_of(tree, node);
            let value = ClaimedValue::Text(name);
            found.push(Claim::new(tree, node, ClaimKind::ApiDomain, region, value));
        }
    }
}

/// Returns the domain of the certificate that `record` validates.
fn validated_domain(tree: &Tree, record: &View<'_, aws::Route53Record>) -> Option<String> {
    let mut certificate = None;
    record.name()?.term().references(&mut |node| {
        let view = tree.node(node).and_then(View::<aws::AcmCertificate>::of);
        certificate = certificate.take().or(view);
    });
    text(tree, certificate?.domain_name())
}
