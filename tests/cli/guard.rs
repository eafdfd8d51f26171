//! `paymig guard`: the policy for plans of one environment.

use crate::process::{done, failed, paymig};

#[test]
fn policy_lists_the_stateful_resources_of_its_environment() {
    let policy = done(&mut paymig("guard --env production --suffix abc123"));
    let identity = "identity := \"orchestrated/production/abc123\"";
    for part in ["package main", identity, "\"aws_rds_cluster.", "\"aws_vpc."] {
        assert!(policy.contains(part), "{part}: {policy}");
    }
    assert!(!policy.contains("\"aws_lambda_function"), "{policy}");
}

#[test]
fn phase_changes_no_policy() {
    let guard = "guard --stack containerized --env migration --suffix abc123";
    let policies = ["legacy", "migration", "production"]
        .map(|phase| done(&mut paymig(&format!("{guard} --phase {phase}"))));
    assert_eq!(policies[0], policies[1]);
    assert_eq!(policies[1], policies[2]);
}

#[test]
fn guard_needs_an_environment_and_a_suffix() {
    let text = failed(&mut paymig("guard --suffix abc123"));
    assert!(text.contains("`--env` is missing"), "{text}");
    let text = failed(&mut paymig("guard --env production"));
    assert!(text.contains("`--suffix` is missing"), "{text}");
}
