//! Plans of whole configurations, resource by resource: what Terraform does between a configuration and its provider.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use anyhow::Context as _;
use paymig::terraform::tree::{Mode, Node, NodeId, Object, Tree};
use provider_plugin::{Action, Plan, Value};

use crate::agreement::PlannedAction;
use crate::evaluation::evaluate;
use crate::provider::Provider;
use crate::stubs::{known, value_of};

/// The state after an apply: each resource by its address.
pub(crate) type State = BTreeMap<String, Resource>;

/// A resource in a state.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    configuration: Value,
    state: Value,
}

impl Resource {
    pub(crate) fn configuration(&self) -> &Value {
        &self.configuration
    }
}

/// A change of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Create,
    /// The arguments that change.
    Update(Vec<String>),
    /// The arguments that force it.
    Replace(Vec<String>),
    Destroy,
}

impl Change {
    /// Its action, with the arguments that cause it.
    pub(crate) fn planned_action(&self) -> PlannedAction {
        let (action, arguments) = match self {
            Self::Create => ("create", Vec::new()),
            Self::Update(arguments) => ("update", arguments.clone()),
            Self::Replace(arguments) => ("replace", arguments.clone()),
            Self::Destroy => ("destroy", Vec::new()),
        };
        PlannedAction { action, arguments }
    }
}

/// Plans with the provider.
#[derive(Debug)]
pub(crate) struct Planner {
    provider: Provider,
    /// The planned states of new resources by type and configuration: the stages of a deployment share most of them.
    created: BTreeMap<String, Value>,
    /// The plans of changes, for the same reason.
    changed: BTreeMap<String, Plan>,
}

impl Planner {
    pub(crate) fn new(provider: Provider) -> Self {
        Self {
            provider,
            created: BTreeMap::new(),
            changed: BTreeMap::new(),
        }
    }

    pub(crate) fn into_provider(self) -> Provider {
        self.provider
    }

    /// The state after an apply of `tree` in an empty account.
    pub(crate) fn apply(&mut self, tree: &Tree) -> anyhow::Result<State> {
        let mut state = State::new();
        let mut values = BTreeMap::new();
        for node in tree.nodes() {
            let address = node.address();
            let value = match node.mode() {
                Mode::Managed if node.type_name() == BUILTIN => builtin(node, &values),
                Mode::Managed => {
                    let configuration = self
                        .configuration(node, tree.default_tags(), &values)
                        .with_context(|| address.clone())?;
                    let applied = self
                        .create(node, &configuration)
                        .with_context(|| address.clone())?;
                    let resource = Resource {
                        configuration,
                        state: applied.clone(),
                    };
                    state.insert(address, resource);
                    applied
                }
                Mode::Data | Mode::Ephemeral => self.read(node, &values)?,
            };
            values.insert(node.node_id(), value);
        }
        Ok(state)
    }

    /// The changes of an apply of `tree` to resources with `prior`.
    pub(crate) fn plan(
        &mut self,
        prior: &State,
        tree: &Tree,
    ) -> anyhow::Result<BTreeMap<String, Change>> {
        let mut changes = BTreeMap::new();
        let mut values: BTreeMap<NodeId, Value> = BTreeMap::new();
        let mut changed = BTreeSet::new();
        let former: BTreeMap<&str, &str> = tree
            .moved()
            .iter()
            .map(|moved| (moved.to.as_str(), moved.from.as_str()))
            .collect();
        let mut kept = BTreeSet::new();
        for node in tree.nodes() {
            let address = node.address();
            let value = match node.mode() {
                Mode::Managed if node.type_name() == BUILTIN => builtin(node, &values),
                Mode::Managed => {
                    let mut configuration = self
                        .configuration(node, tree.default_tags(), &values)
                        .with_context(|| address.clone())?;
                    let from = former.get(address.as_str()).copied().unwrap_or(&address);
                    let existing = prior.get(&address).map(|it| (address.as_str(), it));
                    let existing = existing.or_else(|| Some((from, prior.get(from)?)));
                    if let Some((from, resource)) = existing {
                        kept.insert(from.to_owned());
                        ignore_changes(node, resource, &mut configuration);
                        let triggered = node.meta().lifecycle().replace_triggered_by();
                        let is_triggered = triggered.iter().any(|id| changed.contains(id));
                        let (change, planned) = self
                            .change(node, resource, &configuration, is_triggered)
                            .with_context(|| address.clone())?;
                        if let Some(change) = change {
                            changed.insert(node.node_id());
                            changes.insert(address, change);
                        }
                        planned
                    } else {
                        changed.insert(node.node_id());
                        changes.insert(address, Change::Create);
                        self.plan_new(node, &configuration)?
                    }
                }
                Mode::Data | Mode::Ephemeral => self.read(node, &values)?,
            };
            values.insert(node.node_id(), value);
        }
        let gone = prior.keys().filter(|address| !kept.contains(*address));
        changes.extend(gone.map(|address| (address.clone(), Change::Destroy)));
        Ok(changes)
    }

    fn change(
        &mut self,
        node: &Node,
        resource: &Resource,
        configuration: &Value,
        is_triggered: bool,
    ) -> anyhow::Result<(Option<Change>, Value)> {
        if *configuration == resource.configuration && !is_triggered {
            return Ok((None, resource.state.clone()));
        }
        let key = format!(
            "{} {:?} {configuration:?}",
            node.type_name(),
            resource.state
        );
        let plan = if let Some(plan) = self.changed.get(&key) {
            plan.clone()
        } else {
            let plan = self
                .provider
                .plan(node.type_name(), &resource.state, configuration)?;
            self.changed.insert(key, plan.clone());
            plan
        };
        let change = match plan.action {
            _ if is_triggered => Change::Replace(vec!["replace_triggered_by".to_owned()]),
            Action::NoChange => return Ok((None, plan.planned)),
            Action::Update => {
                let changed = differing(&resource.state, &plan.planned);
                return Ok((Some(Change::Update(changed)), plan.planned));
            }
            Action::Replace => Change::Replace(plan.replaced_by),
        };
        Ok((Some(change), self.plan_new(node, configuration)?))
    }

    fn create(&mut self, node: &Node, configuration: &Value) -> anyhow::Result<Value> {
        let planned = self.plan_new(node, configuration)?;
        let schema = self.provider.client().schema(node.type_name())?;
        Ok(known(schema, &planned, node.logical_id()))
    }

    fn plan_new(&mut self, node: &Node, configuration: &Value) -> anyhow::Result<Value> {
        let key = format!("{} {configuration:?}", node.type_name());
        if let Some(planned) = self.created.get(&key) {
            return Ok(planned.clone());
        }
        let plan = self
            .provider
            .plan(node.type_name(), &Value::Null, configuration)?;
        self.created.insert(key, plan.planned.clone());
        Ok(plan.planned)
    }

    fn configuration(
        &self,
        node: &Node,
        default_tags: &Object,
        values: &BTreeMap<NodeId, Value>,
    ) -> anyhow::Result<Value> {
        let schema = self.provider.client().schema(node.type_name())?;
        let mut configured = arguments(node, values);
        if schema.attributes.contains_key("tags_all") {
            add_tags(&mut configured, default_tags);
        }
        schema.complete(&configured)
    }

    fn read(&self, node: &Node, values: &BTreeMap<NodeId, Value>) -> anyhow::Result<Value> {
        let configured = arguments(node, values);
        if node.mode() == Mode::Ephemeral {
            return Ok(Value::Unknown);
        }
        let schema = self.provider.client().data_schema(node.type_name())?;
        let Value::Object(mut value) = schema.complete(&configured)? else {
            anyhow::bail!("a data source is no object");
        };
        // Equal queries have equal results, also at another address.
        let query = format!("{} {configured:?}", node.type_name());
        let owner = format!("data-{}", checksum(&query));
        for (name, attribute) in &schema.attributes {
            let unset = value.get(name).is_none_or(Value::is_null);
            if attribute.is_computed && unset {
                value.insert(name.clone(), value_of(&attribute.ty, name, &owner));
            }
        }
        Ok(Value::Object(value))
    }
}

/// A number that differs for different texts, and is the same in every run.
fn checksum(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// The type of resources that Terraform itself provides.
const BUILTIN: &str = "terraform_data";

fn builtin(node: &Node, values: &BTreeMap<NodeId, Value>) -> Value {
    let arguments = arguments(node, values);
    let input = arguments.get("input").cloned().unwrap_or(Value::Null);
    let id = Value::Text(format!("id-of-{}", node.logical_id()));
    Value::Object(BTreeMap::from([
        ("id".to_owned(), id),
        ("input".to_owned(), input.clone()),
        ("output".to_owned(), input),
    ]))
}

fn arguments(node: &Node, values: &BTreeMap<NodeId, Value>) -> Value {
    let attribute = |id: NodeId, name: &str| match values.get(&id) {
        Some(Value::Object(entries)) => entries.get(name).cloned().unwrap_or(Value::Null),
        _ => Value::Unknown,
    };
    let entries = node.arguments().iter();
    let entries = entries.map(|(name, term)| (name.to_owned(), evaluate(term, &attribute)));
    Value::Object(entries.collect())
}

/// Adds the default tags of the provider configuration to the tags of a resource. The provider has one configuration
/// here, and computes the same `tags_all` from both.
fn add_tags(arguments: &mut Value, default_tags: &Object) {
    let Value::Object(entries) = arguments else {
        return;
    };
    let unknown = |_: NodeId, _: &str| Value::Unknown;
    let mut all: BTreeMap<String, Value> = default_tags
        .iter()
        .map(|(name, term)| (name.to_owned(), evaluate(term, &unknown)))
        .collect();
    match entries.get("tags") {
        Some(Value::Object(own)) => all.extend(own.clone()),
        Some(Value::Unknown) => return,
        _ => {}
    }
    entries.insert("tags".to_owned(), Value::Object(all));
}

/// Sets the arguments that the lifecycle ignores to their prior values.
fn ignore_changes(node: &Node, resource: &Resource, configuration: &mut Value) {
    let Value::Object(entries) = configuration else {
        return;
    };
    for name in node.meta().lifecycle().ignore_changes() {
        let prior = resource.state.get(name).cloned().unwrap_or(Value::Null);
        entries.insert((*name).to_owned(), prior);
    }
}

/// The attributes that differ.
pub(crate) fn differing(before: &Value, after: &Value) -> Vec<String> {
    let Value::Object(entries) = after else {
        return Vec::new();
    };
    let entries = entries.iter();
    let changed = entries.filter(|(name, value)| before.get(name) != Some(value));
    changed.map(|(name, _)| name.clone()).collect()
}
