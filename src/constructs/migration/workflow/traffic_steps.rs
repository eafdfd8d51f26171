//! Traffic percentages of a workflow.

use crate::config::Traffic as Config;
use crate::newtypes::Percent;

/// The traffic percentages of the new side, in order, before and after the cutover of the database.
///
/// Empty if Terraform manages the weights: an operator shifts traffic, and the workflow only cuts over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrafficSteps {
    pub(super) before_cutover: Vec<Percent>,
    pub(super) after_cutover: Vec<Percent>,
}

impl TrafficSteps {
    /// The steps of the stack file, without 0 percent.
    pub fn from_config(config: &Config) -> Self {
        let (before_cutover, after_cutover) = config.workflow_steps();
        Self {
            before_cutover,
            after_cutover,
        }
    }
}
