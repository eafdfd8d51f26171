//! Mutations: faults in copies of a tree that a query must detect.

use paymig::terraform::tree::{
    Argument, Expr, Kind, Mode, MutatedTree, Node, NodeId, Object, Term, Tree,
};

/// A fault, injected into one element of a kind after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mutation {
    mode: Mode,
    type_name: &'static str,
    change: Change,
    within: &'static str,
    reach: Reach,
}

#[derive(Clone, Copy, Debug)]
enum Change {
    Remove,
    Guard,
    Detach,
    Drop(&'static str),
    Weaken(&'static str, Option<&'static str>),
    Widen(&'static str, &'static str),
    /// To the node at this path.
    Redirect(&'static str, &'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    EachAlone,
    AllAtOnce,
}

/// The element is missing.
pub(crate) const fn removed<K: Kind>() -> Mutation {
    Mutation::new::<K>(Change::Remove)
}

/// Terraform rejects the destruction of the element.
pub(crate) const fn guarded<K: Kind>() -> Mutation {
    Mutation::new::<K>(Change::Guard)
}

/// The element does not wait for others.
pub(crate) const fn detached<K: Kind>() -> Mutation {
    Mutation::new::<K>(Change::Detach)
}

/// The element lacks this argument.
pub(crate) const fn dropped<K: Kind>(argument: Argument<K>) -> Mutation {
    Mutation::new::<K>(Change::Drop(argument.terraform_name()))
}

/// The argument has another value: the opposite, zero, another text, an empty list, or a text instead of a
/// reference.
pub(crate) const fn weakened<K: Kind>(argument: Argument<K>) -> Mutation {
    Mutation::new::<K>(Change::Weaken(argument.terraform_name(), None))
}

/// The value of `name` inside the argument is another one.
pub(crate) const fn weakened_in<K: Kind>(argument: Argument<K>, name: &'static str) -> Mutation {
    Mutation::new::<K>(Change::Weaken(argument.terraform_name(), Some(name)))
}

/// The value of `name` inside the argument is `*`.
pub(crate) const fn widened_in<K: Kind>(argument: Argument<K>, name: &'static str) -> Mutation {
    Mutation::new::<K>(Change::Widen(argument.terraform_name(), name))
}

/// The argument refers to the element at `path` instead.
pub(crate) const fn redirected<K: Kind>(argument: Argument<K>, path: &'static str) -> Mutation {
    Mutation::new::<K>(Change::Redirect(argument.terraform_name(), path))
}

impl Mutation {
    const fn new<K: Kind>(change: Change) -> Self {
        Self {
            mode: K::MODE,
            type_name: K::TYPE,
            change,
            within: "",
            reach: Reach::EachAlone,
        }
    }

    /// Only elements whose path, with a slash at its end, begins with `path`.
    pub(crate) const fn within(mut self, path: &'static str) -> Self {
        self.within = path;
        self
    }

    /// Injects the fault into all elements at once, because the query need not detect a single one.
    pub(crate) const fn at_once(mut self) -> Self {
        self.reach = Reach::AllAtOnce;
        self
    }

    /// The fault in words.
    pub(crate) fn description(&self) -> String {
        let type_name = self.type_name;
        let mut description = match self.change {
            Change::Remove => format!("without `{type_name}`"),
            Change::Guard => format!("guarded `{type_name}`"),
            Change::Detach => format!("without `{type_name}.depends_on`"),
            Change::Drop(argument) => format!("without `{type_name}.{argument}`"),
            Change::Weaken(argument, None) => format!("other `{type_name}.{argument}`"),
            Change::Weaken(argument, Some(name)) => {
                format!("other `{type_name}.{argument}…{name}`")
            }
            Change::Widen(argument, name) => format!("`*` in `{type_name}.{argument}…{name}`"),
            Change::Redirect(argument, path) => {
                format!("`{type_name}.{argument}` to `{path}`")
            }
        };
        if !self.within.is_empty() {
            description.extend([" in `", self.within, "`"]);
        }
        description
    }

    /// The trees with the fault, each with the path of the changed element.
    pub(crate) fn mutants(&self, tree: &Tree) -> Vec<(String, MutatedTree)> {
        let nodes = tree.nodes().iter().filter(|node| {
            node.mode() == self.mode
                && node.type_name() == self.type_name
                && format!("{}/", tree.path(node)).starts_with(self.within)
        });
        let mut mutants: Vec<(String, MutatedTree)> = Vec::new();
        for node in nodes {
            let path = tree.path(node);
            match (self.reach, mutants.pop()) {
                (Reach::AllAtOnce, Some((paths, so_far))) => {
                    let all = self.apply(&so_far, node).unwrap_or(so_far);
                    mutants.push((format!("{paths}, {path}"), all));
                }
                (_, last) => {
                    mutants.extend(last);
                    mutants.extend(self.apply(tree, node).map(|mutant| (path, mutant)));
                }
            }
        }
        mutants
    }

    fn apply(&self, tree: &Tree, node: &Node) -> Option<MutatedTree> {
        let mut changed = false;
        let mutant = match self.change {
            Change::Remove => return Some(tree.without(node.node_id())),
            Change::Guard => return Some(tree.with_prevent_destroy(node.node_id())),
            Change::Detach => {
                changed = !node.meta().depends_on().is_empty();
                tree.without_dependencies(node.node_id())
            }
            Change::Drop(name) => tree.with_arguments(node.node_id(), |arguments| {
                changed = arguments.remove(name).is_some();
            }),
            Change::Weaken(name, None) => tree.with_arguments(node.node_id(), |arguments| {
                if let Some(term) = arguments.get_mut(name) {
                    changed = true;
                    weaken(term);
                }
            }),
            Change::Weaken(name, Some(inside)) => {
                tree.with_arguments(node.node_id(), |arguments| {
                    if let Some(term) = arguments.get_mut(name) {
                        changed = change_inside(term, inside, &mut weaken);
                    }
                })
            }
            Change::Widen(name, inside) => tree.with_arguments(node.node_id(), |arguments| {
                let mut widen = |term: &mut Term| *term = Term::Text("*".into());
                if let Some(term) = arguments.get_mut(name) {
                    changed = change_inside(term, inside, &mut widen);
                }
            }),
            Change::Redirect(name, path) => {
                let target = tree.nodes().iter().find(|node| tree.path(node) == path)?;
                tree.with_arguments(node.node_id(), |arguments| {
                    if let Some(term) = arguments.get_mut(name) {
                        changed = redirect(term, target.node_id());
                    }
                })
            }
        };
        changed.then_some(mutant)
    }
}

fn weaken(term: &mut Term) {
    match term {
        Term::Bool(truth) => *truth = !*truth,
        Term::Integer(number) => *number = i64::from(*number == 0),
        Term::Float(number) => *number = if *number == 0.0 { 1.0 } else { 0.0 },
        Term::List(items) => items.clear(),
        Term::Object(object) => *object = Object::default(),
        _ => *term = Term::Text("something-else".into()),
    }
}

/// Changes every value of `name` at any depth, and returns whether there was one.
fn change_inside(term: &mut Term, name: &str, change: &mut dyn FnMut(&mut Term)) -> bool {
    let mut found = false;
    match term {
        Term::List(items) => {
            for item in items {
                found |= change_inside(item, name, change);
            }
        }
        Term::Object(object) => object.retain(|field, term| {
            if field == name {
                change(term);
                found = true;
            } else {
                found |= change_inside(term, name, change);
            }
            true
        }),
        Term::Expr(expr) => {
            if let Expr::Call("jsonencode", documents) = expr.as_mut() {
                for document in documents {
                    found |= change_inside(document, name, change);
                }
            }
        }
        _ => {}
    }
    found
}

/// Redirects every reference in `term` to `target`, and returns whether one changed.
fn redirect(term: &mut Term, target: NodeId) -> bool {
    match term {
        Term::List(items) => {
            let changes = items.iter_mut().map(|item| redirect(item, target));
            changes.fold(false, |any, changed| any | changed)
        }
        Term::Object(object) => {
            let mut any = false;
            object.retain(|_, term| {
                any |= redirect(term, target);
                true
            });
            any
        }
        Term::Expr(expr) => match expr.as_mut() {
            Expr::Attribute(node, _) => std::mem::replace(node, target) != target,
            _ => false,
        },
        _ => false,
    }
}
