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
    Disable(&'static str),
    Weaken(&'static str, Option<&'static str>),
    Replace(&'static str, Option<&'static str>, &'static str),
    Widen(&'static str, &'static str),
    /// Of the output with this name, which is no element.
    MisreadOutput(&'static str),
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

/// The argument is `false`, whether it was set or not.
pub(crate) const fn disabled<K: Kind>(argument: Argument<K>) -> Mutation {
    Mutation::new::<K>(Change::Disable(argument.terraform_name()))
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

/// The argument is `value`, a text or a number.
pub(crate) const fn replaced<K: Kind>(argument: Argument<K>, value: &'static str) -> Mutation {
    Mutation::new::<K>(Change::Replace(argument.terraform_name(), None, value))
}

/// The value of `name` inside the argument is `value`.
pub(crate) const fn replaced_in<K: Kind>(
    argument: Argument<K>,
    name: &'static str,
    value: &'static str,
) -> Mutation {
    Mutation::new::<K>(Change::Replace(
        argument.terraform_name(),
        Some(name),
        value,
    ))
}

/// The output `name` reads another attribute of its element.
pub(crate) const fn misread_output(name: &'static str) -> Mutation {
    Mutation {
        mode: Mode::Managed,
        type_name: "",
        change: Change::MisreadOutput(name),
        within: "",
        reach: Reach::EachAlone,
    }
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
            Change::Disable(argument) => format!("`false` as `{type_name}.{argument}`"),
            Change::Weaken(argument, None) => format!("other `{type_name}.{argument}`"),
            Change::Weaken(argument, Some(name)) => {
                format!("other `{type_name}.{argument}…{name}`")
            }
            Change::Replace(argument, None, value) => {
                format!("`{value}` as `{type_name}.{argument}`")
            }
            Change::Replace(argument, Some(name), value) => {
                format!("`{value}` as `{type_name}.{argument}…{name}`")
            }
            Change::MisreadOutput(name) => format!("another attribute in output `{name}`"),
            Change::Widen(argument, name) => format!("`*` in `{type_name}.{argument}…{name}`"),
            Change::Redirect(argument, path) => {
                format!("`{type_name}.{argument}` to `{path}`")
            }
        };
        if !self.within.is_empty() {
            description.extend([" in `", self.within, "`"]);
        }
        if self.reach == Reach::AllAtOnce {
            description.push_str(", all at once");
        }
        description
    }

    /// The trees with the fault, each with the path of the changed element.
    pub(crate) fn mutants(&self, tree: &Tree) -> Vec<(String, MutatedTree)> {
        if let Change::MisreadOutput(name) = self.change {
            let mut changed = false;
            let mutant = tree.with_output(name, |value| changed = misread(value));
            return if changed {
                vec![(format!("output {name}"), mutant)]
            } else {
                Vec::new()
            };
        }
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
            Change::Disable(name) => {
                changed = true;
                tree.with_arguments(node.node_id(), |arguments| {
                    arguments.set(name, Term::Bool(false));
                })
            }
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
            Change::Replace(name, inside, value) => {
                tree.with_arguments(node.node_id(), |arguments| {
                    let mut replace = |term: &mut Term| changed |= replace(term, value);
                    match (arguments.get_mut(name), inside) {
                        (Some(term), None) => replace(term),
                        (Some(term), Some(inside)) => {
                            change_inside(term, inside, &mut replace);
                        }
                        (None, _) => {}
                    }
                })
            }
            Change::MisreadOutput(_) => return None,
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

/// Replaces a literal, and returns whether it was another one.
fn replace(term: &mut Term, value: &'static str) -> bool {
    let other = match term {
        Term::Integer(_) => value.parse().map_or(Term::Null, Term::Integer),
        Term::Float(_) => value.parse().map_or(Term::Null, Term::Float),
        Term::Bool(_) => value.parse().map_or(Term::Null, Term::Bool),
        _ => Term::Text(value.into()),
    };
    std::mem::replace(term, other.clone()) != other
}

/// Reads another attribute of the element, and returns whether the value is an attribute.
fn misread(value: &mut Term) -> bool {
    match value {
        Term::Expr(expr) => match expr.as_mut() {
            Expr::Attribute(_, attribute) => std::mem::replace(attribute, "tags_all") != "tags_all",
            _ => false,
        },
        _ => false,
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
