//! Corrections: the help of a diagnostic contains the text to write.

use paymig::config::{Selection, StackSource, load};
use paymig::diagnostic::Diagnostic;

/// Asserts that a diagnostic of this embedded stack with `--set` arguments has a message and a help that start so.
#[track_caller]
fn assert_correction(stack: &str, set: &[&str], message: &str, help: &str) {
    let source = StackSource::embedded(stack).unwrap();
    let mut selection = Selection::new("migration".parse().unwrap(), "abc123".parse().unwrap());
    selection.set = set.iter().map(|&argument| argument.to_owned()).collect();
    let list: Vec<Diagnostic> = match load(&source, &selection) {
        Ok(loaded) => loaded.warnings,
        Err(diagnostics) => diagnostics.iter().cloned().collect(),
    };
    let is_expected = |diagnostic: &Diagnostic| {
        let mut texts = diagnostic.help.iter();
        diagnostic.message.starts_with(message) && texts.any(|text| text.starts_with(help))
    };
    assert!(list.iter().any(is_expected), "{list:#?}");
}

#[test]
fn invalid_removals_and_reserved_keys_of_an_overlay_are_corrected() {
    let section_path = "write `kind.name` of a section, for example `waf.edge`";
    for (argument, message, help) in [
        (
            r#"without=["nothing"]"#,
            "`without` contains `nothing`, which does not exist",
            section_path,
        ),
        (
            r#"without=["stack.x"]"#,
            "`without` contains `stack.x`, but `stack` is not a table",
            section_path,
        ),
        (
            "with.stack=x",
            "`with` contains `stack`",
            "move `stack` to the top level",
        ),
        (
            "with.environments.x.phase=legacy",
            "`with` contains `environments`",
            "move `environments` to the top level",
        ),
    ] {
        let argument = format!("environments.migration.{argument}");
        assert_correction("orchestrated", &[&argument], message, help);
    }
}

#[test]
fn empty_variant_is_corrected_with_the_variants() {
    assert_correction(
        "orchestrated",
        &["database.other={}"],
        "`database.other` is empty",
        "write one of its variants: aurora-postgresql, aurora-mysql",
    );
}

#[test]
fn invalid_traffic_is_corrected() {
    for (argument, message, help) in [
        (
            "traffic.cutover_percent=30",
            "`cutover_percent` is 30",
            "write one of 10, 50, 100",
        ),
        (
            "runbook.migration.fence_timeout=29",
            "`fence_timeout` is 29 s",
            "write 28 or less",
        ),
    ] {
        assert_correction("containerized", &[argument], message, help);
    }
}

#[test]
fn a_validation_that_is_too_old_at_the_cutover_is_corrected() {
    assert_correction(
        "orchestrated",
        &["workflow.migration.max_validation_age=1500"],
        "`max_validation_age` is 1500 min; the traffic steps, the approval and the cutover take up to 1590",
        "write 1590 or more",
    );
    assert_correction(
        "orchestrated",
        &["workflow.migration.step_soak=1440"],
        "`max_validation_age` is 2880 min; the traffic steps, the approval and the cutover take up to 5820",
        "write 5820 or more, or shorten `step_soak`",
    );
}

#[test]
fn invalid_control_totals_are_corrected() {
    let total = |table: &str| {
        format!(
            r#"{{ table = "{table}", amount = "amount", currency = "currency", time = "created_at" }}"#
        )
    };
    let (payment, other) = (total("public.payment"), total("sales.payment"));
    for (totals, message, help) in [
        (
            other.clone(),
            "`table` is `sales.payment`, which no pattern of `tables` contains",
            "write a table that is replicated",
        ),
        (
            format!("{payment}, {payment}"),
            "`table` is `public.payment`, which has a control total already",
            "write one control total for each table",
        ),
        (
            total("public.%"),
            "`replication.payments.control_totals[0].table`: `public.%` is not the name of one table",
            "write it as schema.table, without a wildcard",
        ),
    ] {
        let argument = format!("replication.payments.control_totals=[{totals}]");
        assert_correction("containerized", &[&argument], message, help);
    }
}

#[test]
fn invalid_versions_are_corrected_with_functions_of_the_release() {
    let functions = ["fraud", "transaction", "validation"];
    let same = functions.map(|name| format!(r#"{name} = {{ blue = "3", green = "3" }}"#));
    let same = format!("release.payments.versions={{ {} }}", same.join(", "));
    let stack = "blue-green";
    assert_correction(
        stack,
        &["release.payments.green_percent=10", &same],
        "`green_percent` is 10, but `green` and `blue` both have version 3",
        "write the version in use in `blue`",
    );
    assert_correction(
        stack,
        &[r#"release.payments.green="7""#],
        "`green` is version 7 for `fraud`, `transaction`, `validation`",
        "write a version for each function: `versions.fraud = ",
    );
}

#[test]
fn invalid_names_and_addresses_in_dns_are_corrected() {
    let without_balancer = r#"environments.migration.without=["existing.http.legacy.balancer"]"#;
    for (arguments, message, help) in [
        (
            vec![without_balancer],
            "`addresses` is empty, but `payments-{env}-{suffix}.example.com` is the apex",
            "write public `addresses`; or `balancer`",
        ),
        (
            vec![
                without_balancer,
                r#"existing.http.legacy.addresses=["10.0.0.1"]"#,
            ],
            "`addresses` contains 10.0.0.1, which is not public",
            "write an address that the internet routes",
        ),
        (
            vec![
                "dns.payments.child=payments.example.com",
                "existing.http.legacy.host=old.payments.example.com",
            ],
            "`host` is `old.payments.example.com`",
            "write a host name outside that zone",
        ),
        (
            vec![
                r#"existing.zone.corp={ name = "corp.example.com", visibility = "private" }"#,
                "dns.payments.zone=corp",
            ],
            "`zone` is `corp`, the private zone `corp.example.com`",
            "write one of `public`",
        ),
        (
            vec![
                r#"dns.other={ zone = "public", name = "new.payments-{env}-{suffix}.example.com", to = { balancer = { name = "main" } } }"#,
            ],
            "two [dns.…] sections add records for `new.payments-{env}-{suffix}.example.com` (the new side of `payments-{env}-{suffix}.example.com`)",
            "choose another `name`",
        ),
    ] {
        assert_correction("multi-region", &arguments, message, help);
    }
}

#[test]
fn expiry_is_corrected_to_ninety_days_after_glacier() {
    assert_correction(
        "orchestrated",
        &["bucket.other.lifecycle={ glacier_after = 400, expire_after = 410 }"],
        "`glacier_after` is 400 and `expire_after` 410 days",
        "write `expire_after = 490` or more",
    );
}

#[test]
fn instance_type_is_corrected_to_the_architecture_of_the_image() {
    assert_correction(
        "lift-and-shift",
        &["service.payments.instances.instance_type=m7i.large"],
        "`instance_type` is `m7i.large`",
        "write an arm64 type such as `m7g.large`",
    );
}
