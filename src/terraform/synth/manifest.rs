//! The file `manifest.json` of cdktf: the stacks of a folder, and their order.

use serde_json::{Map, Value, json};

/// A stack in cdktf's sense: one environment of a paymig stack.
#[derive(Clone, Debug)]
pub struct Stack {
    /// `<stack>-<environment>`, which is also the name of its folder.
    pub id: String,
    /// The Terraform JSON configuration.
    pub configuration: Vec<u8>,
    /// Warnings that cdktf's command line prints.
    pub warnings: Vec<Annotation>,
    /// Ids of the stacks that are deployed before this one, if the folder has them.
    pub dependencies: Vec<String>,
}

/// A warning about a construct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// The path of the construct, with the stack id first.
    pub construct_path: String,
    /// The text of the warning.
    pub message: String,
}

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
