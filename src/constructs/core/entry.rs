//! Named sections as constructs see them, and what was made of them.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::ops::Deref;

use crate::config::{Named, Ref, Section};
use crate::newtypes::Key;
use crate::terraform::tree::{ConstructId, Scope};

/// A named section and its name.
#[derive(Debug)]
pub struct Entry<'a, T> {
    key: &'a Key,
    section: &'a T,
}

impl<'a, T: Section> Entry<'a, T> {
    /// The sections of a kind.
    pub fn all(named: &'a Named<T>) -> impl Iterator<Item = Self> {
        named.iter().map(|(key, section)| Self { key, section })
    }

    /// The section that `reference` names.
    pub fn of(named: &'a Named<T>, reference: &'a Ref<T>) -> Self {
        Self {
            key: reference.name(),
            section: named.resolve(reference),
        }
    }

    /// The section's name.
    pub fn key(&self) -> &'a Key {
        self.key
    }

    /// The section, for as long as the stack lives.
    pub fn section(&self) -> &'a T {
        self.section
    }

    /// The name that AWS names are made with: the first that the section had, since another name
    /// replaces what bears it.
    pub fn identity(&self) -> &'a str {
        self.section.formerly().unwrap_or(self.key).as_str()
    }

    /// The component of construct paths; a former name becomes `moved` blocks.
    pub fn construct_id(&self) -> ConstructId {
        let formerly = self.section.formerly().map(ToString::to_string);
        ConstructId::renamed(self.key.to_string(), formerly)
    }

    /// The scope of the section's construct: `<family>/<name>` below `root`.
    pub fn scope<'t>(&self, root: &'t mut Scope<'_>) -> Scope<'t> {
        let route = Named::<T>::route(self.key);
        root.child(T::PATH)
            .into_child(self.construct_id())
            .from_route(route)
    }
}

impl<T> Clone for Entry<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Entry<'_, T> {}

impl<T> Deref for Entry<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.section
    }
}

/// What was made of every section of a kind.
#[derive(Clone, Debug)]
pub struct Built<T, H> {
    handles: BTreeMap<Key, H>,
    from: PhantomData<fn() -> T>,
}

impl<T: Section, H> Built<T, H> {
    /// What `build` makes of every section of `named`.
    pub fn all<'a>(named: &'a Named<T>, mut build: impl FnMut(Entry<'a, T>) -> H) -> Self {
        Self {
            handles: Entry::all(named)
                .map(|entry| (entry.key.clone(), build(entry)))
                .collect(),
            from: PhantomData,
        }
    }

    /// Nothing, where there are no sections.
    pub fn none() -> Self {
        Self {
            handles: BTreeMap::new(),
            from: PhantomData,
        }
    }

    /// What was made of the section that `reference` names.
    #[expect(
        clippy::indexing_slicing,
        reason = "loading a stack refuses references that dangle, and every section was built"
    )]
    pub fn get(&self, reference: &Ref<T>) -> &H {
        &self.handles[reference.name()]
    }

    /// What was made of `entry`.
    #[expect(clippy::indexing_slicing, reason = "every section was built")]
    pub fn of(&self, entry: Entry<'_, T>) -> &H {
        &self.handles[entry.key]
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.handles.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.handles.is_empty()
    }

    /// What was made of each, by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Key, &H)> {
        self.handles.iter()
    }
}
