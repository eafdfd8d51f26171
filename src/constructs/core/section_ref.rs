//! Sections of the stack file, as constructs receive them.

use std::ops::Deref;

use crate::config::{Named, Ref, Section};
use crate::diagnostic::KeyPath;
use crate::newtypes::Key;
use crate::terraform::tree::{ConstructId, Scope};

/// A section of the stack file and its name.
#[derive(Debug)]
pub struct SectionRef<'a, T> {
    key: &'a Key,
    config: &'a T,
}

impl<'a, T: Section> SectionRef<'a, T> {
    /// The sections of a kind.
    pub fn all(named: &'a Named<T>) -> impl Iterator<Item = Self> {
        named.iter().map(|(key, config)| Self { key, config })
    }

    /// The section that `reference` names.
    pub fn resolve(named: &'a Named<T>, reference: &'a Ref<T>) -> Self {
        Self {
            key: reference.name(),
            config: named.resolve(reference),
        }
    }

    /// The section's name.
    pub fn key(&self) -> &'a Key {
        self.key
    }

    /// The section's content.
    pub fn config(&self) -> &'a T {
        self.config
    }

    /// The key in physical names: `name_in_aws`, or else the section's name.
    pub fn physical_name_key(&self) -> &'a str {
        physical_name_key(self.key, self.config.name_in_aws())
    }

    /// The component of construct paths. A former name becomes `moved` blocks.
    pub fn construct_id(&self) -> ConstructId {
        construct_id(self.key, self.config.formerly())
    }

    /// The name, apart from the section's content.
    pub fn section_name(&self) -> SectionName {
        SectionName {
            key: self.key.clone(),
            formerly: self.config.formerly().cloned(),
            name_in_aws: self.config.name_in_aws().cloned(),
        }
    }

    /// The section's place in the stack file.
    pub fn key_path(&self) -> KeyPath {
        Named::<T>::key_path(self.key)
    }

    /// The scope of the section's construct: `<family>/<name>` below `root`.
    pub fn scope<'t>(&self, root: &'t mut Scope<'_>) -> Scope<'t> {
        root.child(T::PATH)
            .into_child(self.construct_id())
            .from_key_path(self.key_path())
    }
}

/// The name of a section, present and former: a component of paths that other sections hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionName {
    key: Key,
    formerly: Option<Key>,
    name_in_aws: Option<Key>,
}

impl SectionName {
    /// The key in physical names.
    pub fn physical_name_key(&self) -> &str {
        physical_name_key(&self.key, self.name_in_aws.as_ref())
    }

    /// The component of construct paths. A former name becomes `moved` blocks.
    pub fn construct_id(&self) -> ConstructId {
        construct_id(&self.key, self.formerly.as_ref())
    }
}

impl<T> Clone for SectionRef<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for SectionRef<'_, T> {}

impl<T> Deref for SectionRef<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.config
    }
}

fn physical_name_key<'k>(key: &'k Key, name_in_aws: Option<&'k Key>) -> &'k str {
    name_in_aws.unwrap_or(key).as_str()
}

fn construct_id(key: &Key, formerly: Option<&Key>) -> ConstructId {
    ConstructId::renamed(key.to_string(), formerly.map(ToString::to_string))
}
