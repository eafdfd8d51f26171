//! Invalid sections, alone or together with others.

use paymig::config::{Selection, StackSource, load};

use crate::{assert_first_diagnostic, assert_reported, load_fixture};
use paymig::compose;

const REPLICA: &str = r#"network.replica={ region = "us-east-2", cidr = "10.9.0.0/16", zones = 3, tiers = { database = "10.9.0.0/20", transit = "10.9.255.0/25" } }"#;

#[test]
fn invalid_networks_are_rejected() {
    for (argument, expected) in [
        (
            "region=us-west-2",
            "`region` is `us-west-2`, which is not in `regions` of this stack",
        ),
        ("cidr=10.0.0.0/8", "a VPC is /16 to /28"),
        ("zones=1", "a network has 2 to 6 zones, not 1"),
        (
            "tiers.database=10.0.16.0/20",
            "`network.production.tiers.database` is 10.0.16.0/20, which overlaps 10.0.16.0/20",
        ),
        ("tiers.database=10.7.0.0/20", "is not inside its network"),
        (
            "tiers.database=10.0.32.0/26",
            "AWS allows none smaller than /28",
        ),
        (
            "formerly=production",
            "`formerly` of [network.production] is `production`, which is its present name",
        ),
        ("formerly=main", "`formerly` without `name_in_aws`"),
        ("formerly=main", "write `name_in_aws = \"main\"`"),
    ] {
        assert_reported(&[&format!("network.production.{argument}")], expected);
    }
}

#[test]
fn networks_of_an_environment_lie_in_its_supernet() {
    let supernet = "environments.migration.supernet=10.16.0.0/12";
    let loaded = load_fixture("valid", &[supernet]).unwrap();
    let (_, network) = loaded.stack.network.iter().next().unwrap();
    assert_eq!(network.cidr.to_string(), "10.16.0.0/16");
    let tiers: Vec<_> = network.tiers.values().map(ToString::to_string).collect();
    assert!(
        tiers.iter().all(|tier| tier.starts_with("10.16.")),
        "{tiers:?}"
    );
    assert_reported(
        &["environments.migration.supernet=10.16.0.0/17"],
        "`supernet` is 10.16.0.0/17; network `production` has the block 10.0.0.0/16, which is larger",
    );
}

#[test]
fn two_sections_of_one_kind_with_one_name_in_aws_are_rejected() {
    let same = "network.replica.name_in_aws=production";
    assert_reported(&[REPLICA, same], "have the same name in AWS, `production`");
}

#[test]
fn invalid_transit_gateways_are_rejected() {
    let both = r#"transit.hub.networks=["production", "replica"]"#;
    assert_reported(
        &[REPLICA, both],
        "the networks of a transit gateway share one region",
    );
    let one = r#"transit.one.networks=["production"]"#;
    let other = r#"transit.other.networks=["replica"]"#;
    assert_reported(&[REPLICA, one, other], "have `asn` 64512");
}

#[test]
fn invalid_databases_are_rejected() {
    let database = r#"database.payments.aurora-postgresql={ network = "production", version = "16", name = "payments", class = "db.t4g.medium" }"#;
    for (argument, expected) in [
        (r#"version="11""#, "does not offer"),
        (r#"version="14""#, "ends on 2027-02-28"),
        ("class=db.serverless", "needs `capacity`"),
        ("readers=16", "allows at most 15"),
        ("secondary.network=production", "one cluster in a region"),
        (
            "secondary.network=replica",
            "does not support global databases",
        ),
    ] {
        let argument = format!("database.payments.aurora-postgresql.{argument}");
        assert_reported(&[REPLICA, database, &argument], expected);
    }
}

#[test]
fn mysql_whose_user_nothing_creates_is_rejected() {
    let mysql = r#"database.payments.aurora-mysql={ network = "production", version = "8.0", name = "payments", class = "db.r6g.large" }"#;
    let code = r#"function.code={ code.program = "payment-api", network = "production", uses.database = "payments" }"#;
    assert_reported(
        &[mysql, code],
        "creates the user of the payment code on aurora-postgresql only",
    );
    assert_reported(
        &[mysql, code],
        "write `application_secret = \"…\"`, the secret of an existing user",
    );
}

#[test]
fn database_in_region_without_rds_roots_is_rejected() {
    let regions = r#"regions=["us-east-1", "il-central-1"]"#;
    let network = r#"network.tel-aviv={ region = "il-central-1", cidr = "10.9.0.0/16", zones = 3, tiers = { database = "10.9.0.0/20" } }"#;
    let expected = "`il-central-1` has no root certificates of RDS in this release";
    for (network_of_primary, secondary) in [
        ("tel-aviv", ""),
        ("production", r#", secondary = { network = "tel-aviv" }"#),
    ] {
        let database = format!(
            r#"database.payments.aurora-postgresql={{ network = "{network_of_primary}", version = "16", name = "payments", class = "db.r6g.large"{secondary} }}"#
        );
        let composed = load_fixture("valid", &[regions, network, &database])
            .and_then(|loaded| compose::compose(&loaded));
        let diagnostics = composed.map_or_else(|error| error.to_string(), |_| String::new());
        assert!(diagnostics.contains(expected), "{diagnostics}");
    }
}

#[test]
fn invalid_replications_are_reported() {
    let database = r#"database.payments.aurora-postgresql={ network = "production", version = "16", name = "payments", class = "db.r6g.large" }"#;
    let replication = r#"replication.payments={ target = "payments", network = "production", class = "dms.t3.medium", storage = 50, tables = ["public.%"], managed_by = "runbook", source = { host = "db.example.com", database = "payments" } }"#;
    let secret = r#"existing.secret.far={ region = "us-east-2", name = "far" }"#;
    for (argument, expected) in [
        ("tables=[]", "needs at least one table"),
        (r#"tables=["payments"]"#, "not a table pattern"),
        ("managed_by=runbook", "has no route to the source database"),
        (
            "managed_by=runbook",
            "the certificate of the source is not verified",
        ),
        ("source.ca_pem=x", "is not a certificate in PEM format"),
        ("network=replica", "the target is in `us-east-1`"),
        (
            "credentials.existing=far",
            "`existing` is `far`, a secret in `us-east-2`",
        ),
        (
            "source.credentials.existing=far",
            "`existing` is `far`, a secret in `us-east-2`",
        ),
    ] {
        let argument = format!("replication.payments.{argument}");
        let all = [REPLICA, secret, database, replication, &argument];
        assert_reported(&all, expected);
    }
    let apart = [
        REPLICA,
        database,
        replication,
        r#"network.apart={ region = "us-east-1", cidr = "10.7.0.0/16", zones = 2, tiers = { private = "10.7.0.0/20" } }"#,
        r#"transit.hub={ networks = ["apart"], on_premises = { cidrs = ["192.168.0.0/16"], domain = "example.com", name_servers = ["192.168.0.53", "192.168.1.53"], via.vpn = { gateway = "203.0.113.10", asn = 65010 } } }"#,
        "replication.payments.network=apart",
    ];
    assert_reported(
        &apart,
        "network `production` has no route to the source database",
    );
    let mysql = r#"database.payments.aurora-mysql={ network = "production", version = "8.0", name = "pay", class = "db.r6g.large" }"#;
    assert_reported(
        &[REPLICA, mysql, replication],
        "MySQL needs the same name on both sides",
    );
    let led = [
        "bucket.checkpoints={}",
        r#"alerts.operations.email=["a@example.com"]"#,
        r#"runbook.one={ replications = ["payments"], network = "production", checkpoints = "checkpoints", alerts = "operations", validation_trigger = "manual" }"#,
        "replication.payments.reverse_replication=false",
    ];
    let all = [&[REPLICA, database, replication][..], &led[..]].concat();
    assert_reported(&all, "`reverse_replication` is false");
}

#[test]
fn validation_settings_outside_their_range_are_rejected() {
    let runbook = r#"runbook.one={ replications = ["payments"], network = "production", checkpoints = "checkpoints", alerts = "operations" }"#;
    for (argument, expected) in [
        ("validation.chunk_rows=0", "is out of range"),
        (
            "validation.statement_timeout_seconds=901",
            "the maximum is 900",
        ),
        ("validation.source_duty_cycle_percent=0", "the minimum is 1"),
        ("validation.sample_chunks=1", "the minimum is 2"),
        ("validation.looks=3", "unknown key `looks`"),
        ("task_stop_timeout=1000", "the maximum is 900"),
    ] {
        let argument = format!("runbook.one.{argument}");
        assert_reported(&[runbook, &argument], expected);
    }
}

#[test]
fn invalid_compute_is_rejected() {
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
            "more than `reserved_concurrency`, 5",
        ),
        (
            [function, "function.pay.memory=64"],
            "Lambda allows 128 to 10240",
        ),
        (
            [service, "service.pay.fargate.tasks.min=3"],
            "min = 2, max = 3",
        ),
        (
            [service, "service.pay.fargate.memory=1500"],
            "write 1024 to 4096",
        ),
    ] {
        assert_reported(&[image, arguments[0], arguments[1]], expected);
    }
    assert_reported(
        &[image, service, one, two],
        "`services` contains `pay`, which [release.one] already lists",
    );
}

#[test]
fn invalid_call_graphs_are_rejected() {
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
    let release = r#"release.r={ services = ["s"], blue = "current", green = "latest" }"#;
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
        (
            r#"function.f.calls=["v"]"#,
            "`f` calls `v`, which calls `f`",
        ),
        (
            r#"function.v.calls=["v", "f", "t"]"#,
            "`v` calls `v`, which calls `v`",
        ),
        (
            r#"function.v.calls=["t"]"#,
            "`calls` contains 0 functions with program `fraud-detection`",
        ),
        ("function.t.uses.tables=[]", "`uses.tables` has 0 entries"),
        (
            "function.t.uses.buckets=[]",
            "write `buckets = [\"audit\"]`",
        ),
        (
            "table.t.range_key=created_at",
            "`hash_key` of table `t` is `transaction_id` and `range_key` `created_at`; payment programs need `transaction_id` alone",
        ),
        (
            "table.t.indexes.customer.hash_key=transaction_id",
            "has no index `customer`",
        ),
        (
            "function.v.provisioned_concurrency={ min = 1, max = 5 }",
            "is 5 for each of live, blue, green, in total 15; `reserved_concurrency` is 9",
        ),
        (
            "release.r.blue=v7",
            "`blue` is `v7`, which is not a function version",
        ),
        (
            r#"release.r.blue="7""#,
            "each function numbers its versions separately",
        ),
        (r#"release.r.blue="7""#, "`versions.f = {"),
        (
            r#"release.r.versions.v={ blue = "0", green = "latest" }"#,
            "`0` is not a function version",
        ),
        (
            "release.r.blue=latest",
            "`blue` is `latest` for `f`, `t`, `v` and has 100 % of the requests",
        ),
        (
            "release.r.green_percent=10",
            "`green` is `latest` for `f`, `t`, `v` and has 10 % of the requests",
        ),
        (
            r#"release.other={ services = ["s2"], blue = "current", green = "latest" }"#,
            "function `f` is part of two releases",
        ),
    ] {
        let second = r#"service.s2.function={ function = "v" }"#;
        let mut all: Vec<&str> = whole.to_vec();
        all.extend([second, argument]);
        assert_reported(&all, expected);
    }
}

#[test]
fn invalid_ingress_is_rejected() {
    let image = r#"existing.image.pay={ repository = "pay", tag = "1" }"#;
    let service = r#"service.pay.fargate={ networks = ["production"], image = "pay", tasks = { min = 1, max = 2 } }"#;
    let balancer = r#"balancer.b={ networks = ["production"], services = ["pay"], certificate = { requested = { name = "pay.example.com", zone = "public" } } }"#;
    let api = r#"api.a={ balancer = "b", routes = { read = { method = "GET", path = "/a" } } }"#;
    let dns = r#"dns.d={ zone = "public", name = "pay.example.com", to = { balancer = { name = "b" } } }"#;
    for (argument, expected) in [
        (
            "balancer.b.certificate.requested.name=pay.example.org",
            "the zone that validates the certificate",
        ),
        (
            "balancer.b.certificate.requested.name=pay-{environment}.example.com",
            "contains `{environment}`, which is not one of `{env}`, `{suffix}`",
        ),
        ("balancer.b.scheme=internet-facing", "bypass the API"),
        (
            r#"balancer.b.networks=["production", "replica"]"#,
            "does not run in network `replica`",
        ),
        ("balancer.b.services=[]", "`services` is empty"),
        (
            r#"balancer.b.services=["pay", "pay"]"#,
            "both run on tasks or instances",
        ),
        ("api.a.routes.read.path=a", "did you mean `/a`?"),
        (
            r#"api.a.routes.other={ method = "GET", path = "/a" }"#,
            "has the method and path of route",
        ),
        ("dns.d.name=pay.example.org", "is not in the zone"),
        (
            "dns.d.to.balancer.weights.production=50",
            "`weights` sum to 50",
        ),
        (
            "dns.d.to.balancer.weights.replica=100",
            "`weights` contains network `replica`",
        ),
        (
            "dns.d.to.balancer.weights.replca=100",
            "did you mean `replica`?",
        ),
    ] {
        assert_reported(
            &[REPLICA, image, service, balancer, api, dns, argument],
            expected,
        );
    }
    let unnamed = r#"balancer.b={ networks = ["production"], services = ["pay"], certificate = { arn = "arn:aws:acm:us-east-1:123456789012:certificate/1" } }"#;
    assert_reported(
        &[image, service, unnamed, api],
        "API Gateway needs the certificate's host name",
    );
}

#[test]
fn public_names_that_are_too_long_in_their_environment_are_rejected() {
    let image = r#"existing.image.pay={ repository = "pay", tag = "1" }"#;
    let service = r#"service.pay.fargate={ networks = ["production"], image = "pay", tasks = { min = 1, max = 2 } }"#;
    for (label, expected) in [
        (
            "x".repeat(58),
            "-migration` has 68 characters; the limit is 63",
        ),
        (
            "y".repeat(45),
            "with 67 characters; the limit of a certificate is 64",
        ),
    ] {
        let balancer = format!(
            r#"balancer.b={{ networks = ["production"], services = ["pay"], certificate.requested = {{ name = "{label}-{{env}}.example.com", zone = "public" }} }}"#
        );
        let loaded = load_fixture("valid", &[image, service, &balancer]).unwrap();
        let reported = compose::compose(&loaded).unwrap_err().to_string();
        assert!(reported.contains(expected), "{reported}");
        assert!(
            reported.contains("shorten the"),
            "without help:\n{reported}"
        );
    }
}

#[test]
fn invalid_tables_and_buckets_are_rejected() {
    for (argument, expected) in [
        (
            "bucket.audit.lifecycle={ glacier_after = 90, expire_after = 90 }",
            "Glacier charges",
        ),
        (
            "bucket.audit.replica.region=us-east-1",
            "a replica is in another region",
        ),
        (
            r#"table.t={ hash_key = "id", attributes = { ident = "string" } }"#,
            "is not declared in `attributes`",
        ),
    ] {
        assert_reported(&[argument], expected);
    }
}

#[test]
fn archived_checkpoints_are_rejected() {
    let source = StackSource::embedded("orchestrated").unwrap();
    let mut selection = Selection::new("migration".parse().unwrap(), "abc123".parse().unwrap());
    selection.set = vec!["bucket.checkpoints.lifecycle.glacier_after=90".to_owned()];
    let diagnostics = load(&source, &selection).unwrap_err();
    let message = "an object in Glacier cannot be read";
    assert_first_diagnostic(&diagnostics, (1, 44), message, "delete `glacier_after`");
}

#[test]
fn invalid_environments_are_rejected() {
    assert_reported(
        &[r#"state.remote_states=["migratoin"]"#],
        "did you mean `migration`?",
    );
    let nested = "environments.migration.with.environments.other.phase=legacy";
    assert_reported(&[nested], "environments do not nest");
}
