//! Regions of sections.

use super::key_and_value::key_and_value;
use crate::config::Stack;
use crate::diagnostic::{Diagnostic, KeyPath, closest_match};
use crate::newtypes::Region;

/// Requires that `regions` contains `region`.
pub(super) fn require_listed_region(
    stack: &Stack,
    region: Region,
    at: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    if stack.regions.contains(&region) {
        return;
    }
    let regions: Vec<_> = stack.regions.iter().map(|region| region.as_str()).collect();
    let unlisted = Diagnostic::error(format!(
        "{}, which is not in `regions` of this stack",
        key_and_value(at, region.as_str())
    ))
    .at(at);
    let near = closest_match(region.as_str(), regions.iter().copied());
    found.push(match near {
        Some(near) => unlisted.help(format!("did you mean `{near}`?")),
        None => unlisted.help(format!(
            "write one of {}, or add the region to `regions`",
            regions.join(", ")
        )),
    });
}
