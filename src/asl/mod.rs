//! Amazon States Language, typed: definitions of Step Functions state machines.
//!
//! ```ignore
//! Flow::new()
//!     .task("Initialize", Task::invoke(function, [("operation", "initialize")], MINUTE))
//!     .wait("Wait", MINUTE)
//!     .succeed("Done")
//! ```
//!
//! A machine is written as a program, not as a graph: steps follow one another, branches rejoin, loops are
//! bounded, and errors go to the catcher around them. Therefore no transition can dangle and every state is
//! reachable. [`Definition::new`] checks the names, and [`Definition::max_history_events`] bounds the
//! length of a history.
//!
//! Source: <https://states-language.net>, in its `JSONPath` form.

mod condition;
mod definition;
mod flow;
mod history;
mod path;
mod payload;
mod states;
mod task;
#[cfg(test)]
mod tests;

pub use condition::Condition;
pub use definition::{Definition, DefinitionError};
pub use flow::{Branch, Cause, Flow, PollLoop, TerminatedFlow};
pub use path::Path;
pub use payload::Payload;
pub use task::{DistributedMap, Retry, Task};

/// The limit for [`Definition::max_history_events`].
///
/// Step Functions ends an execution with 25,000 events, without its catchers (user guide, "Quotas"). The
/// lower limit leaves room for events that AWS may add.
pub const MAX_HISTORY_EVENTS: u64 = 15_000;
