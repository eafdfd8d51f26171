//! Launch templates.

use std::collections::BTreeMap;

use crate::aws;
use crate::aws::launch_template::{
    BlockDeviceMappings, Ebs, IamInstanceProfile, MetadataOptions, Monitoring, NetworkInterfaces,
    TagSpecifications,
};
use crate::config::Instances as Config;
use crate::constructs::compute::machine_image::MachineImage;
use crate::constructs::security::kms_key::KmsKey;
use crate::terraform::tree::{Handle, Map, Scope, Value};

/// Configuration of a launch template.
#[derive(Clone, Debug)]
pub(super) struct TemplateProps<'a> {
    pub(super) name: String,
    pub(super) config: &'a Config,
    pub(super) tags: &'a BTreeMap<String, String>,
    /// Default tags that change during the migration.
    pub(super) changing_tags: [&'static str; 2],
    pub(super) user_data: Value<String>,
}

/// Components that a launch template uses.
#[derive(Clone, Copy, Debug)]
pub(super) struct TemplateDeps {
    pub(super) image: MachineImage,
    pub(super) volumes_key: KmsKey,
    pub(super) profile: Handle<aws::IamInstanceProfile>,
    pub(super) security_group: Handle<aws::SecurityGroup>,
}

/// Adds the template: an encrypted volume, the metadata service by session tokens only (PCI DSS 2.2; one hop,
/// so no container reaches it), no public address, and no key pair: operators connect through Session Manager.
pub(super) fn add_template(
    scope: &mut Scope<'_>,
    props: TemplateProps<'_>,
    deps: TemplateDeps,
) -> Handle<aws::LaunchTemplate> {
    let config = props.config;
    let volume = Ebs::new()
        .encrypted("true")
        .kms_key_id(deps.volumes_key.arn())
        .volume_type("gp3")
        .volume_size(config.storage.get())
        .delete_on_termination("true");
    let interface = NetworkInterfaces::new()
        .associate_public_ip_address("false")
        .delete_on_termination("true")
        .device_index(0_u8)
        .security_groups([deps.security_group.id()]);
    let metadata = MetadataOptions::new()
        .http_endpoint("enabled")
        .http_tokens("required")
        .http_put_response_hop_limit(1_u8)
        .instance_metadata_tags("disabled");
    let template = aws::LaunchTemplate::new()
        .name(props.name)
        .description("Instances of a payment service")
        .image_id(deps.image.id())
        .instance_type(config.instance_type.to_string())
        .user_data(props.user_data)
        .ebs_optimized("true")
        .update_default_version(true)
        // The provider treats a changed tag of the template as a new version, and replaces the instances.
        .tags(Value::from(props.changing_tags.map(|tag| (tag, "any"))))
        .instance_initiated_shutdown_behavior("terminate")
        .iam_instance_profile(IamInstanceProfile::new().arn(deps.profile.arn()))
        .block_device_mappings(
            BlockDeviceMappings::new()
                .device_name(deps.image.root_device())
                .ebs(volume),
        )
        .network_interfaces(interface)
        .metadata_options(metadata)
        .monitoring(Monitoring::new().enabled(true))
        .tag_specifications(TAGGED.map(|kind| {
            TagSpecifications::new()
                .resource_type(kind)
                .tags(tags(props.tags))
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
