//! The five stack files and their schema.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

use paymig::aws;
use paymig::compose::compose;
use paymig::config::{EMBEDDED, Phase, Selection, StackSource, load, load_all, schema};
use paymig::newtypes::{EnvironmentName, Suffix};
use paymig::terraform::tree::{Node, Term, Tree};

#[test]
fn stack_file_loads_in_every_environment() {
    for (name, _) in EMBEDDED {
        let source = StackSource::embedded(name).unwrap();
        let all = load_all(&source, &[]).unwrap_or_else(|error| panic!("{name}:\n{error}"));
        assert_eq!(all.stack.stack.as_str(), name);
        for environment in all.environments.keys() {
            let selection = Selection::new(environment.clone(), "abc123".parse().unwrap());
            let loaded = load(&source, &selection).unwrap();
            assert_eq!(loaded.environment(), *environment);
        }
    }
}

#[test]
fn schema_file_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("stacks/stack.schema.json");
    let fresh = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
    if std::env::var_os("PAYMIG_BLESS").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == fresh,
        "stacks/stack.schema.json is stale: PAYMIG_BLESS=1 cargo test"
    );
}

#[test]
fn stack_file_round_trips_through_toml() {
    for (name, _) in EMBEDDED {
        let stack = load_all(&StackSource::embedded(name).unwrap(), &[])
            .unwrap()
            .stack;
        let text = toml::to_string(&stack).unwrap();
        let again =
            load_all(&StackSource::new("again", text), &[]).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(again.stack, stack);
    }
}

#[test]
fn code_contains_no_stack_name() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![source.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && path != source.join("config/load/source.rs")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                for (name, _) in EMBEDDED {
                    let literal = format!("\"{name}\"");
                    assert!(!text.contains(&literal), "{} names {name}", path.display());
                }
            }
        }
    }
}

#[test]
fn names_fit_up_to_the_reported_longest_suffix() {
    for (name, _) in EMBEDDED {
        let source = StackSource::embedded(name).unwrap();
        let environments = load_all(&source, &[]).unwrap().environments;
        let bootstrap = [EnvironmentName::bootstrap()];
        for environment in environments.into_keys().chain(bootstrap) {
            let composed = |length: usize| {
                let suffix = "a".repeat(length).parse().unwrap();
                let selection = Selection::new(environment.clone(), suffix);
                compose(&load(&source, &selection).unwrap())
            };
            let longest = composed(Suffix::MIN_LENGTH).unwrap().longest_suffix();
            assert!(composed(longest).is_ok(), "{name} {environment}");
            if longest < Suffix::MAX_LENGTH {
                let told = composed(longest + 1).unwrap_err().to_string();
                let room = format!("allow {longest} characters");
                assert!(told.contains(&room), "{name} {environment}:\n{told}");
            }
        }
    }
}

/// Without replication every operation of a migration fails, so that its functions are in no other phase.
#[test]
fn functions_of_a_migration_exist_in_phase_migration_only() {
    const PROGRAMS: [&str; 4] = ["approval", "custom_resource", "cutover", "validation"];
    for (name, _) in EMBEDDED {
        let source = StackSource::embedded(name).unwrap();
        let all = load_all(&source, &[]).unwrap();
        let has_migration = !all.stack.workflow.is_empty() || !all.stack.runbook.is_empty();
        for (environment, phase) in all
            .environments
            .keys()
            .flat_map(|environment| Phase::ALL.map(|phase| (environment, phase)))
        {
            let tree = at(&source, environment, phase);
            let mut functions = tree.each::<aws::LambdaFunction>();
            let exist = functions.any(|(_, function)| {
                let handler = function.handler();
                let handler = handler.and_then(|handler| text(handler.term()));
                let program = handler.and_then(|handler| handler.split('.').next());
                program.is_some_and(|program| PROGRAMS.contains(&program))
            });
            let expected = has_migration && phase == Phase::Migration;
            assert_eq!(exist, expected, "{name}, {environment}, {phase}");
        }
    }
}

fn at(source: &StackSource, environment: &EnvironmentName, phase: Phase) -> Tree {
    let selection = Selection {
        phase: Some(phase),
        ..Selection::new(environment.clone(), "abc123".parse().unwrap())
    };
    compose(&load(source, &selection).unwrap()).unwrap().tree
}

fn text(term: &Term) -> Option<&str> {
    match term {
        Term::Text(text) => Some(text),
        _ => None,
    }
}

/// Returns the name or the tag `Name` of the element at `path`.
fn name_at(tree: &Tree, path: &str, argument: &str) -> Option<String> {
    let node = tree.nodes().iter().find(|node| tree.path(node) == path)?;
    let name = match node.arguments().get(argument)? {
        Term::Object(tags) => tags.get("Name")?,
        name => name,
    };
    text(name).map(ToOwned::to_owned)
}

#[test]
fn names_of_multi_region_are_those_of_its_examples() {
    let source = StackSource::embedded("multi-region").unwrap();
    let compose_for = |environment: &str, suffix: &str| {
        let selection = Selection::new(environment.parse().unwrap(), suffix.parse().unwrap());
        compose(&load(&source, &selection).unwrap()).unwrap().tree
    };
    let production = compose_for("production", "abc123");
    assert_eq!(
        name_at(&production, "network/primary/vpc", "tags").as_deref(),
        Some("payment-vpc-production-abc123")
    );
    let migration = compose_for("migration", "xyz789");
    let cluster = "database/payments/primary/cluster";
    assert_eq!(
        name_at(&migration, cluster, "cluster_identifier").as_deref(),
        Some("payment-db-cluster-migration-xyz789")
    );
}

/// The names of records and certificates differ, so addresses contain them with their placeholders.
#[test]
fn addresses_are_equal_in_every_environment_and_with_every_suffix() {
    for (name, _) in EMBEDDED {
        let source = StackSource::embedded(name).unwrap();
        let environments = load_all(&source, &[]).unwrap().environments;
        let addresses = |environment: &EnvironmentName, suffix: &str| {
            let selection = Selection {
                phase: Some(Phase::Migration),
                ..Selection::new(environment.clone(), suffix.parse().unwrap())
            };
            let tree = compose(&load(&source, &selection).unwrap()).unwrap().tree;
            let addresses = tree.nodes().iter().map(Node::address);
            addresses.collect::<BTreeSet<_>>()
        };
        let first = environments.keys().next().unwrap();
        let expected = addresses(first, "abc123");
        for environment in environments.keys() {
            for suffix in ["abc123", "xyz789"] {
                let found = addresses(environment, suffix);
                let differences: Vec<_> = found.symmetric_difference(&expected).collect();
                assert!(
                    differences.is_empty(),
                    "{name} {environment} {suffix}: {differences:?}"
                );
            }
        }
    }
}

/// The comment in `[environments.NAME]` of each stack file is an overlay of the environment that serves.
#[test]
fn commented_overlay_gives_the_serving_environment_the_public_name() {
    for (name, file) in EMBEDDED {
        let all = load_all(&StackSource::embedded(name).unwrap(), &[]).unwrap();
        let serving = all
            .environments
            .into_keys()
            .find(|environment| environment.as_str().ends_with("production"));
        let selection = Selection::new(serving.unwrap(), "abc123".parse().unwrap());
        let source = StackSource::new("serving.toml", file.replace("# with.", "with."));
        let tree = compose(&load(&source, &selection).unwrap()).unwrap().tree;
        let records = tree.each::<aws::Route53Record>();
        let names: BTreeSet<_> = records
            .filter_map(|(_, record)| text(record.name()?.term()))
            .collect();
        assert!(names.contains("payments.example.com"), "{name}: {names:?}");
        let mut others = names.iter().filter(|name| !name.contains("abc123"));
        assert!(
            others.all(|name| name.ends_with("payments.example.com")),
            "{name}: {names:?}"
        );
    }
}

/// The brief of this stack allows existing secrets only.
#[test]
fn lift_and_shift_creates_no_secret() {
    let source = StackSource::embedded("lift-and-shift").unwrap();
    let environments = load_all(&source, &[]).unwrap().environments;
    for (environment, phase) in environments
        .keys()
        .flat_map(|environment| Phase::ALL.map(|phase| (environment, phase)))
    {
        let tree = at(&source, environment, phase);
        let secrets = tree.each::<aws::SecretsmanagerSecret>();
        let paths: Vec<_> = secrets.map(|(node, _)| tree.path(node)).collect();
        assert!(paths.is_empty(), "{environment}, {phase:?}: {paths:?}");
    }
}

#[test]
fn schema_references_are_defined() {
    let schema = schema();
    let definitions = schema["$defs"].as_object().unwrap();
    let text = schema.to_string();
    for (start, prefix) in text.match_indices("#/$defs/") {
        let name: String = text[start + prefix.len()..]
            .chars()
            .take_while(|c| *c != '"')
            .collect();
        assert!(definitions.contains_key(&name), "{name}");
    }
}

/// Returns the number of static routes of transit gateways, and of routes that a VPN propagates.
fn routes_to_the_vpn(routing: &str) -> (usize, usize) {
    let source = StackSource::embedded("lift-and-shift").unwrap();
    let selection = Selection {
        set: vec![format!("existing.vpn.datacenter.routing={routing}")],
        ..Selection::new("aws-production".parse().unwrap(), "abc123".parse().unwrap())
    };
    let tree = compose(&load(&source, &selection).unwrap()).unwrap().tree;
    let propagated = tree
        .each::<aws::Ec2TransitGatewayRouteTablePropagation>()
        .filter(|(node, _)| tree.path(node).contains("/vpn/"))
        .count();
    (
        tree.each::<aws::Ec2TransitGatewayRoute>().count(),
        propagated,
    )
}

#[test]
fn existing_vpn_propagates_its_routes_or_has_static_ones() {
    assert_eq!(routes_to_the_vpn("bgp"), (0, 1));
    assert_eq!(routes_to_the_vpn("static"), (1, 0));
}

/// A route table contains one route for a destination, so the routes of two subnets would collide in the middle of an apply.
#[test]
fn route_tables_of_existing_subnets_must_differ_pairwise() {
    let source = StackSource::embedded("multi-region").unwrap();
    let selection = Selection::new("migration".parse().unwrap(), "abc123".parse().unwrap());
    let tree = compose(&load(&source, &selection).unwrap()).unwrap().tree;
    let tables = tree.each::<aws::data::RouteTable>();
    let conditions: Vec<_> = tables
        .map(|(node, _)| node.meta().lifecycle().postconditions().len())
        .collect();
    assert_eq!(conditions, [0, 1, 2]);
}

/// The old system has the name until then, and Route 53 rejects a second record of it.
#[test]
fn api_gets_its_name_in_dns_with_the_migration() {
    let source = StackSource::embedded("orchestrated").unwrap();
    for (phase, expected) in Phase::ALL.into_iter().zip([0, 1, 1]) {
        let selection = Selection {
            phase: Some(phase),
            ..Selection::new("migration".parse().unwrap(), "abc123".parse().unwrap())
        };
        let tree = compose(&load(&source, &selection).unwrap()).unwrap().tree;
        let records = tree.each::<aws::Route53Record>();
        let of_apis = records.filter(|(node, _)| tree.path(node).contains("api/"));
        assert_eq!(of_apis.count(), expected, "{phase:?}");
    }
}
