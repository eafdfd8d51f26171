//! The graph of modules: which module uses which, seen from every folder.
//!
//! In a folder, the nodes are its `mod.rs`, called `(mod.rs)`, and each of its children. A child stands for
//! everything below it. An edge leads from the module with the reference to the module that declares the item:
//!
//! - A `mod` declaration is no edge. Neither is a re-export: it gives an item another path, and who uses that
//!   path uses the module that declares the item.
//! - Any other use of a child by `mod.rs` is an edge. So is a use of an item that `mod.rs` declares by a child:
//!   a `mod.rs` that builds on its children cannot also be what they build on.
//! - Test code makes no edges.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::source::{Path, Source};

/// The node of a folder's own `mod.rs`.
const OWN: &str = "(mod.rs)";

/// A module's path below the crate: `["compose", "ingress"]`.
type Module = Vec<String>;

/// An edge, with the first reference that makes it.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) at: String,
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {} ({})", self.from, self.to, self.at)
    }
}

/// A reference from one module to another, and its place.
struct Reference {
    from: Module,
    to: Module,
    at: String,
}

/// The modules of a crate and their references.
pub(crate) struct Graph {
    sources: BTreeMap<Module, Source>,
    references: Vec<Reference>,
}

impl Graph {
    /// The graph of `files`: paths below `src`, and texts.
    pub(crate) fn new<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Self {
        let files = files.into_iter();
        let mut files: Vec<_> = files
            .map(|(file, text)| (file, module_of(file), Source::parse(text)))
            .collect();
        let tests = files.iter().flat_map(|(_, module, source)| {
            let tests = source.test_modules.iter();
            tests.map(move |name| [module.as_slice(), std::slice::from_ref(name)].concat())
        });
        let tests: BTreeSet<Module> = tests.collect();
        files.retain(|(_, module, _)| !tests.contains(module));
        let sources = files.iter();
        let sources = sources.map(|(_, module, source)| (module.clone(), source.clone()));
        let mut graph = Self {
            sources: sources.collect(),
            references: Vec::new(),
        };
        for (file, module, source) in &files {
            for path in &source.references {
                if let Some(to) = graph.target(module, path) {
                    let at = format!("src/{file}:{}: {}", path.line, path.segments.join("::"));
                    let from = module.clone();
                    graph.references.push(Reference { from, to, at });
                }
            }
        }
        graph
    }

    /// The folders, by their module paths: the crate itself is `""`.
    pub(crate) fn folders(&self) -> BTreeSet<String> {
        let modules = self.sources.keys();
        let parents = modules.filter_map(|module| Some(module.split_last()?.1.join("::")));
        parents.collect()
    }

    /// The nodes of a folder.
    pub(crate) fn nodes(&self, folder: &str) -> BTreeSet<String> {
        let folder = split(folder);
        let modules = self.sources.keys();
        let below = modules.filter_map(|module| module.strip_prefix(folder.as_slice()));
        below.filter_map(|below| below.first().cloned()).collect()
    }

    /// The edges between the nodes of a folder, each once.
    pub(crate) fn edges(&self, folder: &str) -> Vec<Edge> {
        let folder = split(folder);
        let node = |module: &Module| -> Option<String> {
            let below = module.strip_prefix(folder.as_slice())?;
            Some(below.first().map_or(OWN.to_owned(), Clone::clone))
        };
        let mut edges = BTreeMap::new();
        for Reference { from, to, at } in &self.references {
            if let (Some(from), Some(to)) = (node(from), node(to))
                && from != to
            {
                edges.entry((from, to)).or_insert(at);
            }
        }
        let edges = edges.into_iter().map(|((from, to), at)| Edge {
            from,
            to,
            at: at.clone(),
        });
        edges.collect()
    }

    /// The edges of a folder that run upward in `layers`. Nodes that are not listed are free.
    pub(crate) fn upward(&self, folder: &str, layers: &[&str]) -> Vec<String> {
        let height = |node: &str| layers.iter().position(|layer| *layer == node);
        let edges = self.edges(folder).into_iter();
        let upward = edges.filter(|edge| {
            let heights = height(&edge.from).zip(height(&edge.to));
            heights.is_some_and(|(from, to)| to < from)
        });
        upward.map(|edge| edge.to_string()).collect()
    }

    /// The circles of a folder: groups of nodes that reach each other.
    pub(crate) fn circles(&self, folder: &str) -> Vec<Vec<String>> {
        let edges = self.edges(folder);
        let mut reached: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for edge in &edges {
            reached.entry(&edge.from).or_default().insert(&edge.to);
        }
        let mut grew = true;
        while grew {
            grew = false;
            for node in reached.keys().copied().collect::<Vec<_>>() {
                let next = reached[node].iter().filter_map(|next| reached.get(next));
                let further: BTreeSet<&str> = next.flatten().copied().collect();
                let known = reached.entry(node).or_default();
                let before = known.len();
                known.extend(further);
                grew |= known.len() > before;
            }
        }
        let mut circles = BTreeSet::new();
        for (node, others) in &reached {
            if others.contains(node) {
                let back =
                    |other: &&&str| reached.get(**other).is_some_and(|all| all.contains(node));
                let circle = others.iter().filter(back).map(|other| (*other).to_owned());
                circles.insert(circle.collect::<Vec<_>>());
            }
        }
        circles.into_iter().collect()
    }

    /// The module that declares what `path`, written in `module`, names. None outside the crate.
    fn target(&self, module: &Module, path: &Path) -> Option<Module> {
        self.resolve(&self.absolute(module, &path.segments)?, 0)
    }

    /// A path from the crate's root.
    fn absolute(&self, module: &Module, segments: &[String]) -> Option<Module> {
        let mut base = module.clone();
        let mut rest = segments;
        match segments.first()?.as_str() {
            "crate" | "paymig" => {
                base.clear();
                rest = &segments[1..];
            }
            "self" => rest = &segments[1..],
            "super" => {
                while let Some("super") = rest.first().map(String::as_str) {
                    base.pop()?;
                    rest = &rest[1..];
                }
            }
            child => {
                // A path that begins with a name begins at a child, or in another crate.
                base.push(child.to_owned());
                self.sources.contains_key(&base).then_some(())?;
                rest = &segments[1..];
            }
        }
        base.extend_from_slice(rest);
        Some(base)
    }

    /// Follows an absolute path to the module that declares its item, through re-exports.
    fn resolve(&self, absolute: &[String], depth: usize) -> Option<Module> {
        let length = (0..=absolute.len()).rev();
        let mut prefixes = length.map(|length| &absolute[..length]);
        let module = prefixes.find(|prefix| self.sources.contains_key(*prefix))?;
        let source = &self.sources[module];
        let Some(item) = absolute.get(module.len()).filter(|_| depth < 16) else {
            return Some(module.to_vec());
        };
        let follow = |target: &[String]| {
            let mut target = self.absolute(&module.to_vec(), target)?;
            if target.last().is_some_and(|last| last == "*") {
                target.pop();
                let found = self.resolve(
                    &[&target[..], std::slice::from_ref(item)].concat(),
                    depth + 1,
                )?;
                let declares = self.sources[&found].items.contains(item);
                return declares.then_some(found);
            }
            self.resolve(&target, depth + 1)
        };
        let imports = source.imports.iter();
        let mut imports = imports.filter(|import| import.name == *item || import.name == "*");
        let found = imports.find_map(|import| follow(&import.target));
        Some(found.unwrap_or_else(|| module.to_vec()))
    }
}

/// `compose/ingress/mod.rs` is `compose::ingress`.
fn module_of(file: &str) -> Module {
    let path = file.trim_end_matches(".rs");
    let mut module: Module = path.split('/').map(str::to_owned).collect();
    if matches!(
        module.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        module.pop();
    }
    module
}

fn split(folder: &str) -> Module {
    let parts = folder.split("::").filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upward_import_is_found() {
        let graph = Graph::new([
            ("newtypes/mod.rs", "pub struct Cidr;"),
            ("config/mod.rs", "use crate::newtypes::Cidr;"),
            ("terraform/mod.rs", ""),
            ("terraform/synth.rs", "fn f() { crate::config::load(); }"),
        ]);
        let layers = ["config", "terraform", "newtypes"];
        assert_eq!(
            graph.upward("", &layers),
            ["terraform -> config (src/terraform/synth.rs:1: crate::config::load)"]
        );
    }

    #[test]
    fn a_circle_is_found_in_the_folder_of_its_nodes() {
        let graph = Graph::new([
            ("asl/mod.rs", "pub mod flow;\npub mod task;"),
            ("asl/flow/mod.rs", "use super::task::Task;"),
            ("asl/task.rs", "pub struct Task(crate::asl::flow::Flow);"),
        ]);
        assert!(graph.circles("").is_empty());
        assert_eq!(graph.circles("asl"), [["flow", "task"]]);
    }

    #[test]
    fn a_module_in_use_by_its_own_parent_may_not_use_the_parent() {
        let child = ("api/routes.rs", "use super::Authorization;");
        let own = (
            "api/mod.rs",
            "mod routes;\npub enum Authorization {}\nfn f() { routes::add(); }",
        );
        assert_eq!(Graph::new([own, child]).circles("api"), [[OWN, "routes"]]);
        let apart = ("api/mod.rs", "mod routes;\npub enum Authorization {}");
        assert!(Graph::new([apart, child]).circles("api").is_empty());
    }

    #[test]
    fn a_re_export_is_another_path_to_its_module() {
        let graph = Graph::new([
            (
                "config/mod.rs",
                "mod load;\nmod sections;\npub use sections::*;\nuse load::load;",
            ),
            ("config/sections.rs", "pub struct Stack;"),
            ("config/load.rs", "use super::Stack;"),
        ]);
        let edges = graph.edges("config");
        let edges: Vec<_> = edges
            .iter()
            .map(|edge| (edge.from.as_str(), edge.to.as_str()))
            .collect();
        assert_eq!(edges, [(OWN, "load"), ("load", "sections")]);
        assert!(graph.circles("config").is_empty());
    }

    #[test]
    fn test_code_makes_no_edges() {
        let graph = Graph::new([
            ("asl/mod.rs", "mod flow;\n#[cfg(test)]\nmod tests;"),
            (
                "asl/flow.rs",
                "#[cfg(test)]\nmod tests { use super::super::tests::f; }",
            ),
            ("asl/tests.rs", "use super::flow;"),
        ]);
        assert!(graph.edges("asl").is_empty());
    }
}
