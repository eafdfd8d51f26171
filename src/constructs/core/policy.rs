//! Typed IAM and resource policies.
//!
//! ```ignore
//! Policy::new([Statement::allow(["kms:Decrypt"], [key.arn()])]).to_json()
//! ```
//!
//! A policy is built from handles, so it can name only resources that its caller received. It becomes
//! `jsonencode(…)` in the Terraform configuration.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::terraform::tree::{Any, Object, Term, Value};

/// A policy document of version 2012-10-17.
#[derive(Clone, Debug)]
#[must_use]
pub struct Policy {
    statements: Vec<Statement>,
}

/// One statement of a [`Policy`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Statement {
    effect: Effect,
    sid: Option<&'static str>,
    principals: Vec<Principal>,
    actions: Vec<&'static str>,
    resources: Vec<Value<String>>,
    conditions: BTreeMap<&'static str, BTreeMap<&'static str, Vec<Value<String>>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    Allow,
    Deny,
}

/// The principal of a statement in a resource or trust policy.
#[derive(Clone, Debug)]
pub enum Principal {
    /// An AWS service: `logs.us-east-1.amazonaws.com`.
    Service(Cow<'static, str>),
    /// The ARN of an account's root, a role or a user.
    Aws(Value<String>),
    /// Every identity: safe in a `Deny` or with a condition only.
    Anyone,
}

impl Policy {
    /// A policy of these statements.
    pub fn new(statements: impl IntoIterator<Item = Statement>) -> Self {
        Self {
            statements: statements.into_iter().collect(),
        }
    }

    /// The policy as JSON text.
    pub fn to_json(self) -> Value<String> {
        let statements = self
            .statements
            .into_iter()
            .map(Statement::into_term)
            .collect();
        let policy = Object::from_iter([
            ("Version", text("2012-10-17")),
            ("Statement", Term::List(statements)),
        ]);
        Value::<Any>::from(policy).to_json()
    }
}

impl Statement {
    /// Allows `actions` on `resources`. A trust policy has no resources.
    pub fn allow(
        actions: impl IntoIterator<Item = &'static str>,
        resources: impl IntoIterator<Item = Value<String>>,
    ) -> Self {
        Self::new(Effect::Allow, actions, resources)
    }

    /// Denies `actions` on `resources`.
    pub fn deny(
        actions: impl IntoIterator<Item = &'static str>,
        resources: impl IntoIterator<Item = Value<String>>,
    ) -> Self {
        Self::new(Effect::Deny, actions, resources)
    }

    /// Sets the statement id.
    pub fn sid(mut self, sid: &'static str) -> Self {
        self.sid = Some(sid);
        self
    }

    /// Adds a principal.
    pub fn principal(mut self, principal: Principal) -> Self {
        self.principals.push(principal);
        self
    }

    /// Adds a condition: `operator` is `StringEquals`, `ArnLike`, …
    pub fn condition(
        mut self,
        operator: &'static str,
        key: &'static str,
        value: impl Into<Value<String>>,
    ) -> Self {
        self.conditions
            .entry(operator)
            .or_default()
            .entry(key)
            .or_default()
            .push(value.into());
        self
    }

    fn new(
        effect: Effect,
        actions: impl IntoIterator<Item = &'static str>,
        resources: impl IntoIterator<Item = Value<String>>,
    ) -> Self {
        Self {
            effect,
            sid: None,
            principals: Vec::new(),
            actions: actions.into_iter().collect(),
            resources: resources.into_iter().collect(),
            conditions: BTreeMap::new(),
        }
    }

    fn into_term(self) -> Term {
        let mut statement = Object::default();
        if let Some(sid) = self.sid {
            statement.set("Sid", text(sid));
        }
        let effect = match self.effect {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        };
        statement.set("Effect", text(effect));
        statement.set("Action", several(self.actions.into_iter().map(text)));
        if !self.principals.is_empty() {
            statement.set("Principal", principals(self.principals));
        }
        if !self.resources.is_empty() {
            let resources = self.resources.into_iter().map(Value::into_term);
            statement.set("Resource", several(resources));
        }
        if !self.conditions.is_empty() {
            let conditions = self.conditions.into_iter().map(|(operator, keys)| {
                let keys = keys
                    .into_iter()
                    .map(|(key, values)| (key, several(values.into_iter().map(Value::into_term))))
                    .collect();
                (operator, Term::Object(keys))
            });
            statement.set("Condition", Term::Object(conditions.collect()));
        }
        Term::Object(statement)
    }
}

fn principals(principals: Vec<Principal>) -> Term {
    let mut by_kind: BTreeMap<&'static str, Vec<Term>> = BTreeMap::new();
    for principal in principals {
        let (kind, term) = match principal {
            Principal::Service(service) => ("Service", Term::Text(service)),
            Principal::Aws(arn) => ("AWS", arn.into_term()),
            Principal::Anyone => ("AWS", text("*")),
        };
        by_kind.entry(kind).or_default().push(term);
    }
    let object = by_kind
        .into_iter()
        .map(|(kind, terms)| (kind, several(terms)));
    Term::Object(object.collect())
}

/// One value, or a list. AWS returns a single value without its list, which would be a difference in every plan.
fn several(terms: impl IntoIterator<Item = Term>) -> Term {
    let mut terms: Vec<Term> = terms.into_iter().collect();
    match terms.len() {
        1 => terms.remove(0),
        _ => Term::List(terms),
    }
}

fn text(text: &'static str) -> Term {
    Term::Text(Cow::Borrowed(text))
}
