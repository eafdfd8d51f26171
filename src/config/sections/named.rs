//! Named sections, and references to them.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::diagnostic::KeyPath;
use crate::newtypes::Key;

/// A kind of section that has a name: `[network.N]`.
pub trait Section {
    /// The path of such sections: `network`, `existing.vpc`.
    const PATH: &'static str;

    /// The name of the section before it was renamed. Its resources get `moved` blocks.
    fn formerly(&self) -> Option<&Key>;

    /// The word for the section in the names of AWS resources, if it is not the section's name.
    fn name_in_aws(&self) -> Option<&Key>;
}

/// The sections of one kind, by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent, bound(deserialize = "T: Deserialize<'de>"))]
pub struct Named<T>(BTreeMap<Key, T>);

impl<T> Named<T> {
    /// Names and sections, in the order of the names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Key, &T)> {
        self.0.iter()
    }

    /// Names and sections, in the order of the names, to change the sections.
    pub(in crate::config) fn iter_mut(&mut self) -> impl Iterator<Item = (&Key, &mut T)> {
        self.0.iter_mut()
    }

    /// The section of this name, for names that come from outside.
    pub fn get(&self, name: &Key) -> Option<&T> {
        self.0.get(name)
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &Key> {
        self.0.keys()
    }

    /// The number of sections.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no sections.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Section> Named<T> {
    /// The section of a reference in the same stack. Loading rejects references without a section.
    #[expect(
        clippy::indexing_slicing,
        reason = "loading a stack checks every reference in it"
    )]
    pub fn resolve(&self, reference: &Ref<T>) -> &T {
        &self.0[&reference.name]
    }

    /// The sections with their key paths, in the order of the names.
    pub fn with_key_paths(&self) -> impl Iterator<Item = (KeyPath, &T)> {
        self.iter()
            .map(|(name, section)| (Self::key_path(name), section))
    }

    /// The key path of a section.
    pub fn key_path(name: &Key) -> KeyPath {
        T::PATH
            .split('.')
            .fold(KeyPath::root(), |path, step| path.key(step))
            .key(name.as_str())
    }
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: JsonSchema> JsonSchema for Named<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Named{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        BTreeMap::<Key, T>::json_schema(generator)
    }
}

/// The name of another section of the stack file.
pub struct Ref<T> {
    name: Key,
    section: PhantomData<fn() -> T>,
}

impl<T> Ref<T> {
    /// The name.
    pub fn name(&self) -> &Key {
        &self.name
    }
}

impl<T> Clone for Ref<T> {
    fn clone(&self) -> Self {
        Self {
            name: self.name.clone(),
            section: PhantomData,
        }
    }
}

impl<T> fmt::Debug for Ref<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ref({})", self.name)
    }
}

impl<T> fmt::Display for Ref<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}

impl<T> PartialEq for Ref<T> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl<T> Eq for Ref<T> {}

impl<T> PartialOrd for Ref<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Ref<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.name.cmp(&other.name)
    }
}

impl<'de, T> Deserialize<'de> for Ref<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Key::deserialize(deserializer).map(|name| Self {
            name,
            section: PhantomData,
        })
    }
}

impl<T: Section> Serialize for Ref<T> {
    /// Serializes a newtype with the section's path as its name, by which the loader finds every reference.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(T::PATH, &self.name)
    }
}

impl<T: Section> JsonSchema for Ref<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Ref-{}", T::PATH).into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
            "description": format!("The name of a [{}.…] section", T::PATH),
        })
    }
}

/// Implements [`Section`] for a type with the fields `formerly` and `name_in_aws`.
macro_rules! section {
    ($type:ty, $path:literal) => {
        impl $crate::config::Section for $type {
            const PATH: &'static str = $path;

            fn formerly(&self) -> Option<&$crate::newtypes::Key> {
                self.formerly.as_ref()
            }

            fn name_in_aws(&self) -> Option<&$crate::newtypes::Key> {
                self.name_in_aws.as_ref()
            }
        }
    };
}
pub(super) use section;
