//! The proof: queries hold, objections come, names lead somewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use paymig::config::{Phase, Protection};
use paymig::terraform::tree::Tree;

use crate::case::Case;
use crate::estates::{Stage, estates};
use crate::row::{Proof, Query, Row, Seed};
use crate::seeds;

/// One environment at one stage of its migration.
struct Scene {
    stack: &'static str,
    environment: String,
    stage: Stage,
}

/// Every environment at every stage, destroyable, which the contract tests hold against protected.
static SCENES: LazyLock<Vec<Scene>> = LazyLock::new(|| {
    let stacks: BTreeSet<&str> = seeds().iter().map(|seed| seed.stack).collect();
    let estates = estates().into_iter();
    let asked = estates.filter(|estate| stacks.contains(estate.stack));
    asked
        .flat_map(|estate| {
            let mut stages = estate.stages();
            stages.retain(|stage| stage.protection == Protection::Destroyable);
            stages.into_iter().map(move |stage| Scene {
                stack: estate.stack,
                environment: estate.environment.to_string(),
                stage,
            })
        })
        .collect()
});

#[test]
fn every_query_holds_at_every_stage() {
    let mut wrong = Vec::new();
    for (seed, row, query) in queries(&seeds()) {
        let scenes = scenes(seed, query);
        assert!(!scenes.is_empty(), "{} {}: no stage", row.id, query.name);
        let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for scene in scenes {
            let at = format!("{} {}", scene.environment, scene.stage.label());
            for fault in scene.ask(query, &scene.stage.system.tree) {
                told.entry(fault).or_default().push(at.clone());
            }
        }
        wrong.extend(told.iter().map(|(fault, stages)| {
            let (first, stages) = (&stages[0], stages.len());
            let (id, name) = (row.id, query.name);
            format!("{id} {name}: {fault} ({first}; {stages} stages)")
        }));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_query_finds_the_faults_that_its_row_names() {
    let (mut wrong, mut found) = (Vec::new(), 0);
    for (seed, row, query) in queries(&seeds()) {
        let name = format!("{} {}", row.id, query.name);
        if query.mutations.is_empty() {
            wrong.push(format!("{name}: nothing shows that it can fail"));
        }
        // At full size where the query speaks of it: the most to find a fault in.
        let scenes = scenes(seed, query);
        let scene = scenes
            .iter()
            .rfind(|scene| scene.stage.phase == Some(Phase::Migration))
            .unwrap_or(&scenes[0]);
        if !scene.ask(query, &scene.stage.system.tree).is_empty() {
            wrong.push(format!("{name}: fails without a fault"));
            continue;
        }
        for mutation in &query.mutations {
            let mutants = mutation.mutants(&scene.stage.system.tree);
            let told = mutation.told();
            if mutants.is_empty() {
                wrong.push(format!("{name}: {told}: nothing to change"));
            }
            for (place, mutant) in mutants {
                if scene.ask(query, &mutant).is_empty() {
                    wrong.push(format!("{name}: {told}: not found at {place}"));
                } else {
                    found += 1;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{found} were found", wrong.join("\n"));
}

/// What may be taken out of a tree without a query that misses it, and why.
const MISSED_BY_NONE: &[(&str, &str)] = &[
    ("aws_kms_alias", "a name for people: nothing refers to it"),
    (
        "aws_rds_engine_version",
        "asks AWS at plan whether it still has the version",
    ),
    (
        "aws_ssm_parameter",
        "a stack file says which values there are",
    ),
];

#[test]
fn every_element_is_missed_by_a_query() {
    let seeds = seeds();
    let mut types: BTreeSet<&str> = MISSED_BY_NONE.iter().map(|(name, _)| *name).collect();
    for seed in &seeds {
        let scene = SCENES.iter().rfind(|scene| {
            scene.stack == seed.stack && scene.stage.phase == Some(Phase::Migration)
        });
        let scene = scene.unwrap();
        let tree = &scene.stage.system.tree;
        let mut asked: Vec<&Query> = queries(std::slice::from_ref(seed))
            .filter(|(_, _, query)| query.phases.contains(&Phase::Migration))
            .map(|(_, _, query)| query)
            .collect();
        asked.retain(|query| scene.ask(query, tree).is_empty());
        let mut unmissed = Vec::new();
        for node in tree.nodes() {
            let without = tree.without(node.node_id());
            if asked
                .iter()
                .all(|query| scene.ask(query, &without).is_empty())
            {
                let listed = MISSED_BY_NONE
                    .iter()
                    .any(|(name, _)| *name == node.type_name());
                types.remove(node.type_name());
                unmissed
                    .extend((!listed).then(|| format!("{} {}", node.type_name(), tree.path(node))));
            }
        }
        assert!(
            unmissed.is_empty(),
            "no query of {} misses:\n{}",
            seed.stack,
            unmissed.join("\n")
        );
    }
    assert!(
        types.is_empty(),
        "listed, and yet missed by a query: {types:?}"
    );
}

#[test]
fn every_row_is_proven_or_says_what_is_missing() {
    for seed in seeds() {
        let rows: BTreeMap<&str, &Row> = rows(&seed).map(|row| (row.id, row)).collect();
        assert_eq!(
            rows.len(),
            rows_of(&seed),
            "an id of {} stands twice",
            seed.number
        );
        for row in rows.values() {
            assert!(row.id.starts_with(seed.number), "{}", row.id);
            assert!(!row.proofs.is_empty(), "{} has no proof", row.id);
            for proof in &row.proofs {
                if let Proof::See(id) = proof {
                    let other = rows.get(id);
                    let other = other.unwrap_or_else(|| panic!("{} sees {id}", row.id));
                    let ends = other
                        .proofs
                        .iter()
                        .any(|proof| !matches!(proof, Proof::See(_)));
                    assert!(ends, "{} sees {id}, which proves nothing itself", row.id);
                }
            }
        }
    }
}

#[test]
fn every_named_test_is_in_its_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for seed in seeds() {
        for row in rows(&seed) {
            for proof in &row.proofs {
                if let Proof::Test { file, name } = proof {
                    let text = std::fs::read_to_string(root.join(file)).unwrap_or_default();
                    let known = ["fn", "def"].map(|word| format!("{word} {name}("));
                    let known = known.iter().any(|declared| text.contains(declared));
                    assert!(known, "{}: no test {name} in {file}", row.id);
                }
            }
        }
    }
}

impl Scene {
    /// What a query finds wrong with a tree of this environment.
    fn ask(&self, query: &Query, tree: &Tree) -> Vec<String> {
        let verdict = (query.ask)(Case {
            tree,
            environment: &self.environment,
        });
        verdict.wrong().to_vec()
    }
}

fn rows(seed: &Seed) -> impl Iterator<Item = &Row> {
    seed.subjects.iter().flat_map(|subject| &subject.rows)
}

fn rows_of(seed: &Seed) -> usize {
    rows(seed).count()
}

fn queries(seeds: &[Seed]) -> impl Iterator<Item = (&Seed, &Row, &Query)> {
    seeds.iter().flat_map(|seed| {
        rows(seed).flat_map(move |row| {
            row.proofs.iter().filter_map(move |proof| match proof {
                Proof::Query(query) => Some((seed, row, query)),
                _ => None,
            })
        })
    })
}

/// Where a query is asked.
fn scenes(seed: &Seed, query: &Query) -> Vec<&'static Scene> {
    let scenes = SCENES.iter().filter(|scene| {
        let phase = scene.stage.phase;
        scene.stack == seed.stack && phase.is_some_and(|phase| query.phases.contains(&phase))
    });
    scenes.collect()
}
