//! Constructs of named sections.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use super::section_ref::SectionRef;
use crate::config::{Named, Ref, Section};
use crate::newtypes::Key;

/// One construct for each section of a kind, by section name.
#[derive(Clone, Debug)]
pub struct SectionMap<T, H> {
    constructs: BTreeMap<Key, H>,
    section: PhantomData<fn() -> T>,
}

impl<T: Section, H> SectionMap<T, H> {
    /// Calls `build` for every section of `named`.
    pub fn build<'a>(named: &'a Named<T>, mut build: impl FnMut(SectionRef<'a, T>) -> H) -> Self {
        Self {
            constructs: SectionRef::all(named)
                .map(|section| (section.key().clone(), build(section)))
                .collect(),
            section: PhantomData,
        }
    }

    /// A map without constructs.
    pub fn empty() -> Self {
        Self {
            constructs: BTreeMap::new(),
            section: PhantomData,
        }
    }

    /// The construct of the section that `reference` names.
    #[expect(
        clippy::indexing_slicing,
        reason = "the loader rejects dangling references, and every section was built"
    )]
    pub fn get(&self, reference: &Ref<T>) -> &H {
        &self.constructs[reference.name()]
    }

    /// The construct of `section`.
    #[expect(clippy::indexing_slicing, reason = "every section was built")]
    pub fn of(&self, section: SectionRef<'_, T>) -> &H {
        &self.constructs[section.key()]
    }

    /// The number of constructs.
    pub fn len(&self) -> usize {
        self.constructs.len()
    }

    /// Whether the map has no constructs.
    pub fn is_empty(&self) -> bool {
        self.constructs.is_empty()
    }

    /// Section names and constructs, ordered by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Key, &H)> {
        self.constructs.iter()
    }
}
