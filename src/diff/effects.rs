//! The effects of changed arguments: what the provider plans when an argument of an existing resource changes.
//!
//! `fixtures/provider/effects.json` has them for every type that paymig emits. `make effects` writes it from plans of
//! the provider itself. An argument is `a`, or `a.b` within the block `a`; `a` is also the number of blocks `a`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a change of an argument does to an existing resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Nothing: the provider ignores the change, or keeps the value that it has.
    None,
    /// It is changed in place.
    InPlace,
    /// It is destroyed, and another is created.
    Replace,
}

/// How an argument changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// From one value to another.
    Change,
    /// From no value to one.
    Add,
    /// From a value to none.
    Remove,
    /// To a value that is known only after the apply.
    Unknown,
}

/// The effects of the arguments of one type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effects {
    /// Arguments whose change does nothing.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub none: BTreeSet<String>,
    /// Arguments that are changed in place.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub in_place: BTreeSet<String>,
    /// Arguments whose change replaces the resource.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub replace: BTreeSet<String>,
    /// Arguments that keep their value when they are removed, because the provider computes it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub kept: BTreeSet<String>,
    /// Values of arguments that are not set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub defaults: BTreeMap<String, Value>,
    /// Arguments that keep the zero value of their type when they are removed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub kept_zero: BTreeSet<String>,
    /// Arguments whose effect depends on how they change. More than one effect depends on the values, too.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub conditional: BTreeMap<String, BTreeMap<ChangeKind, BTreeSet<Effect>>>,
    /// Attributes that are computed anew when one of these arguments is changed in place; [`ANY`] is every argument.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub recomputed: BTreeMap<String, BTreeSet<String>>,
    /// Arguments that are sets: their order has no meaning.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub sets: BTreeSet<String>,
    /// The argument that decides about the effects of the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// The effects by the value of that argument; an empty text is no value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variants: BTreeMap<String, Self>,
    /// Whether it has the default tags of its provider configuration.
    #[serde(default, skip_serializing_if = "is_false")]
    pub has_default_tags: bool,
}

/// The name that stands for every argument in [`Effects::recomputed`].
pub const ANY: &str = "*";

/// The effects of every type by its Terraform name.
pub type EffectTable = BTreeMap<String, Effects>;

/// The effects that were measured with the provider version of this build.
pub fn effect_table() -> &'static EffectTable {
    static TABLE: LazyLock<EffectTable> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../fixtures/provider/effects.json"))
            .unwrap_or_default()
    });
    &TABLE
}

impl Effects {
    /// The effects for a resource with these arguments.
    pub fn variant(&self, arguments: &Map<String, Value>) -> &Self {
        let Some(argument) = &self.decided_by else {
            return self;
        };
        let value = arguments.get(argument).and_then(Value::as_str);
        self.variants.get(value.unwrap_or_default()).unwrap_or(self)
    }

    /// The possible effects of a change of `argument`. Empty if no probe could tell.
    ///
    /// An argument that was not probed on its own has the effects of the block that contains it.
    pub fn of(&self, argument: &str, kind: ChangeKind) -> BTreeSet<Effect> {
        let mut path = argument;
        loop {
            if let Some(found) = self.measured(path, kind) {
                return found;
            }
            match path.rsplit_once('.') {
                Some((parent, _)) => path = parent,
                None => return BTreeSet::new(),
            }
        }
    }

    /// Whether `argument` is a set.
    pub fn is_set(&self, argument: &str) -> bool {
        self.sets.contains(argument)
    }

    /// Whether `argument` is a block with arguments that were probed on their own.
    pub fn has_arguments_in(&self, argument: &str) -> bool {
        let prefix = format!("{argument}.");
        let lists = [&self.none, &self.in_place, &self.replace, &self.kept];
        let in_lists = lists.into_iter().any(|paths| {
            let mut below = paths.range(prefix.clone()..);
            below.next().is_some_and(|path| path.starts_with(&prefix))
        });
        let mut conditional = self.conditional.range(prefix.clone()..);
        in_lists
            || conditional
                .next()
                .is_some_and(|(path, _)| path.starts_with(&prefix))
    }

    fn measured(&self, path: &str, kind: ChangeKind) -> Option<BTreeSet<Effect>> {
        if kind == ChangeKind::Remove && self.kept.contains(path) {
            return Some([Effect::None].into());
        }
        for (paths, effect) in [
            (&self.none, Effect::None),
            (&self.in_place, Effect::InPlace),
            (&self.replace, Effect::Replace),
        ] {
            if paths.contains(path) {
                return Some([effect].into());
            }
        }
        let kinds = self.conditional.get(path)?;
        let measured = kinds.get(&kind);
        // A provider that accepts no unknown value in a probe treats it like any other one.
        let change = (kind == ChangeKind::Unknown).then_some(&ChangeKind::Change);
        measured.or_else(|| kinds.get(change?)).cloned()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(flag: &bool) -> bool {
    !flag
}
