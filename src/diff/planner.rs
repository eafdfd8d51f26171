//! Derives the plan of a transition from both configurations.
//!
//! A resource is replaced if an argument changes that the provider cannot change in place. Such a change can also come
//! from a reference to a resource that is itself changed: the value is known only after the apply then, and the
//! provider plans the replacement. So the plan follows references, as Terraform does.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::comparison::{differences, join};
use super::configuration::{Configuration, Element};
use super::effects::{ANY, ChangeKind, Effect, EffectTable, Effects};
use super::plan::{Action, ArgumentChange, Certainty, Plan, ResourceChange};
use super::references::{Reference, references};
use crate::retention::retained_type;

/// Plans the transition from one configuration, which is applied, to another.
pub fn plan(from: &Configuration, to: &Configuration, table: &EffectTable) -> Plan {
    let from = &*from.with_references_of(to);
    let mut planner = Planner {
        from,
        to,
        table,
        planned: BTreeMap::new(),
    };
    for address in to.resources.keys() {
        planner.resource(address);
    }
    let mut changes: Vec<ResourceChange> = std::mem::take(&mut planner.planned)
        .into_values()
        .flatten()
        .collect();
    let kept: BTreeSet<&str> = to
        .resources
        .keys()
        .map(|address| former_address(from, to, address))
        .collect();
    let destroyed = from.resources.iter();
    let destroyed = destroyed.filter(|(address, _)| !kept.contains(address.as_str()));
    changes.extend(
        destroyed.map(|(address, element)| sure(address, element, Action::Destroy, Vec::new())),
    );
    changes.sort_by(|one, other| one.address.cmp(&other.address));
    Plan { changes }
}

/// The attribute with the tags of a resource and the default tags of its provider configuration.
pub(super) const DEFAULT_TAGS: &str = "tags_all";

/// How an attribute of another element changes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum AttributeChange {
    Unchanged,
    /// It has another value, which the plan shows.
    Changed,
    /// Its value is known only after the apply.
    Unknown,
    /// The value of a data source, whose own arguments change, may differ.
    DependsOn(String),
}

struct Planner<'p> {
    from: &'p Configuration,
    to: &'p Configuration,
    table: &'p EffectTable,
    /// The change of each resource; none while it is being planned, and if nothing changes.
    planned: BTreeMap<String, Option<ResourceChange>>,
}

impl Planner<'_> {
    fn resource(&mut self, address: &str) {
        if self.planned.contains_key(address) {
            return;
        }
        self.planned.insert(address.to_owned(), None);
        let planned = self.plan_resource(address);
        self.planned.insert(address.to_owned(), planned);
    }

    fn plan_resource(&mut self, address: &str) -> Option<ResourceChange> {
        let element = self.to.resources.get(address)?;
        let former = former_address(self.from, self.to, address);
        let Some(before) = self.from.resources.get(former) else {
            return Some(sure(address, element, Action::Create, Vec::new()));
        };
        let none = Effects::default();
        let effects = self.table.get(&element.type_name).unwrap_or(&none);
        let effects = effects.variant(&before.arguments);
        let (arguments, unknowns) = self.argument_changes(effects, before, element);
        let mut planned = decide(address, element, arguments, unknowns);
        let is_triggered = element.triggers.iter().any(|trigger| {
            self.resource(trigger);
            matches!(self.planned.get(trigger), Some(Some(_)))
        });
        if is_triggered || before.provider != element.provider {
            let argument = if is_triggered {
                "replace_triggered_by"
            } else {
                "provider"
            };
            let forced = ArgumentChange {
                argument: argument.to_owned(),
                effects: [Effect::Replace].into(),
                cause: None,
                is_unknown: false,
            };
            planned = Some(sure(address, element, Action::Replace, vec![forced]));
        }
        if former != address {
            let moved = sure(address, element, Action::Move, Vec::new());
            let mut moved = planned.unwrap_or(moved);
            moved.former_address = Some(former.to_owned());
            return Some(moved);
        }
        planned
    }

    /// The changed arguments, and the unknowns that decide whether an argument changes.
    fn argument_changes(
        &mut self,
        effects: &Effects,
        before: &Element,
        after: &Element,
    ) -> (Vec<ArgumentChange>, BTreeMap<String, BTreeSet<Effect>>) {
        let is_ignored = |argument: &str| {
            let top = argument.split('.').next();
            after.ignored.iter().any(|name| Some(name.as_str()) == top)
        };
        let own = differences(effects, &before.arguments, &after.arguments).into_iter();
        let mut changes: Vec<ArgumentChange> = own
            .filter(|difference| !is_ignored(&difference.argument))
            .map(|difference| ArgumentChange {
                effects: effects.of(&difference.argument, difference.kind),
                argument: difference.argument,
                cause: None,
                is_unknown: false,
            })
            .collect();
        if effects.has_default_tags
            && !is_ignored(DEFAULT_TAGS)
            && default_tags(self.from, before) != default_tags(self.to, after)
        {
            changes.push(ArgumentChange {
                argument: DEFAULT_TAGS.to_owned(),
                effects: [Effect::InPlace].into(),
                cause: None,
                is_unknown: false,
            });
        }
        let mut unknowns = BTreeMap::new();
        for (argument, value) in &after.arguments {
            if is_ignored(argument) {
                continue;
            }
            self.follow(effects, argument, value, &mut changes, &mut unknowns);
        }
        // An argument that is unknown in part is unknown to the provider, while blocks have arguments of their own. Of several
        // causes, the one with the worst effect decides.
        let rank = |it: &ArgumentChange| {
            let decides = it.is_unknown && !it.argument.contains('.');
            (Reverse(decides), Reverse(it.effects.last().copied()))
        };
        changes.sort_by(|one, other| {
            let key = |it: &ArgumentChange| (it.argument.clone(), rank(it), it.cause.clone());
            key(one).cmp(&key(other))
        });
        changes.dedup_by(|one, other| one.argument == other.argument);
        (changes, unknowns)
    }

    /// Adds the changes of the attributes that a value refers to.
    fn follow(
        &mut self,
        effects: &Effects,
        argument: &str,
        value: &Value,
        changes: &mut Vec<ArgumentChange>,
        unknowns: &mut BTreeMap<String, BTreeSet<Effect>>,
    ) {
        match value {
            Value::String(text) => {
                for reference in references(text) {
                    let kind = match self.attribute(&reference) {
                        AttributeChange::Unchanged => continue,
                        AttributeChange::Changed => ChangeKind::Change,
                        AttributeChange::Unknown => ChangeKind::Unknown,
                        AttributeChange::DependsOn(unknown) => {
                            let possible = effects.of(argument, ChangeKind::Change);
                            unknowns.entry(unknown).or_default().extend(possible);
                            continue;
                        }
                    };
                    changes.push(ArgumentChange {
                        argument: argument.to_owned(),
                        effects: effects.of(argument, kind),
                        cause: Some(format!("{}.{}", reference.address, reference.attribute)),
                        is_unknown: kind == ChangeKind::Unknown,
                    });
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.follow(effects, argument, item, changes, unknowns);
                }
            }
            Value::Object(entries) => {
                // The entries of a map are no arguments of their own.
                let is_block = effects.has_arguments_in(argument);
                for (key, item) in entries {
                    let within = if is_block {
                        join(argument, key)
                    } else {
                        argument.to_owned()
                    };
                    self.follow(effects, &within, item, changes, unknowns);
                }
            }
            _ => {}
        }
    }

    fn attribute(&mut self, reference: &Reference<'_>) -> AttributeChange {
        let Reference { address, attribute } = *reference;
        if address.starts_with("data.") {
            return self.data_attribute(address);
        }
        let Some(element) = self.to.resources.get(address) else {
            return AttributeChange::Unchanged;
        };
        self.resource(address);
        let Some(Some(planned)) = self.planned.get(address) else {
            return AttributeChange::Unchanged;
        };
        let unknown = match &planned.certainty {
            Certainty::Certain => None,
            Certainty::DependsOn(unknowns) => unknowns.first().cloned(),
        };
        let change = self.attribute_of(element, planned, attribute);
        match unknown {
            Some(unknown) if change != AttributeChange::Unchanged => {
                AttributeChange::DependsOn(unknown)
            }
            _ => change,
        }
    }

    /// How an attribute changes if the change of its resource happens.
    fn attribute_of(
        &self,
        element: &Element,
        planned: &ResourceChange,
        attribute: &str,
    ) -> AttributeChange {
        let own = |it: &&ArgumentChange| {
            it.argument == attribute || it.argument.starts_with(&format!("{attribute}."))
        };
        let own = planned.arguments.iter().find(own);
        match planned.action {
            Action::Move | Action::Destroy => AttributeChange::Unchanged,
            _ if own.is_some_and(|own| own.is_unknown) => AttributeChange::Unknown,
            _ if own.is_some() => AttributeChange::Changed,
            Action::Replace | Action::Create if element.arguments.contains_key(attribute) => {
                AttributeChange::Unchanged
            }
            Action::Replace | Action::Create => AttributeChange::Unknown,
            Action::Update => {
                let effects = self.table.get(&element.type_name);
                let effects = effects.map(|effects| effects.variant(&element.arguments));
                let causes = effects.and_then(|it| it.recomputed.get(attribute));
                // The arguments that depend on something are not among the changed ones.
                let is_open = planned.certainty != Certainty::Certain;
                let is_recomputed = causes.is_some_and(|causes| {
                    let mut changed = planned.arguments.iter();
                    is_open
                        || changed.any(|it| {
                            let mut causes = causes.iter();
                            causes.any(|cause| cause == ANY || is_within(&it.argument, cause))
                        })
                });
                if is_recomputed {
                    AttributeChange::Unknown
                } else {
                    AttributeChange::Unchanged
                }
            }
        }
    }

    fn data_attribute(&mut self, address: &str) -> AttributeChange {
        let [before, after] = [self.from, self.to].map(|it| it.data_sources.get(address));
        let (Some(before), Some(after)) = (before, after) else {
            return AttributeChange::Unchanged;
        };
        if before.arguments != after.arguments || before.provider != after.provider {
            return AttributeChange::DependsOn(address.to_owned());
        }
        let mut changed = false;
        let mut unknown = None;
        for text in after.arguments.values().flat_map(texts) {
            for reference in references(text) {
                match self.attribute(&reference) {
                    AttributeChange::Unchanged => {}
                    AttributeChange::Changed | AttributeChange::Unknown => changed = true,
                    AttributeChange::DependsOn(address) => unknown = Some(address),
                }
            }
        }
        match unknown {
            // Terraform reads the data source during the apply.
            _ if changed => AttributeChange::Unknown,
            Some(address) => AttributeChange::DependsOn(address),
            None => AttributeChange::Unchanged,
        }
    }
}

/// Derives the action from the effects of the changed arguments.
fn decide(
    address: &str,
    element: &Element,
    arguments: Vec<ArgumentChange>,
    unknowns: BTreeMap<String, BTreeSet<Effect>>,
) -> Option<ResourceChange> {
    let surely = |effect: Effect| {
        arguments
            .iter()
            .any(|it| it.effects.len() == 1 && it.effects.contains(&effect))
    };
    let open = arguments.iter().filter(|it| it.effects.len() != 1);
    let mut depends: BTreeMap<String, BTreeSet<Effect>> = unknowns;
    for argument in open {
        let unknown = format!("the values of `{}`", argument.argument);
        let effects = if argument.effects.is_empty() {
            [Effect::None, Effect::InPlace, Effect::Replace].into()
        } else {
            argument.effects.clone()
        };
        depends.insert(unknown, effects);
    }
    let worst = depends.values().flatten().max().copied();
    let of = |worse: Effect| {
        let unknowns = depends.iter();
        let unknowns = unknowns.filter(|(_, effects)| effects.contains(&worse));
        Certainty::DependsOn(unknowns.map(|(unknown, _)| unknown.clone()).collect())
    };
    let (action, certainty) = if surely(Effect::Replace) {
        (Action::Replace, Certainty::Certain)
    } else if worst == Some(Effect::Replace) {
        (Action::Replace, of(Effect::Replace))
    } else if surely(Effect::InPlace) {
        (Action::Update, Certainty::Certain)
    } else if worst == Some(Effect::InPlace) {
        (Action::Update, of(Effect::InPlace))
    } else {
        return None;
    };
    Some(change(address, element, action, certainty, arguments))
}

/// A change that depends on nothing.
fn sure(
    address: &str,
    element: &Element,
    action: Action,
    arguments: Vec<ArgumentChange>,
) -> ResourceChange {
    change(address, element, action, Certainty::Certain, arguments)
}

fn change(
    address: &str,
    element: &Element,
    action: Action,
    certainty: Certainty,
    arguments: Vec<ArgumentChange>,
) -> ResourceChange {
    ResourceChange {
        address: address.to_owned(),
        former_address: None,
        type_name: element.type_name.clone(),
        construct: element.construct.clone(),
        action,
        certainty,
        arguments,
        retained: retained_type(&element.type_name, &element.ignored),
    }
}

/// The address in `from` of the resource that has `address` in `to`.
fn former_address<'c>(from: &Configuration, to: &'c Configuration, address: &'c str) -> &'c str {
    let is_present = from.resources.contains_key(address);
    let moved = to.moved.get(address).filter(|_| !is_present);
    moved.map_or(address, String::as_str)
}

/// The default tags of a resource, without those that its own tags override.
fn default_tags<'c>(
    configuration: &'c Configuration,
    element: &Element,
) -> Vec<(&'c str, &'c Value)> {
    let defaults = configuration.default_tags.get(&element.provider);
    let own = element.arguments.get("tags").and_then(Value::as_object);
    let defaults = defaults.and_then(|defaults| match defaults {
        Value::Array(blocks) => blocks.first()?.get("tags")?.as_object(),
        block => block.get("tags")?.as_object(),
    });
    let tags = defaults.into_iter().flatten();
    let inherited = tags.filter(|(name, _)| own.is_none_or(|own| !own.contains_key(*name)));
    inherited
        .map(|(name, value)| (name.as_str(), value))
        .collect()
}

fn is_within(argument: &str, block: &str) -> bool {
    argument == block
        || argument
            .strip_prefix(block)
            .is_some_and(|rest| rest.starts_with('.'))
        || block
            .strip_prefix(argument)
            .is_some_and(|rest| rest.starts_with('.'))
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(entries) => entries.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}
