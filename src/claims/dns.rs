//! Claims of names: in hosted zones that a stack looks up, and of APIs.

use super::claim::{Claim, ClaimKind, ClaimedValue, Scope};
use super::identity::{looked_up, owner, text};
use crate::aws;
use crate::terraform::tree::{Kind as _, Tree, View};

pub(super) fn collect(tree: &Tree, found: &mut Vec<Claim>) {
    for (node, record) in tree.each::<aws::Route53Record>() {
        let Some(zone) = looked_up(tree, record.zone_id()) else {
            continue;
        };
        if let Some(name) = text(tree, record.name()) {
            let value = ClaimedValue::Text(name);
            found.push(Claim::new(tree, node, ClaimKind::DnsName, zone, value));
        } else if let Some(domain) = validated_domain(tree, &record) {
            // `*.example.com` has the record of `example.com`.
            let domain = domain.strip_prefix("*.").unwrap_or(&domain).to_owned();
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
    if let Some(name) = record.name() {
        name.term().references(&mut |node| {
            let node = tree.node(node);
            certificate =
                certificate.or(node.filter(|it| it.type_name() == aws::AcmCertificate::TYPE));
        });
    }
    let certificate = View::<aws::AcmCertificate>::of(certificate.or(owner(tree, record.name()))?)?;
    text(tree, certificate.domain_name())
}
