//! The states of other environments, and what they tell.

use super::environment::Composer;
use crate::constructs::account::terraform_state::OtherState;
use crate::newtypes::OutputName;

impl Composer<'_> {
    /// Reads the environments that the stack file names, and tells what they tell: `legacy_vpc_id` is what
    /// `legacy` says of `vpc_id`. Scripts compare both sides of a migration by it.
    pub(super) fn other_states(&mut self) {
        let Some(bootstrap) = self.bootstrap else {
            return;
        };
        let region = self.stack.primary_region();
        let own = self.stack.outputs.keys().map(OutputName::as_str);
        let told: Vec<&str> = own.chain(["phase", "traffic_percent"]).collect();
        for environment in &self.stack.state.reads {
            if *environment == self.stage.environment {
                continue;
            }
            let name = environment.as_str();
            let outputs = told.iter().copied();
            let state = OtherState::read(&mut self.root, bootstrap, region, name, outputs);
            for output in &told {
                let prefixed = format!("{}_{output}", name.replace('-', "_"));
                let description = "What the state of the other environment says";
                self.root
                    .output(prefixed, description, state.output(output));
            }
        }
    }
}
