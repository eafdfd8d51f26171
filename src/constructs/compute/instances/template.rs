//! Launch templates: what an instance is made of.

use std::collections::BTreeMap;

use super::Inputs;
use crate::aws;
use crate::aws::launch_template::{
    BlockDeviceMappings, Ebs, IamInstanceProfile, MetadataOptions, Monitoring, NetworkInterfaces,
    TagSpecifications,
};
use crate::config::Instances as Config;
use crate::terraform::tree::{Handle, Map, Scope, Value};

/// What a template refers to.
pub(super) struct Parts {
    pub(super) name: String,
    pub(super) profile: Handle<aws::IamInstanceProfile>,
    pub(super) security_group: Handle<aws::SecurityGroup>,
    pub(super) user_data: Value<String>,
}

/// Adds the template: an encrypted volume, the metadata service by session tokens only (PCI DSS 2.2; one hop,
/// so no container reaches it), no public address, no key pair: people come in by Session Manager.
pub(super) fn add(
    scope: &mut Scope<'_>,
    config: &Config,
    inputs: &Inputs<'_>,
    parts: Parts,
) -> Handle<aws::LaunchTemplate> {
    let volume = Ebs::new()
        .encrypted("true")
        .kms_key_id(inputs.volumes_key.arn())
        .volume_type("gp3")
        .volume_size(config.storage.get())
        .delete_on_termination("true");
    let interface = NetworkInterfaces::new()
        .associate_public_ip_address("false")
        .delete_on_termination("true")
        .device_index(0_u8)
        .security_groups([parts.security_group.id()]);
    let metadata = MetadataOptions::new()
        .http_endpoint("enabled")
        .http_tokens("required")
        .http_put_response_hop_limit(1_u8)
        .instance_metadata_tags("disabled");
    let template = aws::LaunchTemplate::new()
        .name(parts.name)
        .description("Instances of a payment service")
        .image_id(inputs.image.id())
        .instance_type(config.instance_type.to_string())
        .user_data(parts.user_data)
        .ebs_optimized("true")
        .update_default_version(true)
        // The provider takes another tag of the template itself for a new version, and plans the group anew.
        .tags(Value::from(inputs.changing.map(|tag| (tag, "any"))))
        .instance_initiated_shutdown_behavior("terminate")
        .iam_instance_profile(IamInstanceProfile::new().arn(parts.profile.arn()))
        .block_device_mappings(
            BlockDeviceMappings::new()
                .device_name(inputs.image.root_device())
                .ebs(volume),
        )
        .network_interfaces(interface)
        .metadata_options(metadata)
        .monitoring(Monitoring::new().enabled(true))
        .tag_specifications(TAGGED.map(|kind| {
            TagSpecifications::new()
                .resource_type(kind)
                .tags(tags(&inputs.tags))
        }));
    scope.add("template", template)
}

/// The provider's own tags do not reach what a group launches.
const TAGGED: [&str; 3] = ["instance", "network-interface", "volume"];

fn tags(tags: &BTreeMap<String, String>) -> Value<Map<String>> {
    tags.iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
