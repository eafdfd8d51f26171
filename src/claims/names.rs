//! Claims of resource names, and of settings that an account has once in a region.

use super::claim::{Claim, ClaimKind, ClaimedValue, Scope};
use crate::aws;
use crate::naming;
use crate::terraform::tree::{Kind as _, Mode, Tree};

/// Types that exist once in a region of an account.
const ACCOUNT_SETTINGS: [&str; 6] = [
    aws::ApiGatewayAccount::TYPE,
    aws::ConfigConfigurationRecorder::TYPE,
    aws::EbsEncryptionByDefault::TYPE,
    aws::GuarddutyDetector::TYPE,
    aws::S3AccountPublicAccessBlock::TYPE,
    aws::SecurityhubAccount::TYPE,
];

pub(super) fn collect(tree: &Tree, found: &mut Vec<Claim>) {
    for named in naming::unique_names(tree) {
        let scope = Scope::named(format!("{} {}", named.node.type_name(), named.region));
        let value = ClaimedValue::Text(named.name.to_owned());
        found.push(Claim::new(
            tree,
            named.node,
            ClaimKind::ResourceName,
            scope,
            value,
        ));
    }
    for node in tree.nodes() {
        if node.mode() == Mode::Managed && ACCOUNT_SETTINGS.contains(&node.type_name()) {
            let region = Scope::region_of(tree, node);
            let value = ClaimedValue::Text(node.type_name().to_owned());
            found.push(Claim::new(
                tree,
                node,
                ClaimKind::AccountSetting,
                region,
                value,
            ));
        }
    }
}
