//! The effect of a change of each argument, asked from the provider.
//!
//! A probe plans a resource twice: its creation with one value of an argument, then the change to another value. The
//! other arguments are those of a resource of an embedded stack, or the required ones.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use paymig::diff::{ANY, ChangeKind, Effect, Effects};
use provider_plugin::{Action, Block, Nesting, Type, Value};
use serde_json::Value as Json;

use crate::evaluation::json;
use crate::examples::{example, required, unknown, zero};
use crate::paths::{Place, get, is_unset, is_unset_at, place, set, with_parents};
use crate::planner::differing;
use crate::provider::Provider;
use crate::stubs::known;

/// The depth of nested blocks below which no argument is probed on its own: the change of a deeper argument has the
/// effect of a change of the block that contains it.
const MAX_DEPTH: usize = 3;
/// The number of arguments of a type above which fewer levels are probed. The rules of a web ACL nest without end.
const MAX_ARGUMENTS: usize = 400;
/// The number of configurations in which an argument is probed.
const MAX_BASES: usize = 4;

/// The outcomes of probes, by argument.
#[derive(Debug, Default)]
struct Outcomes {
    effects: BTreeMap<String, BTreeMap<ChangeKind, BTreeSet<Effect>>>,
    kept: BTreeSet<String>,
    kept_zero: BTreeSet<String>,
    defaults: BTreeMap<String, Json>,
    recomputed: BTreeMap<String, BTreeSet<String>>,
    /// Lists whose order the provider ignores.
    unordered: BTreeSet<String>,
}

/// An argument or a block, with values that it can have.
struct Argument {
    path: Vec<String>,
    values: Vec<Value>,
    is_computed: bool,
    is_required: bool,
    is_block: bool,
    /// The zero value of its type.
    zero: Option<Value>,
    /// A value that is known only after the apply.
    unknown: Value,
}

/// Arguments that decide about the effects of the others: the provider ignores what a listener or a target cannot have.
const DECIDING: [(&str, &str); 3] = [
    ("aws_lb", "load_balancer_type"),
    ("aws_lb_listener", "protocol"),
    ("aws_lb_target_group", "target_type"),
];

/// Probes every argument of `type_name`. `bases` are configurations of it.
pub(crate) fn probe(
    provider: &mut Provider,
    type_name: &str,
    bases: &[Value],
) -> anyhow::Result<Effects> {
    let mut effects = probe_variant(provider, type_name, bases)?;
    let deciding = DECIDING.iter().find(|(name, _)| *name == type_name);
    let Some((_, argument)) = deciding else {
        return Ok(effects);
    };
    effects.decided_by = Some((*argument).to_owned());
    let mut variants: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for base in bases {
        let value = match base.get(argument) {
            Some(Value::Text(text)) => text.clone(),
            _ => String::new(),
        };
        variants.entry(value).or_default().push(base.clone());
    }
    for (value, bases) in variants {
        let variant = probe_variant(provider, type_name, &bases)?;
        effects.variants.insert(value, variant);
    }
    Ok(effects)
}

/// The attributes that a plan of `base` changes after its apply.
pub(crate) fn changes_when_applied(
    provider: &mut Provider,
    type_name: &str,
    base: &Value,
) -> anyhow::Result<Vec<String>> {
    let schema = provider.client().schema(type_name)?.clone();
    let planned = provider.plan(type_name, &Value::Null, base)?.planned;
    let applied = known(&schema, &planned, "probed");
    let again = provider.plan(type_name, &applied, base)?;
    Ok(match again.action {
        Action::NoChange => Vec::new(),
        Action::Replace => again.replaced_by,
        Action::Update => differing(&applied, &again.planned),
    })
}

fn probe_variant(
    provider: &mut Provider,
    type_name: &str,
    bases: &[Value],
) -> anyhow::Result<Effects> {
    let schema = provider.client().schema(type_name)?.clone();
    let depths = (1..=MAX_DEPTH).rev();
    let mut levels = depths.map(|depth| (depth, arguments(&schema, depth, &mut Vec::new())));
    let level = levels.find(|(_, level)| level.len() <= MAX_ARGUMENTS);
    let (depth, arguments) = level.context("too many arguments")?;
    let synthetic = [required(&schema)];
    // A plan with blocks of a large schema takes seconds.
    let bases = if bases.is_empty() || depth == 1 {
        synthetic.iter().collect()
    } else {
        covering(bases, &arguments)
    };
    let mut outcomes = Outcomes::default();
    let mut probers: Vec<Prober<'_>> = bases
        .iter()
        .map(|base| Prober {
            planned: BTreeMap::new(),
            type_name,
            schema: &schema,
            base,
        })
        .collect();
    for argument in &arguments {
        // A base that sets an argument shows its effect where it has one.
        let sets = |prober: &Prober<'_>| !is_unset_at(prober.base, &argument.path);
        let is_set_somewhere = probers.iter().any(sets);
        let relevant = probers.iter_mut();
        let relevant = relevant.filter(|it| !is_set_somewhere || sets(it));
        for prober in relevant.take(MAX_BASES) {
            prober.probe(provider, argument, &mut outcomes);
        }
    }
    let unordered = std::mem::take(&mut outcomes.unordered);
    let mut effects = outcomes.summarize();
    // No state has them, so that a change of them is no change of the resource.
    let write_only = schema.attributes.iter().filter(|(_, it)| it.is_write_only);
    effects
        .none
        .extend(write_only.map(|(name, _)| name.clone()));
    effects.sets = sets(&schema, &mut Vec::new()).chain(unordered).collect();
    effects.has_default_tags = schema.attributes.contains_key("tags_all");
    Ok(effects)
}

/// Configurations of `bases` that have every argument that one of them has.
fn covering<'b>(bases: &'b [Value], arguments: &[Argument]) -> Vec<&'b Value> {
    let mut chosen = Vec::new();
    let mut missing: Vec<&Argument> = arguments.iter().collect();
    let covered = |base: &Value, missing: &[&Argument]| {
        let arguments = missing.iter();
        arguments.filter(|it| !is_unset_at(base, &it.path)).count()
    };
    while let Some(best) = bases
        .iter()
        .rev()
        .max_by_key(|base| covered(base, &missing))
    {
        let is_useful = covered(best, &missing) > 0;
        if !is_useful && chosen.len() >= MAX_BASES.min(bases.len()) {
            break;
        }
        if is_useful {
            chosen.push(best);
            missing.retain(|it| is_unset_at(best, &it.path));
            continue;
        }
        let Some(other) = bases.iter().find(|base| !chosen.contains(base)) else {
            break;
        };
        chosen.push(other);
    }
    chosen
}

/// `value` with another text wherever it has the text `own`.
fn renamed(value: &Value, own: &Value) -> Value {
    match value {
        Value::Text(text) if value == own => Value::Text(format!("{text}_renamed")),
        Value::List(items) => Value::List(items.iter().map(|item| renamed(item, own)).collect()),
        Value::Object(entries) => {
            let entries = entries.iter();
            let entries = entries.map(|(name, item)| (name.clone(), renamed(item, own)));
            Value::Object(entries.collect())
        }
        other => other.clone(),
    }
}

/// The other value of a boolean that has the type of a text.
fn opposite(value: &Value) -> Option<Value> {
    match value {
        Value::Text(text) if text == "true" => Some(Value::Text("false".to_owned())),
        Value::Text(text) if text == "false" => Some(Value::Text("true".to_owned())),
        _ => None,
    }
}

struct Prober<'p> {
    /// The planned states of new resources by configuration: most probes share one of both.
    planned: BTreeMap<String, Value>,
    type_name: &'p str,
    schema: &'p Block,
    base: &'p Value,
}

impl Prober<'_> {
    fn probe(&mut self, provider: &mut Provider, argument: &Argument, outcomes: &mut Outcomes) {
        let name = argument.path.join(".");
        let path = place(self.base, &argument.path);
        let present = with_parents(self.schema, self.base, &path);
        let mut values = argument.values.clone();
        if let Some(own) = get(&present, &path).filter(|own| !is_unset(own)) {
            values.insert(0, own.clone());
            if let Some(opposite) = opposite(own) {
                values = vec![own.clone(), opposite];
            }
            self.probe_order(provider, &name, &path, own, outcomes);
        }
        values.dedup();
        let unset = set(self.schema, &present, &path, None);
        let mut default = self.planned(provider, &unset).ok().and_then(|planned| {
            let value = get(&planned, &path)?.clone();
            let is_default = !argument.is_required && !value.has_unknown() && !is_unset(&value);
            is_default.then_some(value)
        });
        if let Some(default) = &default {
            outcomes.defaults.insert(name.clone(), json(default));
        } else if let Some(zero) = &argument.zero {
            // Most resources cannot tell the zero value of a type from no value.
            let with_zero = set(self.schema, &present, &path, Some(zero.clone()));
            let effect = |outcome: Option<(Effect, Vec<String>)>| outcome.map(|(effect, _)| effect);
            if effect(self.outcome(provider, &with_zero, &unset)) == Some(Effect::None) {
                outcomes.kept_zero.insert(name.clone());
            }
            if effect(self.outcome(provider, &unset, &with_zero)) == Some(Effect::None) {
                outcomes.defaults.insert(name.clone(), json(zero));
                default = Some(zero.clone());
            }
        }
        let with = |value: &Value| set(self.schema, &present, &path, Some(value.clone()));
        let configurations: Vec<Value> = values.iter().map(with).collect();
        let unknown = with(&argument.unknown);
        let mut probes = Vec::new();
        let other = values
            .iter()
            .position(|value| Some(value) != default.as_ref());
        if let Some(first) = other.and_then(|at| configurations.get(at)) {
            probes.push((ChangeKind::Add, &unset, first));
            probes.push((ChangeKind::Remove, first, &unset));
            if !argument.is_block {
                probes.push((ChangeKind::Unknown, first, &unknown));
            }
        }
        for pair in configurations.windows(2) {
            if let [before, after] = pair {
                probes.push((ChangeKind::Change, before, after));
            }
        }
        let renamed = get(&present, &path).map(|own| renamed(&present, own));
        let mut outcome_of_probes = Vec::new();
        for (kind, before, after) in probes {
            if let Some(outcome) = self.outcome(provider, before, after) {
                outcome_of_probes.push((kind, outcome));
            }
        }
        let mut kinds = outcome_of_probes.iter().map(|(kind, _)| *kind);
        let is_rejected = !kinds.any(|kind| kind == ChangeKind::Change);
        if let (true, Some(renamed)) = (is_rejected && !argument.is_block, &renamed) {
            // The provider rejects a value that others of the configuration do not match.
            let outcome = self.outcome(provider, &present, renamed);
            outcome_of_probes.extend(outcome.map(|outcome| (ChangeKind::Change, outcome)));
        }
        for (kind, (effect, recomputed)) in outcome_of_probes {
            if kind == ChangeKind::Remove && argument.is_computed && effect == Effect::None {
                outcomes.kept.insert(name.clone());
                continue;
            }
            let kinds = outcomes.effects.entry(name.clone()).or_default();
            kinds.entry(kind).or_default().insert(effect);
            for attribute in recomputed {
                if argument.path.first() == Some(&attribute) {
                    continue;
                }
                let causes = outcomes.recomputed.entry(attribute).or_default();
                causes.insert(name.clone());
            }
        }
    }

    /// Whether another order of the items of `own` changes nothing.
    fn probe_order(
        &mut self,
        provider: &mut Provider,
        name: &str,
        path: &Place,
        own: &Value,
        outcomes: &mut Outcomes,
    ) {
        let Value::List(items) = own else {
            return;
        };
        let reversed = Value::List(items.iter().rev().cloned().collect());
        if reversed == *own {
            return;
        }
        let other = set(self.schema, self.base, path, Some(reversed));
        let outcome = self.outcome(provider, self.base, &other);
        if outcome.is_some_and(|(effect, _)| effect == Effect::None) {
            outcomes.unordered.insert(name.to_owned());
        }
    }

    /// The effect of the change, and the attributes that are computed anew. None if the provider rejects one of both.
    fn outcome(
        &mut self,
        provider: &mut Provider,
        before: &Value,
        after: &Value,
    ) -> Option<(Effect, Vec<String>)> {
        let prior = self.created(provider, before).ok()?;
        let plan = provider.plan(self.type_name, &prior, after).ok()?;
        let effect = match plan.action {
            Action::NoChange => Effect::None,
            Action::Update => Effect::InPlace,
            Action::Replace => return Some((Effect::Replace, Vec::new())),
        };
        let Value::Object(entries) = &plan.planned else {
            return None;
        };
        let recomputed = entries
            .iter()
            .filter(|(_, value)| **value == Value::Unknown);
        Some((effect, recomputed.map(|(name, _)| name.clone()).collect()))
    }

    fn created(&mut self, provider: &mut Provider, configuration: &Value) -> anyhow::Result<Value> {
        let planned = self.planned(provider, configuration)?;
        Ok(known(self.schema, &planned, "probed"))
    }

    fn planned(&mut self, provider: &mut Provider, configuration: &Value) -> anyhow::Result<Value> {
        let key = format!("{configuration:?}");
        if let Some(planned) = self.planned.get(&key) {
            return Ok(planned.clone());
        }
        let plan = provider.plan(self.type_name, &Value::Null, configuration)?;
        self.planned.insert(key, plan.planned.clone());
        Ok(plan.planned)
    }
}

impl Outcomes {
    fn summarize(self) -> Effects {
        let updating: BTreeSet<&String> = self
            .effects
            .iter()
            .filter(|(_, kinds)| kinds.values().flatten().any(|it| *it == Effect::InPlace))
            .map(|(path, _)| path)
            .collect();
        let mut recomputed = self.recomputed;
        for (attribute, causes) in &mut recomputed {
            let mut others = updating.iter().filter(|path| **path != attribute);
            if others.all(|path| causes.contains(*path)) {
                *causes = [ANY.to_owned()].into();
            }
        }
        let mut summary = Effects {
            defaults: self.defaults,
            kept_zero: self.kept_zero,
            recomputed,
            ..Effects::default()
        };
        for (path, kinds) in self.effects {
            let all: BTreeSet<Effect> = kinds.values().flatten().copied().collect();
            let mut only = all.iter();
            match (only.next(), only.next()) {
                (Some(Effect::None), None) => summary.none.insert(path.clone()),
                (Some(Effect::InPlace), None) => summary.in_place.insert(path.clone()),
                (Some(Effect::Replace), None) => summary.replace.insert(path.clone()),
                _ => {
                    summary.conditional.insert(path.clone(), kinds);
                    true
                }
            };
            if self.kept.contains(&path) {
                summary.kept.insert(path);
            }
        }
        summary
    }
}

/// Every argument and every block of `schema` down to `depth`, with values of it.
fn arguments(schema: &Block, depth: usize, at: &mut Vec<String>) -> Vec<Argument> {
    let mut found = Vec::new();
    let path = |at: &[String], name: &String| at.iter().chain([name]).cloned().collect();
    for (name, attribute) in &schema.attributes {
        if !attribute.is_argument || attribute.is_write_only || name == "id" || name == "tags_all" {
            continue;
        }
        found.push(Argument {
            path: path(at, name),
            values: ["a", "b"]
                .map(|seed| example(&attribute.ty, name, seed))
                .into(),
            is_computed: attribute.is_computed,
            is_required: attribute.is_required,
            is_block: false,
            zero: zero(&attribute.ty),
            unknown: unknown(&attribute.ty),
        });
    }
    for (name, nested) in &schema.blocks {
        if name == "timeouts" {
            continue;
        }
        let one = required(&nested.block);
        let occurs = |block: Value| match nested.nesting {
            Nesting::Single => block,
            Nesting::List | Nesting::Set => Value::List(vec![block]),
        };
        found.push(Argument {
            path: path(at, name),
            values: vec![occurs(one)],
            is_computed: false,
            is_required: false,
            is_block: true,
            zero: None,
            unknown: Value::Unknown,
        });
        at.push(name.clone());
        if at.len() < depth {
            found.extend(arguments(&nested.block, depth, at));
        }
        at.pop();
    }
    found
}

/// The arguments that are sets.
fn sets(schema: &Block, at: &mut Vec<String>) -> impl Iterator<Item = String> + use<> {
    let mut found = Vec::new();
    let path = |at: &[String], name: &String| [at, std::slice::from_ref(name)].concat().join(".");
    for (name, attribute) in &schema.attributes {
        if attribute.is_argument && matches!(attribute.ty, Type::Set(_)) {
            found.push(path(at, name));
        }
    }
    for (name, nested) in &schema.blocks {
        if nested.nesting == Nesting::Set {
            found.push(path(at, name));
        }
        at.push(name.clone());
        if at.len() < MAX_DEPTH {
            found.extend(sets(&nested.block, at));
        }
        at.pop();
    }
    found.into_iter()
}
