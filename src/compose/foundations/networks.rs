//! VPCs of the stack file.

use crate::compose::composer::Composer;
use crate::config::Network as NetworkConfig;
use crate::constructs::core::SectionMap;
use crate::constructs::network::vpc::Network;
use crate::constructs::security::kms_key::DataClass;

pub(crate) type Networks = SectionMap<NetworkConfig, Network>;

pub(crate) fn add(composer: &mut Composer<'_>) -> Networks {
    SectionMap::build(&composer.stack.network, |section| {
        let logs_key = composer.key(DataClass::Logs, section.region);
        let mut root = composer.root.in_region(section.region.as_str());
        Network::new(
            &mut section.scope(&mut root),
            &composer.context,
            section,
            logs_key,
        )
    })
}
