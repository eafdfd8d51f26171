//! Policies in a tree: statements with their actions, resources, principals and conditions.

use paymig::terraform::tree::{Expr, Object, Read, Term};

/// A statement of a policy in the tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Statement<'t>(&'t Object);

/// The statements of a policy; none if it is no document of this tree.
pub(crate) fn statements(policy: Option<Read<'_, String>>) -> Vec<Statement<'_>> {
    let document = policy.and_then(|policy| json(policy.term()));
    let statements = document.and_then(|document| document.get("Statement"));
    let statements = statements.into_iter().flat_map(several);
    statements
        .filter_map(|statement| match statement {
            Term::Object(statement) => Some(Statement(statement)),
            _ => None,
        })
        .collect()
}

/// The object that `jsonencode` encodes.
pub(crate) fn json(term: &Term) -> Option<&Object> {
    let Term::Expr(expr) = term else { return None };
    match expr.as_ref() {
        Expr::Call("jsonencode", arguments) => match arguments.first() {
            Some(Term::Object(document)) => Some(document),
            _ => None,
        },
        _ => None,
    }
}

impl<'t> Statement<'t> {
    pub(crate) fn allows(self) -> bool {
        self.text("Effect") == Some("Allow")
    }

    pub(crate) fn denies(self) -> bool {
        self.text("Effect") == Some("Deny")
    }

    /// Its actions, such as `kms:Decrypt`.
    pub(crate) fn actions(self) -> Vec<&'t str> {
        self.texts("Action")
    }

    /// Its resources.
    pub(crate) fn resources(self) -> &'t [Term] {
        self.0.get("Resource").map_or(&[], several)
    }

    /// Its principals that are literals: services, `*`.
    pub(crate) fn principals(self) -> Vec<&'t str> {
        let Some(Term::Object(kinds)) = self.0.get("Principal") else {
            return Vec::new();
        };
        let names = kinds.iter().flat_map(|(_, names)| several(names));
        names.filter_map(text).collect()
    }

    /// The value that its condition compares with `key` by `operator`.
    pub(crate) fn condition(self, operator: &str, key: &str) -> Option<&'t Term> {
        match self.0.get("Condition") {
            Some(Term::Object(operators)) => match operators.get(operator) {
                Some(Term::Object(keys)) => keys.get(key),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it denies all access without TLS.
    pub(crate) fn denies_plain_text(self) -> bool {
        self.denies()
            && self.principals() == ["*"]
            && self.condition("Bool", "aws:SecureTransport").and_then(text) == Some("false")
    }

    fn text(self, name: &str) -> Option<&'t str> {
        self.0.get(name).and_then(text)
    }

    fn texts(self, name: &str) -> Vec<&'t str> {
        let terms = self.0.get(name).into_iter().flat_map(several);
        terms.filter_map(text).collect()
    }
}

/// The literal text of a term.
pub(crate) fn text(term: &Term) -> Option<&str> {
    match term {
        Term::Text(text) => Some(text),
        _ => None,
    }
}

/// The items of a list, or the term itself.
pub(crate) fn several(term: &Term) -> &[Term] {
    match term {
        Term::List(items) => items,
        one => std::slice::from_ref(one),
    }
}

/// The literal parts of a text.
pub(crate) fn literals(term: &Term) -> String {
    match term {
        Term::Text(text) => text.to_string(),
        Term::Expr(expr) => match expr.as_ref() {
            Expr::Template(parts) => parts.iter().map(literals).collect(),
            _ => String::new(),
        },
        _ => String::new(),
    }
}
