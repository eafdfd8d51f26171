//! Stack files that are wrong: shown where they are.

use paymig::aws;
use paymig::config::{Selection, StackSource, load};
use paymig::diagnostic::{KeyPath, Style};
use paymig::naming::{self, Names};
use paymig::terraform::tree::Tree;

use crate::{load_fixture, refused, told};

#[test]
fn the_fixture_that_the_others_break_is_valid() {
    load_fixture("valid", &[]).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn an_unknown_key_in_an_overlay_is_shown_in_the_overlay() {
    let rendered = refused(
        "unknown-key-in-overlay",
        &[],
        (12, 1),
        "unknown key `zonse` in `network.production`",
        "did you mean `zones`?",
    );
    insta::assert_snapshot!("unknown-key-in-overlay", rendered);
}

#[test]
fn a_wrong_type_inside_a_variant_is_shown_with_what_the_key_means() {
    let rendered = refused(
        "wrong-type-inside-variant",
        &[],
        (29, 15),
        "wrong type: string \"a month\" where a whole number",
        "Days of point-in-time recovery",
    );
    insta::assert_snapshot!("wrong-type-inside-variant", rendered);
}

#[test]
fn a_reference_to_nothing_is_shown_with_the_nearest_name() {
    let rendered = refused(
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
    let rendered = refused(
        "overlapping-cidrs",
        &[],
        (26, 8),
        "10.0.128.0/17 overlaps 10.0.0.0/16",
        "choose blocks that do not overlap",
    );
    insta::assert_snapshot!("overlapping-cidrs", rendered);
}

#[test]
fn a_hundred_and_one_percent_are_refused() {
    let rendered = refused(
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
    let rendered = refused(
        "missing-key",
        &[],
        (14, 10),
        "missing key `cidr` in `network.production`",
        "`cidr`: Its CIDR block",
    );
    insta::assert_snapshot!("missing-key", rendered);
}

#[test]
fn switching_a_variant_in_an_overlay_says_how_to_do_it() {
    let rendered = refused(
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
    let rendered = refused(
        "reserved-environment",
        &[],
        (8, 15),
        "`bootstrap` is a reserved environment name",
        "choose another name",
    );
    insta::assert_snapshot!("reserved-environment", rendered);
}

#[test]
fn text_that_is_no_toml_is_shown_where_it_stops_being_toml() {
    let rendered = refused("syntax", &[], (17, 9), "extra `=`", "");
    insta::assert_snapshot!("syntax", rendered);
}

#[test]
fn host_bits_are_refused_with_the_block_that_was_meant() {
    let rendered = refused(
        "host-bits",
        &[],
        (16, 8),
        "host bits set beyond its prefix /16",
        "did you mean `10.0.0.0/16`?",
    );
    insta::assert_snapshot!("host-bits", rendered);
}

#[test]
fn traffic_steps_that_fall_are_refused() {
    let rendered = refused(
        "steps-not-rising",
        &[],
        (49, 9),
        "`steps` must increase from 0 to 100",
        "[0, 10, 50, 100]",
    );
    insta::assert_snapshot!("steps-not-rising", rendered);
}

#[test]
fn a_misspelt_variant_is_shown_with_the_nearest() {
    let rendered = refused(
        "unknown-variant",
        &[],
        (24, 20),
        "unknown key `aurora-postgres` in `database.payments`",
        "did you mean `aurora-postgresql`?",
    );
    insta::assert_snapshot!("unknown-variant", rendered);
}

#[test]
fn a_name_that_a_longer_environment_would_burst_is_shown_at_its_section() {
    let rendered = refused(
        "name-too-long",
        &[],
        (27, 11),
        "the aws_iam_role name `db-monitoring-payments-and-card-captures-migration-abc123` is too long",
        "shorten the key by 1",
    );
    insta::assert_snapshot!("name-too-long", rendered);
}

#[test]
fn a_name_that_two_sections_make_is_shown_at_both() {
    let rendered = refused(
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
    let rendered = told(
        &wrong,
        (14, 10),
        "`secret-migration-abc123` must not end with a hyphen and six characters",
        "`secret-migration-abc123-db`",
    );
    insta::assert_snapshot!("secret-name", rendered);
}

#[test]
fn no_text_makes_the_loader_panic() {
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
