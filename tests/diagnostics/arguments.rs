//! Arguments over a stack file, and overlays.

use paymig::config::{Phase, Selected, Selection, StackSource, Tier, load};
use paymig::newtypes::{Percent, Zone};

use crate::{assert_rejected, load_fixture};

#[test]
fn errors_in_arguments_point_into_the_argument() {
    let zones = "network.production.zones";
    for (argument, column, message, help) in [
        (
            zones,
            1,
            "has no value",
            "write `--set network.production.zones=…`",
        ),
        ("=3", 1, "has no key", "--set key=value"),
        ("network.production.zones=[1", 28, "unclosed array", ""),
        (
            "network.production.zones=three",
            26,
            "wrong type",
            "Availability Zones",
        ),
        (
            "netwrok.x=1",
            1,
            "unknown key `netwrok`",
            "did you mean `network`?",
        ),
        (
            "state.backend=s4",
            15,
            "unknown value `s4`",
            "did you mean `s3`?",
        ),
    ] {
        let rendered = assert_rejected("valid", &[argument], (1, column), message, help);
        assert!(rendered.contains("--> --set:1:"), "{rendered}");
    }
}

#[test]
fn an_argument_after_another_points_into_itself() {
    let arguments = ["title=ä word", "state.backend=s4"];
    assert_rejected("valid", &arguments, (1, 15), "unknown value `s4`", "`s3`");
}

#[test]
fn a_bare_word_is_a_string_and_anything_else_is_toml() {
    let arguments = [
        "title=in two words",
        "network.production.zones=[\"a\", \"d\"]",
    ];
    let stack = load_fixture("valid", &arguments).unwrap().stack;
    assert_eq!(stack.title, "in two words");
    let (_, network) = stack.network.iter().next().unwrap();
    let letters: String = network.zones.iter().map(Zone::letter).collect();
    assert_eq!(letters, "ad");
}

#[test]
fn an_argument_overrides_an_overlay() {
    let overlay = "environments.migration.with.network.production.zones=2";
    let zones = |arguments: &[&str]| {
        let stack = load_fixture("valid", arguments).unwrap().stack;
        stack.network.iter().next().unwrap().1.zones.count()
    };
    assert_eq!(zones(&[overlay]), 2);
    assert_eq!(zones(&[overlay, "network.production.zones=4"]), 4);
}

#[test]
fn a_section_can_be_left_out_in_an_environment() {
    let without = "environments.migration.without=[\"existing.zone.public\"]";
    assert!(
        load_fixture("valid", &[without])
            .unwrap()
            .stack
            .existing
            .zone
            .is_empty()
    );
    let misspelled = "environments.migration.without=[\"existing.zone.publik\"]";
    assert_rejected(
        "valid",
        &[misspelled],
        (1, 33),
        "which does not exist",
        "did you mean `existing.zone.public`?",
    );
}

#[test]
fn a_later_zone_moves_no_subnet() {
    let subnets = |zones: &str| {
        let argument = format!("network.production.zones={zones}");
        let stack = load_fixture("valid", &[&argument]).unwrap().stack;
        stack
            .network
            .iter()
            .next()
            .unwrap()
            .1
            .subnets(Tier::Private)
    };
    assert_eq!(subnets("4")[..3], subnets("3")[..]);
    assert_eq!(subnets("3")[0].cidr.to_string(), "10.0.16.0/23");
}

#[test]
fn phase_and_traffic_go_together() {
    let stage = |phase, traffic: Option<i64>| {
        let source = StackSource::embedded("containerized").unwrap();
        let mut selection = Selection::new("migration".parse().unwrap(), "abc123".parse().unwrap());
        selection.phase = Some(phase);
        selection.traffic = traffic.map(|percent| Percent::try_from(percent).unwrap());
        load(&source, &selection).map(|loaded| match loaded.selected {
            Selected::Environment(stage) => stage.traffic.get(),
            Selected::Bootstrap => unreachable!("a declared environment is selected"),
        })
    };
    assert_eq!(stage(Phase::Legacy, None).unwrap(), 0);
    assert_eq!(stage(Phase::Migration, None).unwrap(), 0);
    assert_eq!(stage(Phase::Migration, Some(50)).unwrap(), 50);
    assert_eq!(stage(Phase::Production, None).unwrap(), 100);
    let error = stage(Phase::Migration, Some(51)).unwrap_err().to_string();
    assert!(error.contains("write one of 0, 10, 50, 100"), "{error}");
    let error = stage(Phase::Production, Some(50)).unwrap_err().to_string();
    assert!(
        error.contains("use `--traffic` with `--phase migration`"),
        "{error}"
    );
}

#[test]
fn unknown_environment_is_rejected_with_the_closest_name() {
    let source = StackSource::embedded("orchestrated").unwrap();
    let selection = Selection::new("migratoin".parse().unwrap(), "abc123".parse().unwrap());
    let error = load(&source, &selection).unwrap_err().to_string();
    assert!(error.contains("did you mean `migration`?"), "{error}");
}

#[test]
fn bootstrap_rejects_a_phase() {
    let source = StackSource::embedded("orchestrated").unwrap();
    let mut selection = Selection::new("bootstrap".parse().unwrap(), "abc123".parse().unwrap());
    assert_eq!(
        load(&source, &selection).unwrap().selected,
        Selected::Bootstrap
    );
    selection.phase = Some(Phase::Legacy);
    let error = load(&source, &selection).unwrap_err().to_string();
    assert!(error.contains("`--phase` is not allowed"), "{error}");
}

#[test]
fn unknown_stack_is_rejected_with_the_closest_name() {
    let error = StackSource::find("orchestratd").unwrap_err().to_string();
    assert!(error.contains("did you mean `orchestrated`?"), "{error}");
}
