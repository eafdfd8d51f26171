//! Terraform states of other environments, and their outputs.

use crate::compose::composer::Composer;
use crate::constructs::account::terraform_state::{RemoteState, RemoteStateProps};
use crate::newtypes::OutputName;

/// Reads the remote states that the stack file lists, and repeats their outputs: `legacy_vpc_id` is the output
/// `vpc_id` of environment `legacy`. Scripts compare both sides of a migration by them.
pub(crate) fn add(composer: &mut Composer<'_>) {
    let Some(bootstrap) = composer.bootstrap else {
        return;
    };
    let region = composer.stack.primary_region();
    let own = composer.stack.outputs.keys().map(OutputName::as_str);
    let output_names: Vec<&str> = own.chain(["phase", "traffic_percent"]).collect();
    for environment in &composer.stack.state.remote_states {
        if *environment == composer.target.environment {
            continue;
        }
        let name = environment.as_str();
        let props = RemoteStateProps {
            bootstrap,
            region,
            environment: name,
            outputs: &output_names,
        };
        let state = RemoteState::new(&mut composer.root, props);
        for output in &output_names {
            let prefixed = format!("{}_{output}", name.replace('-', "_"));
            let description = "Output of the remote state of another environment";
            composer
                .root
                .output(prefixed, description, state.output(output));
        }
    }
}
