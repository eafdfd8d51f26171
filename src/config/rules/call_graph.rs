//! Functions that call functions, and their releases.

use crate::config::{
    Code, Color, Function, Named, PaymentProgram, Ref, Release, Service, Stack, Table, alias,
};
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::newtypes::{FunctionVersion, Key};

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
    for (path, release) in stack.release.with_key_paths() {
        versions(stack, release, &path, found);
    }
}

/// Each waits for the answer of the next: in a circle, for ever.
fn circles(stack: &Stack, found: &mut Vec<Diagnostic>) {
    let ordered = stack.callees_first();
    for (key, function) in stack.function.iter() {
        let mut calls = function.calls.iter().zip(0..);
        let back = calls.find(|(callee, _)| stack.reached_from(callee.name()).contains(key));
        if let (Some((callee, index)), false) = (back, ordered.contains(&key)) {
            let path = Named::<Function>::key_path(key);
            found.push(
                Diagnostic::error(format!("`{callee}` calls `{key}` back"))
                    .at(path.key("calls").index(index))
                    .help("functions that call each other wait for each other until they time out"),
            );
        }
    }
}

/// A function is called by its name, which is one of its region.
fn regions(stack: &Stack, caller: &Function, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let region = |function: &Function| stack.network.resolve(&function.network).region;
    for (index, callee) in caller.calls.iter().enumerate() {
        let (here, there) = (region(caller), region(stack.function.resolve(callee)));
        if here != there {
            found.push(
                Diagnostic::error(format!(
                    "function `{callee}` is in `{there}`, and its caller in `{here}`"
                ))
                .at(path.key("calls").index(index))
                .help("let both run in networks of one region"),
            );
        }
    }
}

/// What a program calls it finds by what that runs, so there must be one of each kind.
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
                    "`{}` calls one function that runs `{}`, not {count}",
                    program.as_str(),
                    callee.as_str()
                ))
                .at(path.key("calls"))
                .help("name it in `calls`, once"),
            );
        }
    }
}

/// Programs find their stores by the only name of a kind in their environment, and a table by its keys.
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
    let mut lacks = |what: &str, key| {
        let program = program.as_str();
        found.push(
            Diagnostic::error(format!("`{program}` uses {what}"))
                .at(path.key(key))
                .help(format!("name it in `uses.{key}`")),
        );
    };
    if books && uses.database.is_none() {
        lacks("a database", "database");
    }
    if books && uses.buckets.len() != 1 {
        lacks("one bucket, for the records of transactions", "buckets");
    }
    match uses.tables.as_slice() {
        [table] if keeps => transactions(stack.table.resolve(table), table, found),
        _ if keeps => lacks("one table, of transactions", "tables"),
        _ => {}
    }
}

/// The table of transactions, as `lambda/payments/transactions.py` reads and writes it.
fn transactions(table: &Table, name: &Ref<Table>, found: &mut Vec<Diagnostic>) {
    let path = Named::<Table>::key_path(name.name());
    if table.hash_key != "transaction_id" || table.range_key.is_some() {
        found.push(
            Diagnostic::error("the key of a table of transactions is `transaction_id` alone")
                .at(path.key("hash_key"))
                .help("with a range key a repeated payment would be a second item, which no condition sees"),
        );
    }
    let by_customer = table.indexes.iter().any(|(index, keys)| {
        let keys = (keys.hash_key.as_str(), keys.range_key.as_deref());
        index.as_str() == "customer" && keys == ("customer_id", Some("created_at"))
    });
    if !by_customer {
        found.push(
            Diagnostic::error("a table of transactions has the index `customer`")
                .at(path.key("indexes"))
                .help("`customer = { hash_key = \"customer_id\", range_key = \"created_at\" }`"),
        );
    }
}

/// AWS refuses more warm environments, of all versions together, than the function may have at all.
fn concurrency(
    stack: &Stack,
    key: &Key,
    function: &Function,
    path: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    let (Some(warm), Some(reserved)) = (
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
    // One version is checked with the function itself.
    if versions > 1 && warm.max <= reserved && warm.max.saturating_mul(versions) > reserved {
        found.push(
            Diagnostic::error(format!(
                "{} warm environments for each of {} are more than the {reserved} reserved for the function",
                warm.max,
                names.join(", "),
            ))
            .at(path.key("provisioned_concurrency").key("max"))
            .related(path.key("reserved_concurrency"), "reserved here")
            .help(format!("at most {} each", reserved / versions)),
        );
    }
}

/// One alias has one version, so a function has one release.
fn releases_of(stack: &Stack, key: &Key, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let releases: Vec<_> = stack.releases_of(key).map(|(name, _)| name).collect();
    if let [one, other, ..] = releases.as_slice() {
        found.push(
            Diagnostic::error(format!(
                "function `{key}` is part of two releases, `{one}` and `{other}`"
            ))
            .at(path)
            .help("put their services into one release, or give each a function of its own"),
        );
    }
}

/// Versions of functions are numbers, and each function's are its own.
fn versions(stack: &Stack, release: &Release, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let services = release.services.iter();
    let answering: Vec<&Ref<Function>> = services
        .filter_map(|service| stack.answering(service))
        .filter(|name| matches!(stack.function.resolve(name).code, Code::Program(_)))
        .collect();
    let parts: Vec<Key> = stack
        .function
        .iter()
        .filter(|(key, _)| {
            answering
                .iter()
                .any(|name| stack.reached_from(name.name()).contains(key))
        })
        .map(|(key, _)| key.clone())
        .collect();
    for name in release.versions.keys() {
        if !parts.contains(name.name()) {
            found.push(
                Diagnostic::error(format!("function `{name}` is not part of this release"))
                    .at(path.key("versions").key(name.name().as_str()))
                    .help(format!("parts of it are: {}", listed(&parts))),
            );
        }
    }
    let mixed = release
        .services
        .iter()
        .any(|service| !matches!(stack.service.resolve(service), Service::Function(_)));
    for color in Color::ALL {
        let unlisted = parts.iter().filter(|part| {
            let mut listed = release.versions.keys();
            !listed.any(|name| name.name() == *part)
        });
        let unlisted: Vec<&Key> = unlisted.collect();
        if unlisted.is_empty() {
            continue;
        }
        match release.version(color).parse::<FunctionVersion>() {
            Err(invalid) => found.push(
                Diagnostic::error(invalid.to_string())
                    .at(path.key(color.as_str()))
                    .help(if mixed {
                        "give the functions `versions`, and images this tag"
                    } else {
                        "Lambda numbers the versions that it publishes: 1, 2, …"
                    }),
            ),
            Ok(FunctionVersion::Number(number)) if unlisted.len() > 1 => {
                found.push(
                    Diagnostic::error(format!(
                        "version {number} of {} is not the same release: each function numbers its versions itself",
                        listed(unlisted)
                    ))
                    .at(path.key(color.as_str()))
                    .help("name the version of each: `versions.fraud = { blue = \"3\", green = \"latest\" }`"),
                );
            }
            Ok(_) => {}
        }
    }
    let same = |part: &Key| {
        let mut versions = stack.versions_of(part);
        versions.retain(|(color, _)| color.is_some());
        versions
            .windows(2)
            .all(|pair| matches!(pair, [(_, one), (_, other)] if one == other))
    };
    if release.green_percent.get() > 0 && !parts.is_empty() && parts.iter().all(same) {
        found.push(
            Diagnostic::warning("green runs the same versions as blue")
                .at(path.key("green_percent"))
                .help("pin `blue` to the version that runs"),
        );
    }
}

fn listed<'k>(keys: impl IntoIterator<Item = &'k Key>) -> String {
    let names: Vec<_> = keys.into_iter().map(|key| format!("`{key}`")).collect();
    names.join(", ")
}
