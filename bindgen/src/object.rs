//! The object types of a type's attributes, and their names.
//!
//! An object is called by its attribute. Where a block or a different object of the same type has
//! that name, it takes its owner's name before its own.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};

use crate::fold::Folded;
use crate::rust::camel;
use crate::types::Type;

type Fields = BTreeMap<String, Type>;

/// The objects of one type.
pub(crate) struct Objects {
    /// By owner (a block's label, an object's name, nothing for the type itself) and attribute.
    names: BTreeMap<(String, String), String>,
    declared: BTreeMap<String, Fields>,
}

impl Objects {
    /// Names the objects of the type called `kind`.
    pub(crate) fn of(kind: &str, folded: &Folded) -> Self {
        let mut taken: BTreeSet<String> = folded.blocks.keys().map(|label| camel(label)).collect();
        taken.insert(kind.to_owned());
        let mut objects = Self {
            names: BTreeMap::new(),
            declared: BTreeMap::new(),
        };

        let in_type = folded
            .root
            .attributes
            .iter()
            .map(|(name, attribute)| ("", name, &attribute.ty));
        let in_blocks = folded.blocks.iter().flat_map(|(label, block)| {
            block
                .attributes
                .iter()
                .filter(|(_, attribute)| attribute.is_argument())
                .map(|(name, attribute)| (label.as_str(), name, &attribute.ty))
        });
        let mut level: Vec<Found> = in_type.chain(in_blocks).filter_map(found).collect();
        while !level.is_empty() {
            let next = objects.declare(kind, &level, &mut taken);
            level = next;
        }
        objects
    }

    /// The name of the object in an attribute.
    pub(crate) fn name(&self, owner: &str, attribute: &str) -> Result<String> {
        self.names
            .get(&(owner.to_owned(), attribute.to_owned()))
            .cloned()
            .with_context(|| format!("the object in `{owner}.{attribute}` has no name"))
    }

    /// All objects by name.
    pub(crate) fn declared(&self) -> &BTreeMap<String, Fields> {
        &self.declared
    }

    /// Names the objects of one level, and finds those in their fields.
    fn declare(&mut self, kind: &str, level: &[Found], taken: &mut BTreeSet<String>) -> Vec<Found> {
        let mut next = Vec::new();
        let mut names = Vec::new();
        for object in level {
            let short = camel(&object.attribute);
            let shared = level
                .iter()
                .any(|other| camel(&other.attribute) == short && other.fields != object.fields);
            let name = if shared || taken.contains(&short) {
                let owner = if object.owner.is_empty() {
                    kind.to_owned()
                } else {
                    camel(&object.owner)
                };
                format!("{owner}{short}")
            } else {
                short
            };
            let key = (object.owner.clone(), object.attribute.clone());
            self.names.insert(key, name.clone());
            if self
                .declared
                .insert(name.clone(), object.fields.clone())
                .is_none()
            {
                let fields = object.fields.iter();
                next.extend(fields.filter_map(|(field, ty)| found((&name, field, ty))));
            }
            names.push(name);
        }
        taken.extend(names);
        next
    }
}

/// An attribute that holds an object.
struct Found {
    owner: String,
    attribute: String,
    fields: Fields,
}

fn found((owner, attribute, ty): (&str, &String, &Type)) -> Option<Found> {
    Some(Found {
        owner: owner.to_owned(),
        attribute: attribute.clone(),
        fields: ty.object()?.clone(),
    })
}
