//! Terraform JSON configurations, encoded one element at a time.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::element::Body;
use super::json::{COMMENT, Entries, JsonTerm};
use crate::terraform::tree::{Backend, Mode, Node, Object, Term, Tree};

/// Terraform 1.11 introduced write-only arguments, which keep passwords out of the state.
const REQUIRED_TERRAFORM: &str = ">= 1.11";
const PROVIDER_SOURCE: &str = "hashicorp/aws";
const PROVIDER_VERSION: &str = "~> 5.100";

/// Writes the configuration of `tree` with the name `stack_id`, and a final newline.
pub fn write(tree: &Tree, stack_id: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::pretty(&mut *out);
    Configuration { tree, stack_id }.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

struct Configuration<'t> {
    tree: &'t Tree,
    stack_id: &'t str,
}

impl Serialize for Configuration<'_> {
    /// Sorts the keys at every level, as cdktf does.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tree = self.tree;
        let nodes = SortedNodes::of(tree);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(COMMENT, &FileMetadata(self))?;
        for (key, mode) in [("data", Mode::Data), ("ephemeral", Mode::Ephemeral)] {
            let section = nodes.section(self, mode);
            if !section.types.is_empty() {
                map.serialize_entry(key, &section)?;
            }
        }
        if !tree.moved().is_empty() {
            map.serialize_entry("moved", &Moves(tree))?;
        }
        if !tree.outputs().is_empty() {
            map.serialize_entry("output", &Outputs(tree))?;
        }
        map.serialize_entry("provider", &Entries([("aws", Providers(tree))]))?;
        let section = nodes.section(self, Mode::Managed);
        if !section.types.is_empty() {
            map.serialize_entry("resource", &section)?;
        }
        map.serialize_entry("terraform", &Settings(tree))?;
        map.end()
    }
}

/// Metadata for cdktf's command line: the stack's name, the backend and the names of the outputs.
struct FileMetadata<'d>(&'d Configuration<'d>);

impl Serialize for FileMetadata<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Configuration { tree, stack_id } = self.0;
        let backend = match tree.backend() {
            None => "local",
            Some(Backend::S3 { .. }) => "s3",
        };
        let outputs: serde_json::Map<_, _> = tree
            .outputs()
            .keys()
            .map(|name| (name.to_string(), name.as_ref().into()))
            .collect();
        serde_json::json!({
            "metadata": {
                "backend": backend,
                "stackName": stack_id,
                "version": env!("CARGO_PKG_VERSION"),
            },
            "outputs": { *stack_id: outputs },
        })
        .serialize(serializer)
    }
}

/// Nodes sorted by mode, type and logical id.
struct SortedNodes<'t>(Vec<&'t Node>);

impl<'t> SortedNodes<'t> {
    fn of(tree: &'t Tree) -> Self {
        let mut nodes: Vec<&Node> = tree.nodes().iter().collect();
        nodes.sort_unstable_by_key(|node| (node.mode(), node.type_name(), node.logical_id()));
        Self(nodes)
    }

    fn section<'d>(&'d self, configuration: &'d Configuration<'d>, mode: Mode) -> Section<'d> {
        let start = self.0.partition_point(|node| node.mode() < mode);
        let end = self.0.partition_point(|node| node.mode() <= mode);
        let nodes = self.0.get(start..end).unwrap_or_default();
        Section {
            configuration,
            types: nodes
                .chunk_by(|a, b| a.type_name() == b.type_name())
                .collect(),
        }
    }
}

/// The section `resource`, `data` or `ephemeral`: elements by type and logical id.
struct Section<'d> {
    configuration: &'d Configuration<'d>,
    types: Vec<&'d [&'d Node]>,
}

impl Serialize for Section<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.types.iter().filter_map(|nodes| {
            let first = nodes.first()?;
            Some((
                first.type_name(),
                OfType {
                    configuration: self.configuration,
                    nodes,
                },
            ))
        }))
    }
}

struct OfType<'d> {
    configuration: &'d Configuration<'d>,
    nodes: &'d [&'d Node],
}

impl Serialize for OfType<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.nodes.iter().map(|node| {
            let body = Body {
                tree: self.configuration.tree,
                stack_id: self.configuration.stack_id,
                node,
            };
            (node.logical_id(), body)
        }))
    }
}

struct Moves<'t>(&'t Tree);

impl Serialize for Moves<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let moved = self.0.moved();
        serializer.collect_seq(
            moved
                .iter()
                .map(|moved| Entries([("from", &moved.from), ("to", &moved.to)])),
        )
    }
}

struct Outputs<'t>(&'t Tree);

impl Serialize for Outputs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tree = self.0;
        serializer.collect_map(tree.outputs().iter().map(|(name, output)| {
            let description = Term::Text(output.description().to_owned().into());
            (
                name,
                OutputBody {
                    tree,
                    description,
                    value: output.value(),
                },
            )
        }))
    }
}

struct OutputBody<'t> {
    tree: &'t Tree,
    description: Term,
    value: &'t Term,
}

impl Serialize for OutputBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let term = |term| JsonTerm {
            tree: self.tree,
            term,
        };
        Entries([
            ("description", term(&self.description)),
            ("value", term(self.value)),
        ])
        .serialize(serializer)
    }
}

/// The provider configurations, one for each region, with the tags of every resource.
struct Providers<'t>(&'t Tree);

impl Serialize for Providers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tree = self.0;
        let mut list = serializer.serialize_seq(None)?;
        for provider in tree.providers() {
            let mut object = Object::default();
            if let Some(alias) = provider.alias() {
                object.set("alias", Term::Text(alias.to_owned().into()));
            }
            if !tree.default_tags().is_empty() {
                let tags = Object::from_iter([("tags", Term::Object(tree.default_tags().clone()))]);
                object.set("default_tags", Term::List(vec![Term::Object(tags)]));
            }
            object.set("region", Term::Text(provider.region().to_owned().into()));
            let term = Term::Object(object);
            list.serialize_element(&JsonTerm { tree, term: &term })?;
        }
        list.end()
    }
}

/// The `terraform` block.
struct Settings<'t>(&'t Tree);

impl Serialize for Settings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(backend) = self.0.backend() {
            map.serialize_entry("backend", &backend_block(backend))?;
        }
        let provider = Entries([("source", PROVIDER_SOURCE), ("version", PROVIDER_VERSION)]);
        map.serialize_entry("required_providers", &Entries([("aws", provider)]))?;
        map.serialize_entry("required_version", REQUIRED_TERRAFORM)?;
        map.end()
    }
}

fn backend_block(backend: &Backend) -> serde_json::Value {
    match backend {
        Backend::S3 {
            bucket,
            key,
            region,
            dynamodb_table,
            kms_key_id,
        } => serde_json::json!({
            "s3": {
                "bucket": bucket,
                "dynamodb_table": dynamodb_table,
                "encrypt": true,
                "key": key,
                "kms_key_id": kms_key_id,
                "region": region,
                "use_lockfile": true,
            }
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terraform::builtin::TerraformData;

    fn text(tree: &Tree) -> String {
        let mut out = Vec::new();
        write(tree, "demo-migration", &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn configuration_has_the_layout_of_cdktf() {
        let mut tree = Tree::new("us-east-1");
        tree.set_default_tag("Environment", "migration");
        let west = tree.provider_for("us-west-2");
        let mut root = tree.root();
        let first = root.add("first", TerraformData::new().input("${not.a.template}"));
        root.child("replica").in_provider(west).add(
            "second",
            TerraformData::new()
                .input(first.output())
                .depends_on(first)
                .prevent_destroy()
                .precondition(first.id().differs(""), "no id"),
        );
        root.output("first_id", "the first", first.id());
        insta::assert_snapshot!(text(&tree));
    }

    #[test]
    fn order_of_addition_does_not_change_the_output() {
        let build = |ids: [&'static str; 3]| {
            let mut tree = Tree::new("us-east-1");
            for id in ids {
                tree.root().add(id, TerraformData::new().input(id));
            }
            text(&tree)
        };
        assert_eq!(build(["a", "b", "c"]), build(["c", "a", "b"]));
    }
}
