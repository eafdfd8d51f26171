//! The identity of resources that a stack looks up, and literal values behind references.

use super::claim::Scope;
use crate::terraform::tree::{Expr, Mode, Node, Read, Term, Tree};

/// Returns the looked-up resource that `argument` refers to. `None` for a resource of the environment itself.
pub(super) fn looked_up<T>(tree: &Tree, argument: Option<Read<'_, T>>) -> Option<Scope> {
    let node = owner(tree, argument)?;
    Some(Scope {
        identity: identity(tree, node)?,
        label: format!("[{}]", tree.key_path(node)),
    })
}

/// Returns the node that `argument` is an attribute of.
pub(super) fn owner<'t, T>(tree: &'t Tree, argument: Option<Read<'_, T>>) -> Option<&'t Node> {
    referred(tree, argument?.term())
}

/// Returns the literal text of `argument`, also if it is an argument of another resource.
pub(super) fn text(tree: &Tree, argument: Option<Read<'_, String>>) -> Option<String> {
    literal(tree, argument?.term())
}

fn literal(tree: &Tree, term: &Term) -> Option<String> {
    match term {
        Term::Text(text) => Some(text.to_string()),
        Term::Expr(expr) => match &**expr {
            Expr::Attribute(node, name) => literal(tree, tree.node(*node)?.arguments().get(name)?),
            _ => None,
        },
        _ => None,
    }
}

fn referred<'t>(tree: &'t Tree, term: &Term) -> Option<&'t Node> {
    let Term::Expr(expr) = term else { return None };
    match &**expr {
        Expr::Attribute(node, _) => tree.node(*node),
        Expr::Index(term, _) | Expr::Key(term, _) => referred(tree, term),
        _ => None,
    }
}

/// The region, the type and the arguments of a data source. `None` if an argument refers to a managed resource: another
/// environment looks up another one then.
fn identity(tree: &Tree, node: &Node) -> Option<String> {
    if node.mode() != Mode::Data {
        return None;
    }
    let region = tree.region(node);
    let arguments: Option<Vec<_>> = node
        .arguments()
        .iter()
        .map(|(name, term)| Some(format!("{name}={}", encoded(tree, term)?)))
        .collect();
    Some(format!(
        "{region} {} {}",
        node.type_name(),
        arguments?.join(" ")
    ))
}

fn encoded(tree: &Tree, term: &Term) -> Option<String> {
    Some(match term {
        Term::Null => "null".to_owned(),
        Term::Bool(value) => value.to_string(),
        Term::Integer(value) => value.to_string(),
        Term::Float(value) => value.to_string(),
        Term::Text(text) => format!("{text:?}"),
        Term::List(items) => {
            let items: Option<Vec<_>> = items.iter().map(|item| encoded(tree, item)).collect();
            format!("[{}]", items?.join(","))
        }
        Term::Object(object) => {
            let entries: Option<Vec<_>> = object
                .iter()
                .map(|(name, term)| Some(format!("{name}={}", encoded(tree, term)?)))
                .collect();
            format!("{{{}}}", entries?.join(","))
        }
        Term::Expr(_) => {
            let mut nodes = Vec::new();
            term.references(&mut |node| nodes.push(node));
            let identities: Option<Vec<_>> = nodes
                .into_iter()
                .map(|node| identity(tree, tree.node(node)?))
                .collect();
            format!("({})", identities?.join(","))
        }
    })
}
