//! Functions that call functions, and the sections that their programs use.

use crate::config::{Code, Function, Named, PaymentProgram, Ref, Stack, Table, alias};
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::newtypes::Key;

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    circles(stack, found);
    for (key, function) in stack.function.iter() {
        let path = Named::<Function>::key_path(key);
        regions(stack, function, &path, found);
        if let Code::Program(program) = function.code {
            callees(stack, function, program, &path, found);
            stores(stack, function, program, &path, found);
        }
        concurrency(stack, key, function, &path, found);
        releases_of(stack, key, &path, found);
    }
}

/// Rejects circles of calls: each function would wait for the next one until it times out.
fn circles(stack: &Stack, found: &mut Vec<Diagnostic>) {
    let ordered = stack.callees_first();
    for (key, function) in stack.function.iter() {
        let mut calls = function.calls.iter().zip(0..);
        let back = calls.find(|(callee, _)| stack.reached_from(callee.name()).contains(key));
        if let (Some((callee, index)), false) = (back, ordered.contains(&key)) {
            let path = Named::<Function>::key_path(key);
            found.push(
                Diagnostic::error(format!(
                    "circular call: `{key}` calls `{callee}`, which calls `{key}`"
                ))
                .at(path.key("calls").index(index))
                .help("remove one of the calls; functions that wait for each other time out"),
            );
        }
    }
}

/// Requires callees in the caller's region: a function is invoked by a name, which is unique in its region only.
fn regions(stack: &Stack, caller: &Function, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let region = |function: &Function| stack.network.resolve(&function.network).region;
    for (index, callee) in caller.calls.iter().enumerate() {
        let (here, there) = (region(caller), region(stack.function.resolve(callee)));
        if here != there {
            found.push(
                Diagnostic::error(format!(
                    "`calls` contains `{callee}`, which runs in `{there}`; its caller runs in `{here}`"
                ))
                .at(path.key("calls").index(index))
                .help("place both functions in networks of one region"),
            );
        }
    }
}

/// Requires one callee of each program that a program calls: it finds callees by their program.
fn callees(
    stack: &Stack,
    function: &Function,
    program: PaymentProgram,
    path: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    let needed: &[PaymentProgram] = match program {
        PaymentProgram::PaymentValidation => &[
            PaymentProgram::FraudDetection,
            PaymentProgram::TransactionProcessing,
        ],
        PaymentProgram::PaymentApi
        | PaymentProgram::FraudDetection
        | PaymentProgram::TransactionProcessing => &[],
    };
    for callee in needed {
        let runs = |called: &&Ref<Function>| matches!(stack.function.resolve(called).code, Code::Program(code) if code == *callee);
        let count = function.calls.iter().filter(runs).count();
        if count != 1 {
            found.push(
                Diagnostic::error(format!(
                    "`calls` contains {count} functions with program `{}`; program `{}` calls exactly one",
                    callee.as_str(),
                    program.as_str()
                ))
                .at(path.key("calls"))
                .help("list exactly one such function in `calls`"),
            );
        }
    }
}

/// Requires the stores of a program. It finds each one by the only variable of its kind, and uses fixed keys.
fn stores(
    stack: &Stack,
    function: &Function,
    program: PaymentProgram,
    path: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    let (books, keeps) = match program {
        PaymentProgram::FraudDetection => (false, true),
        PaymentProgram::TransactionProcessing => (true, true),
        PaymentProgram::PaymentApi | PaymentProgram::PaymentValidation => (false, false),
    };
    let uses = &function.uses;
    let path = path.key("uses");
    let name = program.as_str();
    if books && uses.database.is_none() {
        let example = first_name(&stack.database, "payments");
        found.push(
            Diagnostic::error(format!(
                "`uses.database` is missing; program `{name}` needs one"
            ))
            .at(path.key("database"))
            .help(format!("write `database = \"{example}\"`, a [database.…]")),
        );
    }
    if books && uses.buckets.len() != 1 {
        let example = first_name(&stack.bucket, "records");
        found.push(
            Diagnostic::error(format!(
                "`uses.buckets` has {} entries; program `{name}` needs exactly one, for transaction records",
                uses.buckets.len()
            ))
            .at(path.key("buckets"))
            .help(format!("write `buckets = [\"{example}\"]`, a [bucket.…]")),
        );
    }
    match uses.tables.as_slice() {
        [table] if keeps => transactions(stack.table.resolve(table), table, found),
        tables if keeps => {
            let example = first_name(&stack.table, "transactions");
            found.push(
                Diagnostic::error(format!(
                    "`uses.tables` has {} entries; program `{name}` needs exactly one, for transactions",
                    tables.len()
                ))
                .at(path.key("tables"))
                .help(format!("write `tables = [\"{example}\"]`, a [table.…]")),
            );
        }
        _ => {}
    }
}

/// Returns the name of a section of the stack for an example, or else `invented`.
fn first_name<'a, T>(sections: &'a Named<T>, invented: &'a str) -> &'a str {
    sections.names().next().map_or(invented, Key::as_str)
}

/// Requires the keys and the index that `lambda/payments/transactions.py` uses.
fn transactions(table: &Table, name: &Ref<Table>, found: &mut Vec<Diagnostic>) {
    let path = Named::<Table>::key_path(name.name());
    if table.hash_key != "transaction_id" || table.range_key.is_some() {
        let range_key = table
            .range_key
            .as_ref()
            .map(|key| format!(" and `range_key` `{key}`"))
            .unwrap_or_default();
        found.push(
            Diagnostic::error(format!(
                "`hash_key` of table `{name}` is `{}`{range_key}; payment programs need `transaction_id` alone",
                table.hash_key
            ))
                .at(path.key("hash_key"))
                .help("write `hash_key = \"transaction_id\"` and no `range_key`; with one, a repeated payment would be a second item"),
        );
    }
    let by_customer = table.indexes.iter().any(|(index, keys)| {
        let keys = (keys.hash_key.as_str(), keys.range_key.as_deref());
        index.as_str() == "customer" && keys == ("customer_id", Some("created_at"))
    });
    if !by_customer {
        found.push(
            Diagnostic::error(format!(
                "`indexes` of table `{name}` has no index `customer` with the keys that payment programs query"
            ))
                .at(path.key("indexes"))
                .help("write `customer = { hash_key = \"customer_id\", range_key = \"created_at\" }` in `indexes`"),
        );
    }
}

/// Requires that the provisioned concurrency of all versions together fits into the reserved concurrency.
fn concurrency(
    stack: &Stack,
    key: &Key,
    function: &Function,
    path: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    let (Some(provisioned), Some(reserved)) = (
        &function.provisioned_concurrency,
        function.reserved_concurrency,
    ) else {
        return;
    };
    let names: Vec<_> = stack
        .versions_of(key)
        .into_iter()
        .map(|(color, _)| alias(color))
        .collect();
    let versions = u16::try_from(names.len()).unwrap_or(u16::MAX);
    let total = u32::from(provisioned.max) * u32::from(versions);
    // One version is checked with the function itself.
    if versions > 1 && provisioned.max <= reserved && total > u32::from(reserved) {
        let largest = reserved / versions;
        found.push(
            Diagnostic::error(format!(
                "`provisioned_concurrency.max` is {} for each of {}, in total {total}; `reserved_concurrency` is {reserved}",
                provisioned.max,
                names.join(", "),
            ))
            .at(path.key("provisioned_concurrency").key("max"))
            .related(path.key("reserved_concurrency"), "reserved concurrency")
            .help(if largest == 0 {
                format!("write `reserved_concurrency = {total}` or more")
            } else {
                format!("write `max = {largest}` or less, or increase `reserved_concurrency`")
            }),
        );
    }
}

/// Requires one release for each function: an alias points to one version.
fn releases_of(stack: &Stack, key: &Key, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let releases: Vec<_> = stack.releases_of(key).map(|(name, _)| name).collect();
    if let [one, other, ..] = releases.as_slice() {
        found.push(
            Diagnostic::error(format!(
                "function `{key}` is part of two releases, `{one}` and `{other}`"
            ))
            .at(path)
            .help("list their services in one release, or give each service a function of its own"),
        );
    }
}
