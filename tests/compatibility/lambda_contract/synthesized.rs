//! Entries of the contract in the synthesized configurations of the embedded stacks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use paymig::terraform::tree::{Expr, Mode, Node, Term, Tree};
use serde_json::{Map, Value};

use super::contract::call;
use crate::deployments::{Deployment, deployments};
use crate::term_json::term_json;

/// Entries of the contract in all configurations together.
#[derive(Debug, Default)]
pub(crate) struct Synthesized {
    /// The variables of every function that runs a package of `lambda/`, by package: one set for each function.
    pub(crate) variables: BTreeMap<String, Vec<BTreeSet<String>>>,
    /// Calls of the state machines: `cutover shift_traffic(execution, percent)`.
    pub(crate) operations: BTreeSet<String>,
    /// Texts that state machines compare results with.
    pub(crate) compared: BTreeSet<String>,
    /// Errors that state machines retry.
    pub(crate) retried: BTreeSet<String>,
    /// Errors that state machines do not retry behind a fence.
    pub(crate) refused: BTreeSet<String>,
    /// Errors that state machines raise, and those that they catch by name.
    pub(crate) raised: BTreeSet<String>,
    /// Events that metric filters count, with the metric.
    pub(crate) events: BTreeMap<String, String>,
    /// Metrics of the migration's namespace that alarms and dashboards read.
    pub(crate) metrics: BTreeSet<String>,
    /// Parameters, below the prefix.
    pub(crate) parameters: BTreeSet<String>,
    /// Prefixes of the objects that the functions of a migration may read and write.
    pub(crate) objects: BTreeSet<String>,
    /// The fields of the objects in REPLICATIONS.
    pub(crate) replication_fields: Vec<BTreeSet<String>>,
    /// The slots in REPLICATIONS.
    pub(crate) slots: BTreeMap<String, BTreeSet<String>>,
}

impl Synthesized {
    /// The entries of every deployment of the embedded stacks.
    pub(crate) fn read() -> &'static Self {
        static ALL: LazyLock<Synthesized> = LazyLock::new(Synthesized::of_every_deployment);
        &ALL
    }

    fn of_every_deployment() -> Self {
        let mut all = Self::default();
        for deployment in deployments() {
            let tree = deployment.at_default().tree;
            for node in tree.nodes() {
                all.add(&deployment, &tree, node);
            }
        }
        all
    }

    fn add(&mut self, deployment: &Deployment, tree: &Tree, node: &Node) {
        let argument = |name: &str| node.arguments().get(name);
        match node.type_name() {
            "aws_lambda_function" => self.add_function(tree, node),
            "aws_sfn_state_machine" => {
                let definition = json(tree, argument("definition").unwrap());
                self.add_states(tree, &definition);
            }
            "aws_cloudwatch_log_metric_filter" => {
                let pattern = text(argument("pattern").unwrap());
                let event = pattern.split('"').nth(1).unwrap().to_owned();
                let transformation = json(tree, argument("metric_transformation").unwrap());
                let metric = find(&transformation, "name").unwrap().as_str().unwrap();
                self.events.insert(event, metric.to_owned());
            }
            "aws_ssm_parameter" if node.mode() == Mode::Managed => {
                let root = format!("/payment/{}/abc123/", deployment.environment);
                let name = text(argument("name").unwrap());
                self.parameters
                    .insert(name.strip_prefix(&root).unwrap().to_owned());
            }
            "aws_cloudwatch_dashboard" => {
                let body = json(tree, argument("dashboard_body").unwrap());
                self.add_metrics(&body);
            }
            "aws_cloudwatch_metric_alarm" => {
                let namespace = argument("namespace").map(|term| json(tree, term));
                if namespace.is_some_and(|name| is_of_migration(&name)) {
                    self.metrics.insert(text(argument("metric_name").unwrap()));
                }
            }
            "aws_iam_role_policy" => {
                let policy = json(tree, argument("policy").unwrap());
                self.add_objects(&policy);
            }
            _ => {}
        }
    }

    fn add_function(&mut self, tree: &Tree, node: &Node) {
        let Some(package) = package(node) else {
            return;
        };
        let environment = node.arguments().get("environment");
        let environment = environment.map(|term| json(tree, term)).unwrap_or_default();
        let variables = find(&environment, "variables").cloned().unwrap_or_default();
        let variables = variables.as_object().cloned().unwrap_or_default();
        if let Some(replications) = variables.get("REPLICATIONS") {
            self.add_replications(replications);
        }
        let names = variables.keys().cloned().collect();
        self.variables.entry(package).or_default().push(names);
    }

    fn add_replications(&mut self, replications: &Value) {
        for replication in replications.as_array().unwrap() {
            let fields = replication.as_object().unwrap();
            self.replication_fields
                .push(fields.keys().cloned().collect());
            for name in ["forward_slot", "reverse_slot"] {
                if let Some(slot) = fields.get(name).and_then(Value::as_str) {
                    let slots = self.slots.entry(name.to_owned()).or_default();
                    slots.insert(slot.to_owned());
                }
            }
        }
    }

    fn add_states(&mut self, tree: &Tree, value: &Value) {
        visit(value, &mut |object| {
            if let (Some(function), Some(Value::Object(payload))) =
                (object.get("FunctionName"), object.get("Payload"))
            {
                let address = function.as_str().unwrap().split_once(".arn}").unwrap().0;
                let function = tree
                    .nodes()
                    .iter()
                    .find(|node| format!("${{{}", node.address()) == address)
                    .unwrap();
                let arguments = payload
                    .keys()
                    .map(|key| key.trim_end_matches(".$").to_owned());
                let arguments = arguments.filter(|name| name != "operation").collect();
                let operation = payload["operation"].as_str().unwrap();
                let package = package(function).unwrap();
                self.operations
                    .insert(call(&package, operation, &arguments));
            }
            if let Some(compared) = object.get("StringEquals") {
                self.compared.insert(compared.as_str().unwrap().to_owned());
            }
            for list in ["Retry", "Catch"] {
                for entry in object
                    .get(list)
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                {
                    let errors = match entry.get("MaxAttempts").and_then(Value::as_u64) {
                        Some(0) => &mut self.refused,
                        Some(_) => &mut self.retried,
                        None => &mut self.raised,
                    };
                    let names = entry["ErrorEquals"].as_array().unwrap();
                    let names = names.iter().map(|name| name.as_str().unwrap());
                    // Names with a dot belong to Step Functions and Lambda.
                    errors.extend(names.filter(|name| !name.contains('.')).map(str::to_owned));
                }
            }
            // A `Fail` state has the error, or a `Pass` state that prepares the input of one.
            if let Some(Value::String(error)) = object.get("Error") {
                self.raised.insert(error.clone());
            }
        });
    }

    fn add_metrics(&mut self, body: &Value) {
        let Value::Array(items) = body else {
            if let Value::Object(object) = body {
                for value in object.values() {
                    self.add_metrics(value);
                }
            }
            return;
        };
        if let [namespace, Value::String(metric), ..] = items.as_slice()
            && is_of_migration(namespace)
        {
            self.metrics.insert(metric.clone());
        }
        for item in items {
            self.add_metrics(item);
        }
    }

    fn add_objects(&mut self, policy: &Value) {
        visit(policy, &mut |statement| {
            if statement.get("Sid") != Some(&"ReadWriteCheckpoints".into()) {
                return;
            }
            for resource in statement["Resource"].as_array().unwrap() {
                let resource = resource.as_str().unwrap();
                let prefix = resource.split_once('/').unwrap().1.trim_end_matches('*');
                self.objects.insert(prefix.to_owned());
            }
        });
    }
}

/// The package of `lambda/` that a function runs; none if it runs an image.
fn package(node: &Node) -> Option<String> {
    let handler = text(node.arguments().get("handler")?);
    Some(handler.split_once('.').unwrap().0.to_owned())
}

fn is_of_migration(namespace: &Value) -> bool {
    let namespace = namespace.as_str();
    namespace.is_some_and(|namespace| namespace.starts_with("PaymentMigration/"))
}

/// The JSON of a term, with references as Terraform writes them, and `${…}` for other expressions.
fn json(tree: &Tree, term: &Term) -> Value {
    term_json(term, &|expr| match expr {
        Expr::Attribute(node, name) => {
            let address = tree.node(*node).unwrap().address();
            format!("${{{address}.{name}}}").into()
        }
        _ => "${…}".into(),
    })
}

fn text(term: &Term) -> String {
    let Term::Text(text) = term else {
        panic!("not a literal: {term:?}")
    };
    text.clone().into_owned()
}

/// The first value of `key`, at any depth.
fn find<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    match value {
        Value::Object(object) => object
            .get(key)
            .or_else(|| object.values().find_map(|value| find(value, key))),
        Value::Array(items) => items.iter().find_map(|item| find(item, key)),
        _ => None,
    }
}

fn visit(value: &Value, seen: &mut impl FnMut(&Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            seen(object);
            for value in object.values() {
                visit(value, seen);
            }
        }
        Value::Array(items) => {
            for item in items {
                visit(item, seen);
            }
        }
        _ => {}
    }
}
