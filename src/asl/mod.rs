//! Amazon States Language, typed: what a Step Functions state machine does.
//!
//! ```ignore
//! Flow::new()
//!     .task("Initialize", Task::invoke(function, [("operation", "initialize")], MINUTE))
//!     .wait("Wait", MINUTE)
//!     .succeed("Done")
//! ```
//!
//! A machine is written as a program, not as a graph: steps follow one another, branches join again,
//! loops have a bound, failures go to the handler around them. So no transition can dangle and no
//! state be out of reach; that each name is there once is found by [`Definition::new`], and
//! [`Definition::most_events`] tells how long a history can become.
//!
//! Source: <https://states-language.net>, in its `JSONPath` form.

mod condition;
mod definition;
mod flow;
mod history;
mod path;
mod payload;
mod task;
#[cfg(test)]
mod tests;

pub use condition::Condition;
pub use definition::{Definition, Wrong};
pub use flow::{Branch, Cause, Ended, Flow, Repeat};
pub use path::Path;
pub use payload::Payload;
pub use task::{DistributedMap, Retry, Task};

/// Step Functions user guide, "Quotas": a history has 25,000 events at most; the machine then fails
/// without its handlers. The bound that definitions keep leaves room for what AWS may add.
pub const MOST_EVENTS: u64 = 15_000;
