//! Container registries: one repository for every image, in every region that may run it.

use super::Context;
use super::entry::Entry;
use super::key::Key;
use crate::aws;
use crate::aws::ecr_repository::{EncryptionConfiguration, ImageScanningConfiguration};
use crate::config::{ExistingImage, Named, Protection};
use crate::quantity::Region;
use crate::tree::Scope;

/// Adds a repository for each of `images` in `region`, encrypted with `key`.
///
/// Tags are immutable, so an image that was looked up by tag cannot change under a plan; pushed images
/// are scanned (PCI DSS 6.3).
pub fn add(
    root: &mut Scope<'_>,
    context: &Context<'_>,
    images: &Named<ExistingImage>,
    key: Key,
    region: Region,
) {
    for image in Entry::all(images) {
        let mut scope = root.in_region(region.as_str());
        let repository = aws::EcrRepository::new(image.repository.clone())
            .image_tag_mutability("IMMUTABLE")
            .force_delete(context.protection == Protection::Destroyable)
            .encryption_configuration(
                EncryptionConfiguration::new()
                    .encryption_type("KMS")
                    .kms_key(key.arn()),
            )
            .image_scanning_configuration(ImageScanningConfiguration::new(true));
        scope
            .child("repository")
            .into_child(image.construct_id())
            .add(region.short(), context.keep(repository));
    }
}
