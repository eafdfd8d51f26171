//! The file `manifest.json` of cdktf: the stacks of a folder, and their order.

use serde_json::{Map, Value, json};

use super::outdir::Stack;

/// The entries of a manifest for some stacks.
#[derive(Debug)]
pub(super) struct Manifest {
    entries: Map<String, Value>,
}

impl Manifest {
    pub(super) fn new(stacks: &[Stack]) -> Self {
        let entries = stacks.iter().map(|stack| (stack.id.clone(), entry(stack)));
        Self {
            entries: entries.collect(),
        }
    }

    /// Returns the manifest with these entries, and those of `committed` that have another stack.
    ///
    /// cdktf rejects a dependency on a stack that the manifest lacks, so such dependencies are omitted.
    pub(super) fn merged_into(&self, committed: Option<&Value>) -> Value {
        let committed = committed.and_then(|manifest| manifest.get("stacks")?.as_object());
        let mut stacks = committed.cloned().unwrap_or_default();
        stacks.extend(self.entries.clone());
        let present: Vec<String> = stacks.keys().cloned().collect();
        let ours = stacks
            .iter_mut()
            .filter(|(id, _)| self.entries.contains_key(*id));
        for (_, entry) in ours {
            if let Some(Value::Array(dependencies)) = entry.get_mut("dependencies") {
                dependencies.retain(|id| present.iter().any(|stack| *id == stack.as_str()));
            }
        }
        json!({ "stacks": stacks, "version": env!("CARGO_PKG_VERSION") })
    }
}

fn entry(stack: &Stack) -> Value {
    let id = &stack.id;
    let annotations: Vec<Value> = stack
        .warnings
        .iter()
        .map(|warning| {
            json!({
                "constructPath": warning.construct_path,
                "level": "@cdktf/warn",
                "message": warning.message,
                "stacktrace": [],
            })
        })
        .collect();
    json!({
        "annotations": annotations,
        "constructPath": id,
        "dependencies": stack.dependencies,
        "name": id,
        "stackMetadataPath": format!("stacks/{id}/metadata.json"),
        "synthesizedStackPath": format!("stacks/{id}/cdk.tf.json"),
        "workingDirectory": format!("stacks/{id}"),
    })
}
