//! Invalid stack files: diagnostics at the position of the error.

use paymig::aws;
use paymig::config::{Selection, StackSource, load};
use paymig::diagnostic::{KeyPath, Style};
use paymig::naming::{self, Names};
use paymig::terraform::tree::Tree;

use crate::{assert_first_diagnostic, assert_rejected, load_fixture};

#[test]
fn the_fixture_that_the_others_break_is_valid() {
    load_fixture("valid", &[]).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn an_unknown_key_in_an_overlay_is_shown_in_the_overlay() {
    let rendered = assert_rejected(
        "unknown-key-in-overlay",
        &[],
        (12, 1),
        "unknown key `zonse` in `network.production`",
        "did you mean `zones`?",
    );
    insta::assert_snapshot!("unknown-key-in-overlay", rendered);
}

#[test]
fn wrong_type_inside_a_variant_is_reported_with_the_description_of_its_key() {
    let rendered = assert_rejected(
        "wrong-type-inside-variant",
        &[],
        (29, 15),
        "wrong type: string \"a month\" where a whole number",
        "Days of point-in-time recovery",
    );
    insta::assert_snapshot!("wrong-type-inside-variant", rendered);
}

#[test]
fn dangling_reference_is_reported_with_the_closest_name() {
    let rendered = assert_rejected(
        "dangling-sibling",
        &[],
        (25, 11),
        "there is no [network.prodution]",
        "did you mean `production`?",
    );
    insta::assert_snapshot!("dangling-sibling", rendered);
}

#[test]
fn overlapping_blocks_are_shown_together() {
    let rendered = assert_rejected(
        "overlapping-cidrs",
        &[],
        (26, 8),
        "is 10.0.128.0/17, which overlaps 10.0.0.0/16",
        "choose blocks that do not overlap",
    );
    insta::assert_snapshot!("overlapping-cidrs", rendered);
}

#[test]
fn percentage_of_101_is_rejected() {
    let rendered = assert_rejected(
        "percent-101",
        &[],
        (36, 17),
        "101 is out of range, 0 to 100",
        "the maximum is 100",
    );
    insta::assert_snapshot!("percent-101", rendered);
}

#[test]
fn a_missing_key_is_shown_at_its_table() {
    let rendered = assert_rejected(
        "missing-key",
        &[],
        (14, 10),
        "missing key `cidr` in `network.production`",
        "`cidr`: Its CIDR block",
    );
    insta::assert_snapshot!("missing-key", rendered);
}

#[test]
fn switched_variant_in_an_overlay_is_reported_with_the_removal() {
    let rendered = assert_rejected(
        "switched-variant",
        &[],
        (11, 48),
        "both `aurora-postgresql` and `aurora-mysql`",
        "without = [\"database.payments.aurora-postgresql\"]",
    );
    insta::assert_snapshot!("switched-variant", rendered);
}

#[test]
fn the_reserved_environment_cannot_be_declared() {
    let rendered = assert_rejected(
        "reserved-environment",
        &[],
        (8, 15),
        "`bootstrap` is a reserved environment name",
        "choose another name",
    );
    insta::assert_snapshot!("reserved-environment", rendered);
}

#[test]
fn syntax_error_is_reported_at_its_position() {
    let rendered = assert_rejected("syntax", &[], (17, 9), "extra `=`", "");
    insta::assert_snapshot!("syntax", rendered);
}

#[test]
fn host_bits_are_refused_with_the_block_that_was_meant() {
    let rendered = assert_rejected(
        "host-bits",
        &[],
        (16, 8),
        "host bits set beyond its prefix /16",
        "did you mean `10.0.0.0/16`?",
    );
    insta::assert_snapshot!("host-bits", rendered);
}

#[test]
fn decreasing_traffic_steps_are_rejected() {
    let rendered = assert_rejected(
        "steps-not-rising",
        &[],
        (49, 9),
        "it must increase from 0 to 100",
        "[0, 10, 50, 100]",
    );
    insta::assert_snapshot!("steps-not-rising", rendered);
}

#[test]
fn misspelled_variant_is_reported_with_the_closest_name() {
    let rendered = assert_rejected(
        "unknown-variant",
        &[],
        (24, 20),
        "unknown key `aurora-postgres` in `database.payments`",
        "did you mean `aurora-postgresql`?",
    );
    insta::assert_snapshot!("unknown-variant", rendered);
}

#[test]
fn name_too_long_for_an_environment_is_reported_at_its_section() {
    let rendered = assert_rejected(
        "name-too-long",
        &[],
        (27, 11),
        "the aws_iam_role name `db-monitoring-payments-and-card-captures-migration-abc123` is too long",
        "shorten the key by 1",
    );
    insta::assert_snapshot!("name-too-long", rendered);
}

#[test]
fn duplicate_name_is_reported_at_both_sections() {
    let rendered = assert_rejected(
        "duplicate-name",
        &[],
        (38, 11),
        "are named `db-subnets-payments-secondary-migration-abc123`",
        "give one of the sections another key",
    );
    insta::assert_snapshot!("duplicate-name", rendered);
}

/// No stack file makes such a name today: every construct lets a secret's name go on after the suffix.
#[test]
fn a_secret_named_like_the_end_of_an_arn_is_shown_at_its_section() {
    let loaded = load_fixture("valid", &[]).unwrap();
    let stack = &loaded.stack;
    let names = Names::new(
        stack.naming.pattern.clone(),
        "migration".parse().unwrap(),
        loaded.suffix.clone(),
        stack.environments.keys(),
    );
    let mut tree = Tree::new("us-east-1");
    let section = KeyPath::root().key("network").key("production");
    let secret = aws::SecretsmanagerSecret::new().name(names.of("secret"));
    let mut root = tree.root();
    root.child("network")
        .from_key_path(section)
        .add("secret", secret);
    let wrong = loaded.diagnostics(naming::check(&tree, &names));
    let rendered = assert_first_diagnostic(
        &wrong,
        (14, 10),
        "`secret-migration-abc123` must not end with a hyphen and six characters",
        "`secret-migration-abc123-db`",
    );
    insta::assert_snapshot!("secret-name", rendered);
}

#[test]
fn any_text_is_loaded_or_rejected() {
    let valid = std::fs::read_to_string("fixtures/invalid/valid.toml").unwrap();
    let selection = Selection::new("migration".parse().unwrap(), "abc123".parse().unwrap());
    for (cut, _) in valid.char_indices().step_by(3) {
        for insert in ["", "=", "\"", "[", "ä", "\0", "x = 1\n", "{"] {
            let (head, tail) = valid.split_at(cut);
            let source = StackSource::new("cut", format!("{head}{insert}{tail}"));
            if let Err(diagnostics) = load(&source, &selection) {
                assert!(!diagnostics.render(Style::Color).is_empty());
            }
        }
    }
}
