//! The supernet of an environment: its networks lie in a block of their own.

use crate::config::sections::Stack;
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::newtypes::EnvironmentName;

/// Moves the networks of `stack` into the supernet of `environment`, if it has one.
///
/// Fails if a network or a tier is larger than the supernet.
pub(super) fn apply(stack: &mut Stack, environment: &EnvironmentName) -> Result<(), Diagnostic> {
    let declared = stack.environments.get(environment);
    let Some(supernet) = declared.and_then(|environment| environment.supernet) else {
        return Ok(());
    };
    for (name, network) in stack.network.iter_mut() {
        let tiers = network.tiers.values_mut();
        for block in std::iter::once(&mut network.cidr).chain(tiers) {
            *block = block.within(supernet).ok_or_else(|| {
                Diagnostic::error(format!(
                    "`supernet` is {supernet}; network `{name}` has the block {block}, which is larger"
                ))
                .at(KeyPath::root()
                    .key("environments")
                    .key(environment.as_str())
                    .key("supernet"))
                .help(format!("write a block of at most /{}", block.prefix()))
            })?;
        }
    }
    Ok(())
}
