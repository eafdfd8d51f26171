//! Claims of two environments: one message for each kind, with the section in both.

use paymig::compose::{self, System};
use paymig::config::{EMBEDDED, LoadedStack, Selection, StackSource, load, load_all};
use paymig::newtypes::EnvironmentName;
use paymig::side_by_side;

/// Composes `environments` of an embedded stack in one run, and returns the rendered errors of their claims.
fn collisions(stack: &str, environments: &[&str], set: &[&str]) -> Vec<String> {
    let source = StackSource::embedded(stack).unwrap();
    let set: Vec<String> = set.iter().map(|&argument| argument.to_owned()).collect();
    let composed: Vec<(LoadedStack, System)> = environments
        .iter()
        .map(|environment| {
            let mut selection =
                Selection::new(environment.parse().unwrap(), "abc123".parse().unwrap());
            selection.set.clone_from(&set);
            let loaded = load(&source, &selection).unwrap();
            let system = compose::compose(&loaded).unwrap();
            (loaded, system)
        })
        .collect();
    let composed: Vec<_> = composed
        .iter()
        .map(|(loaded, system)| (loaded, system))
        .collect();
    match side_by_side::check(&source, &set, &composed) {
        Ok(()) => Vec::new(),
        Err(found) => found.iter().map(ToString::to_string).collect(),
    }
}

/// Asserts that one message contains `expected`, and the environments `migration` and `production` at the section.
#[track_caller]
fn assert_collision(stack: &str, set: &[&str], expected: &str, section: &str) {
    let found = collisions(stack, &["migration"], set).join("\n\n");
    let message = found
        .split("\n\n")
        .find(|message| message.contains(expected) && message.contains("`production`"))
        .expect(&found);
    for part in [section, "`migration`: ", "`production`: ", "help: "] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn embedded_environments_claim_nothing_of_each_other() {
    for (stack, _) in EMBEDDED {
        let source = StackSource::embedded(stack).unwrap();
        let all = load_all(&source, &[]).unwrap();
        let names: Vec<&str> = all
            .environments
            .keys()
            .map(EnvironmentName::as_str)
            .collect();
        for name in &names {
            assert_eq!(collisions(stack, &[name], &[]), Vec::<String>::new());
        }
        if all.stack.naming.pattern.names_environment() {
            assert_eq!(collisions(stack, &names, &[]), Vec::<String>::new());
        }
    }
}

/// One public name, with a certificate for it, in every environment of `containerized`.
const ONE_NAME: [&str; 2] = [
    r#"dns.payments.name="payments.example.com""#,
    r#"balancer.main.certificate.requested.name="payments.example.com""#,
];

#[test]
fn one_dns_name_of_two_environments_is_rejected() {
    assert_collision(
        "containerized",
        &ONE_NAME,
        "both have the DNS name `payments.example.com` in [existing.zone.public]",
        "[dns.payments]",
    );
}

#[test]
fn one_validation_record_of_two_environments_is_rejected() {
    assert_collision(
        "containerized",
        &ONE_NAME,
        "both validate a certificate for `payments.example.com` in [existing.zone.public]",
        "[balancer.main",
    );
}

#[test]
fn one_api_domain_of_two_environments_is_rejected() {
    assert_collision(
        "orchestrated",
        &[r#"api.payments.domain.name="payments.example.com""#],
        "both have the API domain `payments.example.com` in us-east-1",
        "[api.payments]",
    );
}

#[test]
fn blocks_behind_one_datacenter_that_overlap_are_rejected() {
    assert_collision(
        "containerized",
        &[r#"environments.production.supernet="10.0.0.0/12""#],
        "the datacenter at 203.0.113.10 routes a block to one of them",
        "[transit.datacenter]",
    );
}

#[test]
fn blocks_behind_a_shared_transit_gateway_that_overlap_are_rejected() {
    let found = collisions(
        "lift-and-shift",
        &["aws-production"],
        &[r#"environments.legacy-sync.supernet="10.0.0.0/12""#],
    );
    assert!(
        found.join("\n").contains("routes a block to one of them"),
        "{found:?}"
    );
}

#[test]
fn routes_and_rules_in_a_shared_vpc_that_overlap_are_rejected() {
    let overlap = r#"environments.production.supernet="10.0.0.0/11""#;
    assert_collision(
        "multi-region",
        &[overlap],
        "have routes for 10.10.0.0/16 and 10.10.0.0/16 in [existing.vpc.legacy]",
        "[transit.primary]",
    );
    assert_collision(
        "multi-region",
        &[overlap],
        "both have the rule `tcp port 5432 from 10.10.0.0/16` in [existing.vpc.legacy]",
        "[replication.payments]",
    );
}

#[test]
fn environments_without_their_name_in_names_need_suffixes_of_their_own() {
    assert_eq!(
        collisions("blue-green", &["migration"], &[]),
        Vec::<String>::new()
    );
    let found = collisions("blue-green", &["migration", "production"], &[]).join("\n");
    for part in [
        "without `{env}`: with one suffix, `migration`, `production` have the same names",
        "pattern = \"{type}-{suffix}\"",
        "`--env ENV --suffix SUFFIX`",
    ] {
        assert!(found.contains(part), "{found}");
    }
}

#[test]
fn error_in_an_overlay_of_another_environment_is_reported() {
    let found = collisions(
        "containerized",
        &["migration"],
        &["environments.production.with.network.main.zones=1"],
    );
    assert!(
        found
            .join("\n")
            .contains("a network has 2 to 6 zones, not 1"),
        "{found:?}"
    );
}
