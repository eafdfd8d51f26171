//! VPCs of the old system, which are looked up.

use crate::compose::composer::Composer;
use crate::config::{ExistingVpc as ExistingVpcConfig, Phase};
use crate::constructs::core::SectionMap;
use crate::constructs::network::existing_vpc::ExistingVpc;

/// None in phase `production`, which no longer depends on the old system.
pub(crate) type ExistingVpcs = Option<ExistingVpcMap>;

pub(crate) type ExistingVpcMap = SectionMap<ExistingVpcConfig, ExistingVpc>;

pub(crate) fn add(composer: &mut Composer<'_>) -> ExistingVpcs {
    (composer.target.phase != Phase::Production).then(|| {
        SectionMap::build(&composer.stack.existing.vpc, |section| {
            let mut root = composer.root.in_region(section.region.as_str());
            ExistingVpc::new(&mut section.scope(&mut root), section)
        })
    })
}
