//! The selection flags, and the environment variables that stand in for them.

use crate::process::{done, failed, paymig};

const MIGRATION: &str = "synth --env migration --suffix abc123";
const SPLIT_BY_TERRAFORM: &str = "synth --stack containerized --env migration --suffix abc123";

#[test]
fn variables_replace_flags() {
    let flags = done(&mut paymig(
        "synth --stack blue-green --env migration --suffix abc123",
    ));
    let variables = done(
        paymig("synth --env migration")
            .env("PAYMIG_STACK", "blue-green")
            .env("PAYMIG_SUFFIX", "abc123"),
    );
    assert!(flags == variables);
}

#[test]
fn flags_override_variables() {
    let arguments = "synth --stack blue-green --env migration --suffix abc123";
    let flags = done(&mut paymig(arguments));
    let both = done(
        paymig(arguments)
            .env("PAYMIG_STACK", "no-such-stack")
            .env("PAYMIG_SUFFIX", "Not A Suffix"),
    );
    assert!(flags == both);
}

#[test]
fn empty_variables_count_as_unset() {
    let flags = done(&mut paymig(MIGRATION));
    let empty = done(
        paymig(MIGRATION)
            .env("PAYMIG_STACK", "")
            .env("PAYMIG_SUFFIX", "")
            .env("CDKTF_OUTDIR", ""),
    );
    assert!(flags == empty);
}

#[test]
fn invalid_variable_is_reported_by_its_name() {
    let stderr = failed(paymig("synth --env migration").env("PAYMIG_SUFFIX", "A_b"));
    assert!(stderr.contains("PAYMIG_SUFFIX: `A_b`"), "{stderr}");
}

#[test]
fn reserved_environment_rejects_phase_traffic_and_protection() {
    for flag in [
        "--phase migration",
        "--traffic 10",
        "--protect",
        "--destroyable",
    ] {
        let arguments = "synth --stack multi-region --env bootstrap --suffix abc123";
        let stderr = failed(&mut paymig(&format!("{arguments} {flag}")));
        let name = flag.split(' ').next().unwrap();
        assert!(
            stderr.contains(&format!("`{name}` is not allowed")),
            "{stderr}"
        );
    }
}

#[test]
fn traffic_belongs_to_the_phase_migration() {
    for phase in ["legacy", "production"] {
        let stderr = failed(&mut paymig(&format!(
            "{SPLIT_BY_TERRAFORM} --phase {phase} --traffic 10"
        )));
        assert!(stderr.contains("`--phase migration`"), "{stderr}");
    }
}

#[test]
fn traffic_is_a_step_of_the_stack() {
    let stderr = failed(&mut paymig(&format!("{SPLIT_BY_TERRAFORM} --traffic 30")));
    assert!(stderr.contains("write one of 0, 10, 50, 100"), "{stderr}");
    done(&mut paymig(&format!("{SPLIT_BY_TERRAFORM} --traffic 50")));
}

#[test]
fn nothing_is_protected_and_destroyable() {
    let stderr = failed(&mut paymig(&format!("{MIGRATION} --protect --destroyable")));
    assert!(stderr.contains("cannot be used with"), "{stderr}");
}

#[test]
fn misspelled_name_is_rejected_with_the_closest_one() {
    for (arguments, meant) in [
        ("synth --env migraton --suffix abc123", "`migration`"),
        ("list --stack orchestratd", "`orchestrated`"),
        ("init blue-gren", "'blue-green'"),
        ("synt --env migration", "'synth'"),
    ] {
        let stderr = failed(&mut paymig(arguments));
        assert!(stderr.contains(meant), "{stderr}");
    }
}

#[test]
fn a_value_can_be_set_and_a_bare_word_is_a_string() {
    let set = format!("{MIGRATION} --set tags.Team=payments");
    let document: serde_json::Value = serde_json::from_str(&done(&mut paymig(&set))).unwrap();
    assert_eq!(
        document["provider"]["aws"][0]["default_tags"][0]["tags"]["Team"],
        "payments"
    );
}
