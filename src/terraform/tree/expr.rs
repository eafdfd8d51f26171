//! Expressions as data. They become text in one place: `synth`.

use std::borrow::Cow;

use super::node::NodeId;
use super::term::Term;

/// What Terraform computes at plan or at apply.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// An attribute of a node: `aws_vpc.main.id`.
    Attribute(NodeId, &'static str),
    /// An attribute of the node that the expression stands in: `self.output`.
    Own(&'static str),
    /// The workspace that Terraform runs in: `terraform.workspace`.
    Workspace,
    /// An element of a list: `x[0]`.
    Index(Term, usize),
    /// An element of a map or object: `x["name"]`.
    Key(Term, Cow<'static, str>),
    /// A call of one of Terraform's functions.
    Call(&'static str, Vec<Term>),
    /// Two terms and what stands between them.
    Binary(Operator, Term, Term),
    /// `!x`.
    Not(Term),
    /// Texts one after another: `"a${b}c"`.
    Template(Vec<Term>),
}

/// An infix operator of Terraform's expression language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `>=`
    AtLeast,
    /// `&&`
    And,
    /// `||`
    Or,
}

impl Expr {
    /// An attribute of a node, or of the node that the expression stands in.
    pub(super) fn attribute(node: NodeId, name: &'static str) -> Self {
        if node == NodeId::SELF {
            Self::Own(name)
        } else {
            Self::Attribute(node, name)
        }
    }

    /// Calls `visit` for every node that this expression refers to, in order of appearance.
    pub fn references(&self, visit: &mut dyn FnMut(NodeId)) {
        match self {
            Self::Attribute(node, _) => visit(*node),
            Self::Own(_) | Self::Workspace => {}
            Self::Index(term, _) | Self::Key(term, _) | Self::Not(term) => term.references(visit),
            Self::Call(_, terms) | Self::Template(terms) => {
                for term in terms {
                    term.references(visit);
                }
            }
            Self::Binary(_, left, right) => {
                left.references(visit);
                right.references(visit);
            }
        }
    }
}
