//! Verification of the evidence: queries hold, detect their faults, and the names of tests exist.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use paymig::config::{Phase, Protection};
use paymig::terraform::tree::Tree;

use crate::deployments::{Stage, deployments};
use crate::framework::case::Case;
use crate::framework::citation;
use crate::framework::requirement::{
    BOOTSTRAP, Coverage, Evidence, Query, Requirement, StackRequirements,
};
use crate::requirements;

/// One environment at one stage of its migration.
struct Scenario {
    stack: &'static str,
    environment: String,
    stage: Stage,
}

/// Every environment at every stage, in its destroyable form.
///
/// `tests/compatibility` compares the protected form with it.
static SCENARIOS: LazyLock<Vec<Scenario>> = LazyLock::new(|| {
    deployments()
        .into_iter()
        .flat_map(|deployment| {
            let mut stages = deployment.stages();
            // `bootstrap` has one stage, protected if another environment of its stack is.
            stages.retain(|stage| {
                stage.phase.is_none() || stage.protection == Protection::Destroyable
            });
            stages.into_iter().map(move |stage| Scenario {
                stack: deployment.stack,
                environment: deployment.environment.to_string(),
                stage,
            })
        })
        .collect()
});

/// Types that no query needs to miss, each with the reason.
const NOT_QUERIED: &[(&str, &str)] = &[
    ("aws_kms_alias", "a display name: no resource refers to it"),
    (
        "aws_ssm_parameter",
        "the stack file lists the configuration values",
    ),
];

#[test]
fn every_query_holds_at_every_stage() {
    let mut failures = Vec::new();
    for (of, requirement, query) in queries(&requirements()) {
        let (id, name) = (requirement.id, query.name);
        let scenarios = scenarios(of, query);
        assert!(!scenarios.is_empty(), "{id} {name}: no stage");
        let mut stages_by_fault: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for scenario in scenarios {
            let stage = format!("{} {}", scenario.environment, scenario.stage.label());
            for fault in scenario.faults(query, &scenario.stage.system.tree) {
                stages_by_fault
                    .entry(fault)
                    .or_default()
                    .push(stage.clone());
            }
        }
        failures.extend(stages_by_fault.iter().map(|(fault, stages)| {
            let (first, count) = (&stages[0], stages.len());
            format!("{id} {name}: {fault} ({first}; {count} stages)")
        }));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_query_detects_its_mutations() {
    let (mut failures, mut detected) = (Vec::new(), 0);
    for (of, requirement, query) in queries(&requirements()) {
        let name = format!("{} {}", requirement.id, query.name);
        if query.mutations.is_empty() {
            failures.push(format!("{name}: no mutation shows that it can fail"));
        }
        let largest = largest(&scenarios(of, query));
        if let Some(scenario) = largest
            .iter()
            .find(|scenario| !scenario.holds(query, &scenario.stage.system.tree))
        {
            let (stack, stage) = (scenario.stack, scenario.stage.label());
            failures.push(format!("{name}: fails without a fault at {stack} {stage}"));
            continue;
        }
        for mutation in &query.mutations {
            let description = mutation.description();
            let mut changed = false;
            for scenario in &largest {
                for (path, mutant) in mutation.mutants(&scenario.stage.system.tree) {
                    changed = true;
                    if scenario.holds(query, &mutant) {
                        failures.push(format!("{name}: {description}: not detected at {path}"));
                    } else {
                        detected += 1;
                    }
                }
            }
            if !changed {
                failures.push(format!("{name}: {description}: nothing to change"));
            }
        }
    }
    let failures_text = failures.join("\n");
    assert!(failures.is_empty(), "{failures_text}\n{detected} detected");
}

#[test]
fn every_element_is_missed_by_a_query() {
    let mut unused_exceptions: BTreeSet<&str> = NOT_QUERIED.iter().map(|(name, _)| *name).collect();
    let requirements = requirements();
    for of in &requirements {
        let Coverage::Stack(stack) = of.coverage else {
            continue;
        };
        let scenario = SCENARIOS.iter().rfind(|scenario| {
            scenario.stack == stack && scenario.stage.phase == Some(Phase::Migration)
        });
        let scenario = scenario.unwrap();
        let tree = &scenario.stage.system.tree;
        let holding: Vec<&Query> = queries(&requirements)
            .filter(|(of, _, _)| of.coverage.includes(stack))
            .map(|(_, _, query)| query)
            .filter(|query| query.phases.contains(&Phase::Migration))
            .filter(|query| scenario.holds(query, tree))
            .collect();
        let mut unmissed = Vec::new();
        for node in tree.nodes() {
            let without = tree.without(node.node_id());
            if !holding.iter().all(|query| scenario.holds(query, &without)) {
                continue;
            }
            let type_name = node.type_name();
            unused_exceptions.remove(type_name);
            if !NOT_QUERIED.iter().any(|(name, _)| *name == type_name) {
                unmissed.push(format!("{type_name} {}", tree.path(node)));
            }
        }
        assert!(
            unmissed.is_empty(),
            "no query of {stack} misses:\n{}",
            unmissed.join("\n")
        );
    }
    assert!(
        unused_exceptions.is_empty(),
        "exceptions that a query misses: {unused_exceptions:?}"
    );
}

#[test]
fn every_requirement_has_evidence() {
    for of in requirements() {
        let by_id: BTreeMap<&str, &Requirement> = of.all().map(|it| (it.id, it)).collect();
        assert_eq!(
            by_id.len(),
            of.all().count(),
            "duplicate id in {}",
            of.coverage
        );
        for requirement in of.all() {
            let id = requirement.id;
            assert!(id.starts_with(of.number), "{id}");
            assert!(!requirement.evidence.is_empty(), "{id} has no evidence");
            for evidence in &requirement.evidence {
                if let Evidence::SameAs(other) = evidence {
                    let referenced = by_id.get(other);
                    let referenced = referenced.unwrap_or_else(|| panic!("{id}: no {other}"));
                    let mut own = referenced.evidence.iter();
                    assert!(
                        own.any(|evidence| !matches!(evidence, Evidence::SameAs(_))),
                        "{id}: {other} has no evidence of its own"
                    );
                }
            }
        }
    }
}

#[test]
fn every_cited_test_runs() {
    let faults = faults_of_evidence(|evidence| match evidence {
        Evidence::Test { file, name } => citation::test_fault(root(), file, name)
            .map(|fault| format!("{name} in {file} {fault}")),
        _ => None,
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_section_of_a_document_exists() {
    let faults = faults_of_evidence(|evidence| match evidence {
        Evidence::Deviation { section, .. } | Evidence::Document(section) => {
            citation::section_fault(root(), section)
        }
        _ => None,
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The faults that `check` finds in the evidence of all requirements, each with the id of the requirement.
fn faults_of_evidence(check: impl Fn(&Evidence) -> Option<String>) -> Vec<String> {
    let mut faults = Vec::new();
    for of in requirements() {
        for requirement in of.all() {
            let found = requirement.evidence.iter().filter_map(&check);
            faults.extend(found.map(|fault| format!("{}: {fault}", requirement.id)));
        }
    }
    faults
}

impl Scenario {
    /// The faults that a query detects in a tree of this environment.
    fn faults(&self, query: &Query, tree: &Tree) -> Vec<String> {
        let verdict = (query.check)(Case {
            tree,
            environment: &self.environment,
            phase: self.stage.phase,
            traffic: self.stage.traffic,
        });
        verdict.faults().to_vec()
    }

    fn holds(&self, query: &Query, tree: &Tree) -> bool {
        self.faults(query, tree).is_empty()
    }
}

fn queries(
    requirements: &[StackRequirements],
) -> impl Iterator<Item = (&StackRequirements, &Requirement, &Query)> {
    let all = requirements
        .iter()
        .flat_map(|of| of.all().map(move |requirement| (of, requirement)));
    all.flat_map(|(of, requirement)| {
        let evidence = requirement.evidence.iter();
        evidence.filter_map(move |evidence| match evidence {
            Evidence::Query(query) => Some((of, requirement, query)),
            _ => None,
        })
    })
}

/// The scenarios that a query of `of` covers.
fn scenarios(of: &StackRequirements, query: &Query) -> Vec<&'static Scenario> {
    let scenarios = SCENARIOS.iter().filter(|scenario| {
        let is_covered = match scenario.stage.phase {
            Some(phase) => query.phases.contains(&phase),
            None => query.phases == BOOTSTRAP,
        };
        of.coverage.includes(scenario.stack) && is_covered
    });
    scenarios.collect()
}

/// Of each stack, the scenario with the most elements, and so the most places for a fault: its last one in phase
/// `migration`, or else its first.
fn largest(scenarios: &[&'static Scenario]) -> Vec<&'static Scenario> {
    let mut largest: BTreeMap<&str, &'static Scenario> = BTreeMap::new();
    for scenario in scenarios {
        let is_migrating = scenario.stage.phase == Some(Phase::Migration);
        if is_migrating || !largest.contains_key(scenario.stack) {
            largest.insert(scenario.stack, scenario);
        }
    }
    largest.into_values().collect()
}
