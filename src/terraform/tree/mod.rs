//! Construct tree of one Terraform configuration, independent of any cloud.
//!
//! ```text
//! Vpc (a kind) ── Vpc::new() ─► Declared<Vpc> ── scope.add ─► Handle<Vpc> ── .id() ─► Value<String>
//!                                                    └─ tree.each ─► View<Vpc> ── .cidr_block() ─► Option<Read<String>>
//! ```
//!
//! [`Scope::add`] returns a [`Handle`], whose attributes are [`Value`]s. A value is an argument of another element, so
//! a reference cannot dangle, and the dependency graph is data.
//!
//! Adding an element cannot fail. Errors are collected, and [`Tree::finish`] returns them: two constructs at one path,
//! a name that Terraform rejects, a handle of another tree.

mod backend;
pub(crate) mod binding;
mod construct_id;
mod construct_tree;
mod declared;
mod handle;
mod kind;
mod logical_id;
mod meta;
mod mutated_tree;
mod node;
mod node_id;
mod output;
mod provider;
mod scope;
mod scope_data;
mod term;

mod value;
mod view;

#[cfg(test)]
mod tests;

pub use backend::Backend;
pub(crate) use binding::{block, object, resource};
pub use construct_id::ConstructId;
pub use construct_tree::{Moved, Tree};
pub use declared::{Argument, Arguments, Block, Declared};
pub use handle::Handle;
pub use kind::{Kind, Managed, Mode};
pub use meta::{Condition, Lifecycle, Meta};
pub use mutated_tree::MutatedTree;
pub use node::Node;
pub use node_id::NodeId;
pub use output::Output;
pub use provider::{Provider, ProviderId};
pub use scope::Scope;
pub use term::{Expr, Object, Operator, Term};
pub use value::{Any, Ephemeral, List, Map, Number, Set, Value};
pub use view::{Read, View};
