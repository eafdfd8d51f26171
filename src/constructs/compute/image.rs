//! Container images that exist: a tag becomes a digest at plan, so that what runs cannot change under it
//! and a missing image fails before anything is made.

use std::collections::BTreeMap;

use crate::aws::data;
use crate::config::ExistingImage as Config;
use crate::constructs::core::{Context, SectionRef};
use crate::newtypes::{Key, Region};
use crate::terraform::tree::{Declared, Handle, Scope, Value};

/// An image that was looked up, in one region.
#[derive(Clone, Copy, Debug)]
pub struct Image {
    image: Handle<data::EcrImage>,
}

impl Image {
    /// Its repository and digest, which names the same image for ever.
    pub fn uri(&self) -> Value<String> {
        self.image.image_uri()
    }
}

/// The images of a system, each looked up when it is first asked for.
#[derive(Debug, Default)]
pub struct Images {
    repositories: BTreeMap<(Key, Region), Handle<data::EcrRepository>>,
    images: BTreeMap<(Key, Region, String), Image>,
}

impl Images {
    /// The image that `tag` names in the repository of `config` in `region`, looked up below `root` if it
    /// is the first time.
    pub fn get(
        &mut self,
        root: &mut Scope<'_>,
        context: &Context<'_>,
        config: SectionRef<'_, Config>,
        tag: &str,
        region: Region,
    ) -> Image {
        let mut root = root.in_region(region.as_str());
        let mut scope = config.scope(&mut root).into_child(region.short());
        let key = (config.key().clone(), region);
        let repository = *self
            .repositories
            .entry(key)
            .or_insert_with(|| scope.add("repository", repository(context, config)));
        let key = (config.key().clone(), region, tag.to_owned());
        *self.images.entry(key).or_insert_with(|| Image {
            image: scope.child("tag").add(
                // The provider says of a missing image where it is looked up, and nothing else: dots
                // would vanish from an address.
                tag.replace('.', "-"),
                data::EcrImage::new(repository.name()).image_tag(tag.to_owned()),
            ),
        })
    }
}

fn repository(
    context: &Context<'_>,
    config: SectionRef<'_, Config>,
) -> Declared<data::EcrRepository> {
    let name = context.names.repository(&config.repository);
    data::EcrRepository::new(name.clone()).postcondition(
        Handle::<data::EcrRepository>::self_ref()
            .image_tag_mutability()
            .equals("IMMUTABLE"),
        format!(
            "tags of the repository {name} can be moved: make them immutable, or a plan that nobody changed deploys something else"
        ),
    )
}
