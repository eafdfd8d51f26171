//! Wrong stack files and arguments: each message says where, and what would be right.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::path::Path;

use paymig::aws;
use paymig::config::{Loaded, Phase, Selection, Source, Target, Tier, load};
use paymig::diagnostic::{Diagnostic, Diagnostics, Ink, Route};
use paymig::names::{self, Names};
use paymig::quantity::{Percent, Zone};
use paymig::system;
use paymig::tree::Tree;

/// Loads a file of `fixtures/invalid` with `--set` arguments, for its one environment.
fn load_fixture(name: &str, set: &[&str]) -> Result<Loaded, Diagnostics> {
    let file = format!("fixtures/invalid/{name}.toml");
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file)).unwrap();
    let environment = if name == "reserved-environment" {
        "bootstrap"
    } else {
        "migration"
    };
    let mut selection = Selection::new(environment.parse().unwrap(), "abc123".parse().unwrap());
    selection.set = set.iter().map(|&argument| argument.to_owned()).collect();
    load(&Source::new(file, text), &selection)
}

/// Asserts line and column, a part of the message and a part of the help of the first error of loading
/// or composing, and returns the rendered text.
#[track_caller]
fn refused(name: &str, set: &[&str], at: (usize, usize), message: &str, help: &str) -> String {
    let diagnostics = load_fixture(name, set)
        .and_then(|loaded| system::compose(&loaded))
        .expect_err("the fixture is wrong");
    told(&diagnostics, at, message, help)
}

/// Asserts the same of what was found, and returns the rendered text.
#[track_caller]
fn told(diagnostics: &Diagnostics, at: (usize, usize), message: &str, help: &str) -> String {
    let rendered = diagnostics.render(Ink::Plain);
    let first: &Diagnostic = diagnostics.iter().next().unwrap();
    let position = diagnostics.position(first).expect(&rendered);
    assert!(first.message.contains(message), "{rendered}");
    assert!(
        first.help.iter().any(|h| h.contains(help)) || help.is_empty(),
        "{rendered}"
    );
    assert_eq!((position.line, position.column), at, "{rendered}");
    rendered
}

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
        "no address in common",
    );
    insta::assert_snapshot!("overlapping-cidrs", rendered);
}

#[test]
fn a_hundred_and_one_percent_are_refused() {
    let rendered = refused(
        "percent-101",
        &[],
        (36, 17),
        "101 is outside what is allowed here, 0 to 100",
        "the most is 100",
    );
    insta::assert_snapshot!("percent-101", rendered);
}

#[test]
fn a_missing_key_is_shown_at_its_table() {
    let rendered = refused(
        "missing-key",
        &[],
        (14, 10),
        "`network.production` lacks `cidr`",
        "`cidr`: Its block",
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
        "`bootstrap` is reserved",
        "another name",
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
        "bits set beyond its prefix /16",
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
        "rise from 0 to 100",
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
        "`aurora-postgres` is not known here",
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
        "are named `db-subnets-payments-replica-migration-abc123`",
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
    let section = Route::root().key("network").key("production");
    let secret = aws::SecretsmanagerSecret::new().name(names.of("secret"));
    let mut root = tree.root();
    root.child("network")
        .from_route(section)
        .add("secret", secret);
    let wrong = loaded.diagnostics(names::check(&tree, &names));
    let rendered = told(
        &wrong,
        (14, 10),
        "`secret-migration-abc123` must not end in a hyphen and six characters",
        "`secret-migration-abc123-db`",
    );
    insta::assert_snapshot!("secret-name", rendered);
}

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
            "availability zones",
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
            "`s4` is not known here",
            "did you mean `s3`?",
        ),
    ] {
        let rendered = refused("valid", &[argument], (1, column), message, help);
        assert!(rendered.contains("--> --set:1:"), "{rendered}");
    }
}

#[test]
fn an_argument_after_another_points_into_itself() {
    let arguments = ["title=ä word", "state.backend=s4"];
    refused(
        "valid",
        &arguments,
        (1, 15),
        "`s4` is not known here",
        "`s3`",
    );
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
fn an_argument_wins_over_an_overlay() {
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
    let misspelt = "environments.migration.without=[\"existing.zone.publik\"]";
    refused(
        "valid",
        &[misspelt],
        (1, 33),
        "to leave out",
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
        let source = Source::embedded("containerized").unwrap();
        let mut selection = Selection::new("migration".parse().unwrap(), "abc123".parse().unwrap());
        selection.phase = Some(phase);
        selection.traffic = traffic.map(|percent| Percent::try_from(percent).unwrap());
        load(&source, &selection).map(|loaded| match loaded.target {
            Target::Environment(stage) => stage.traffic.get(),
            Target::Bootstrap => unreachable!("a declared environment is selected"),
        })
    };
    assert_eq!(stage(Phase::Legacy, None).unwrap(), 0);
    assert_eq!(stage(Phase::Migration, None).unwrap(), 0);
    assert_eq!(stage(Phase::Migration, Some(50)).unwrap(), 50);
    assert_eq!(stage(Phase::Production, None).unwrap(), 100);
    let error = stage(Phase::Migration, Some(51)).unwrap_err().to_string();
    assert!(error.contains("its steps are 0, 10, 50, 100"), "{error}");
    let error = stage(Phase::Production, Some(50)).unwrap_err().to_string();
    assert!(
        error.contains("`--traffic` belongs to `--phase migration`"),
        "{error}"
    );
}

#[test]
fn an_unknown_environment_is_refused_with_the_nearest() {
    let source = Source::embedded("orchestrated").unwrap();
    let selection = Selection::new("migratoin".parse().unwrap(), "abc123".parse().unwrap());
    let error = load(&source, &selection).unwrap_err().to_string();
    assert!(error.contains("did you mean `migration`?"), "{error}");
}

#[test]
fn bootstrap_takes_no_phase() {
    let source = Source::embedded("orchestrated").unwrap();
    let mut selection = Selection::new("bootstrap".parse().unwrap(), "abc123".parse().unwrap());
    assert_eq!(load(&source, &selection).unwrap().target, Target::Bootstrap);
    selection.phase = Some(Phase::Legacy);
    let error = load(&source, &selection).unwrap_err().to_string();
    assert!(error.contains("takes no --phase"), "{error}");
}

#[test]
fn an_unknown_stack_is_refused_with_the_nearest() {
    let error = Source::find("orchestratd").unwrap_err().to_string();
    assert!(error.contains("did you mean `orchestrated`?"), "{error}");
}

/// Asserts that the valid file with these arguments over it is answered with this text.
#[track_caller]
fn answered(arguments: &[&str], expected: &str) {
    let answer = match load_fixture("valid", arguments) {
        Ok(loaded) => loaded.diagnostics(loaded.warnings.clone()).to_string(),
        Err(diagnostics) => diagnostics.to_string(),
    };
    assert!(answer.contains(expected), "{arguments:?} said:\n{answer}");
}

const REPLICA: &str = r#"network.replica={ region = "us-east-2", cidr = "10.9.0.0/16", zones = 3, tiers = { database = "10.9.0.0/20", transit = "10.9.255.0/25" } }"#;

#[test]
fn networks_that_cannot_be_built_are_refused() {
    for (argument, expected) in [
        (
            "region=us-west-2",
            "`us-west-2` is not a region of this stack",
        ),
        ("cidr=10.0.0.0/8", "a VPC is /16 to /28"),
        ("zones=1", "a network has 2 to 6 zones, not 1"),
        (
            "tiers.database=10.0.16.0/20",
            "10.0.16.0/20 overlaps 10.0.16.0/20",
        ),
        ("tiers.database=10.7.0.0/20", "is not inside its network"),
        ("tiers.database=10.0.32.0/26", "AWS takes none below /28"),
        ("formerly=production", "cannot be the former name"),
    ] {
        answered(&[&format!("network.production.{argument}")], expected);
    }
}

#[test]
fn transit_gateways_that_cannot_be_built_are_refused() {
    let both = r#"transit.hub.networks=["production", "replica"]"#;
    answered(&[REPLICA, both], "a transit gateway has one region");
    let one = r#"transit.one.networks=["production"]"#;
    let other = r#"transit.other.networks=["replica"]"#;
    answered(&[REPLICA, one, other], "have the number 64512");
}

#[test]
fn databases_that_cannot_be_built_are_refused() {
    let database = r#"database.payments.aurora-postgresql={ network = "production", version = "16", name = "payments", class = "db.t4g.medium" }"#;
    for (argument, expected) in [
        (r#"version="11""#, "cannot be created"),
        (r#"version="14""#, "ends on 2027-02-28"),
        ("class=db.serverless", "needs a capacity"),
        ("readers=16", "at most 15 readers"),
        ("replica.network=production", "one cluster in a region"),
        (
            "replica.network=replica",
            "does not serve a global database",
        ),
    ] {
        let argument = format!("database.payments.aurora-postgresql.{argument}");
        answered(&[REPLICA, database, &argument], expected);
    }
}

#[test]
fn replications_that_cannot_work_are_refused_or_told_of() {
    let database = r#"database.payments.aurora-postgresql={ network = "production", version = "16", name = "payments", class = "db.r6g.large" }"#;
    let replication = r#"replication.payments={ target = "payments", network = "production", class = "dms.t3.medium", storage = 50, tables = ["public.%"], start = "runbook", source = { host = "db.example.com", database = "payments" } }"#;
    let secret = r#"existing.secret.far={ region = "us-east-2", name = "far" }"#;
    for (argument, expected) in [
        ("tables=[]", "at least one table"),
        (r#"tables=["payments"]"#, "not a pattern of tables"),
        ("start=runbook", "nothing leads from that network"),
        ("start=runbook", "certificate is not verified"),
        ("source.ca=x", "no certificate in PEM"),
        ("network=replica", "the target is in `us-east-1`"),
        ("credentials.existing=far", "that secret is in `us-east-2`"),
        (
            "source.credentials.existing=far",
            "that secret is in `us-east-2`",
        ),
    ] {
        let argument = format!("replication.payments.{argument}");
        let all = [REPLICA, secret, database, replication, &argument];
        answered(&all, expected);
    }
    let led = [
        "bucket.checkpoints={}",
        r#"alerts.operations.email=["a@example.com"]"#,
        r#"checks.one={ replications = ["payments"], network = "production", checkpoints = "checkpoints", alerts = "operations", by = "runbook" }"#,
        "replication.payments.reverse=none",
    ];
    let all = [&[REPLICA, database, replication][..], &led[..]].concat();
    answered(&all, "a cutover needs the way back");
}

#[test]
fn compute_that_cannot_be_built_is_refused() {
    let function = r#"function.pay={ code = { program = "payment-api" }, network = "production", reserved_concurrency = 5 }"#;
    let service = r#"service.pay.fargate={ networks = ["production"], image = "pay", tasks = { min = 1, max = 2 } }"#;
    let image = r#"existing.image.pay={ repository = "pay", tag = "1" }"#;
    let one = r#"release.one={ services = ["pay"], blue = "1", green = "2" }"#;
    let two = r#"release.two={ services = ["pay"], blue = "1", green = "2" }"#;
    for (arguments, expected) in [
        (
            [
                function,
                "function.pay.provisioned_concurrency={ min = 1, max = 9 }",
            ],
            "more than the 5 reserved",
        ),
        ([function, "function.pay.memory=64"], "128 to 10240"),
        (
            [service, "service.pay.fargate.tasks.min=3"],
            "min = 2, max = 3",
        ),
        (
            [service, "service.pay.fargate.memory=1500"],
            "allowed are 1024 to 4096",
        ),
    ] {
        answered(&[image, arguments[0], arguments[1]], expected);
    }
    answered(&[image, service, one, two], "has two releases");
}

#[test]
fn pipelines_that_cannot_work_are_refused() {
    let function = |name: &str, program: &str, more: &str| {
        format!(
            r#"function.{name}={{ code = {{ program = "{program}" }}, network = "production", {more} }}"#
        )
    };
    let table = r#"table.t={ hash_key = "transaction_id", attributes = { transaction_id = "string", customer_id = "string", created_at = "string" }, indexes = { customer = { hash_key = "customer_id", range_key = "created_at" } } }"#;
    let validation = function(
        "v",
        "payment-validation",
        r#"calls = ["f", "t"], reserved_concurrency = 9"#,
    );
    let fraud = function("f", "fraud-detection", r#"uses = { tables = ["t"] }"#);
    let uses = r#"uses = { database = "payments", tables = ["t"], buckets = ["audit"] }"#;
    let transaction = function("t", "transaction-processing", uses);
    let service = r#"service.s.function={ function = "v" }"#;
    let release = r#"release.r={ services = ["s"], blue = "latest", green = "latest" }"#;
    let whole = [
        r#"database.payments.aurora-postgresql={ network = "production", version = "16", name = "payments", class = { pilot = "db.t4g.medium", full = "db.r6g.large" } }"#,
        "bucket.audit={}",
        table,
        &fraud,
        &transaction,
        &validation,
        service,
        release,
    ];
    for (argument, expected) in [
        (r#"function.f.calls=["v"]"#, "`v` calls `f` back"),
        (r#"function.v.calls=["v", "f", "t"]"#, "`v` calls `v` back"),
        (
            r#"function.v.calls=["t"]"#,
            "one function that runs `fraud-detection`, not 0",
        ),
        ("function.t.uses.tables=[]", "uses one table"),
        ("function.t.uses.buckets=[]", "uses one bucket"),
        ("table.t.range_key=created_at", "is `transaction_id` alone"),
        (
            "table.t.indexes.customer.hash_key=transaction_id",
            "has the index `customer`",
        ),
        (
            "function.v.provisioned_concurrency={ min = 1, max = 5 }",
            "5 warm environments for each of live, blue, green are more than the 9",
        ),
        (
            "release.r.blue=v7",
            "`v7` is not `latest` or a function's version number",
        ),
        (
            r#"release.r.blue="7""#,
            "each function numbers its versions itself",
        ),
        (
            r#"release.r.versions.v={ blue = "0", green = "latest" }"#,
            "`0` is not `latest` or a function's version number",
        ),
        (
            "release.r.green_percent=10",
            "green runs the same versions as blue",
        ),
        (
            r#"release.other={ services = ["s2"], blue = "latest", green = "latest" }"#,
            "function `f` is part of two releases",
        ),
    ] {
        let second = r#"service.s2.function={ function = "v" }"#;
        let mut all: Vec<&str> = whole.to_vec();
        all.extend([second, argument]);
        answered(&all, expected);
    }
}

#[test]
fn entries_that_cannot_be_built_are_refused() {
    let image = r#"existing.image.pay={ repository = "pay", tag = "1" }"#;
    let service = r#"service.pay.fargate={ networks = ["production"], image = "pay", tasks = { min = 1, max = 2 } }"#;
    let balancer = r#"balancer.b={ networks = ["production"], services = ["pay"], certificate = { requested = { name = "pay.example.com", zone = "public" } } }"#;
    let api = r#"api.a={ balancer = "b", routes = { read = { method = "GET", path = "/a" } } }"#;
    let dns = r#"dns.d={ zone = "public", name = "pay.example.com", to = { balancer = { name = "b" } } }"#;
    for (argument, expected) in [
        (
            "balancer.b.certificate.requested.name=pay.example.org",
            "that should prove it",
        ),
        ("balancer.b.scheme=internet-facing", "go around the API"),
        (
            r#"balancer.b.networks=["production", "replica"]"#,
            "does not run in network `replica`",
        ),
        ("balancer.b.services=[]", "at least one service"),
        (r#"balancer.b.services=["pay", "pay"]"#, "are both servers"),
        ("api.a.routes.read.path=a", "did you mean `/a`?"),
        (
            r#"api.a.routes.other={ method = "GET", path = "/a" }"#,
            "this method and path",
        ),
        ("dns.d.name=pay.example.org", "is not in the zone"),
        ("dns.d.to.balancer.shares.production=50", "sum to 50"),
        (
            "dns.d.to.balancer.shares.replica=100",
            "does not stand in network `replica`",
        ),
        (
            "dns.d.to.balancer.shares.replca=100",
            "did you mean `replica`?",
        ),
    ] {
        answered(
            &[REPLICA, image, service, balancer, api, dns, argument],
            expected,
        );
    }
    let unnamed = r#"balancer.b={ networks = ["production"], services = ["pay"], certificate = { arn = "arn:aws:acm:us-east-1:123456789012:certificate/1" } }"#;
    answered(&[image, service, unnamed, api], "does not tell its name");
}

#[test]
fn tables_and_buckets_that_cannot_be_built_are_refused() {
    for (argument, expected) in [
        (
            "bucket.audit.lifecycle={ glacier_after = 90, expire_after = 90 }",
            "Glacier keeps",
        ),
        ("bucket.audit.replica.region=us-east-1", "in another region"),
        (
            r#"table.t={ hash_key = "id", attributes = { ident = "string" } }"#,
            "not among the attributes",
        ),
    ] {
        answered(&[argument], expected);
    }
}

#[test]
fn environments_that_contradict_themselves_are_refused() {
    answered(
        &[r#"state.reads=["migratoin"]"#],
        "did you mean `migration`?",
    );
    let nested = "environments.migration.with.environments.other.phase=legacy";
    answered(&[nested], "environments do not nest");
}

#[test]
fn no_text_makes_the_loader_panic() {
    let valid = std::fs::read_to_string("fixtures/invalid/valid.toml").unwrap();
    let selection = Selection::new("migration".parse().unwrap(), "abc123".parse().unwrap());
    for (cut, _) in valid.char_indices().step_by(3) {
        for insert in ["", "=", "\"", "[", "ä", "\0", "x = 1\n", "{"] {
            let (head, tail) = valid.split_at(cut);
            let source = Source::new("cut", format!("{head}{insert}{tail}"));
            if let Err(diagnostics) = load(&source, &selection) {
                assert!(!diagnostics.render(Ink::Colour).is_empty());
            }
        }
    }
}
