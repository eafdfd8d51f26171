//! Versions of the functions of a release: each function numbers its versions separately.

use std::collections::BTreeSet;

use crate::config::{Code, Color, Function, Ref, Release, Service, Stack};
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::newtypes::{FunctionVersion, Key, Percent};

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (path, release) in stack.release.with_key_paths() {
        let functions = functions_of(stack, release);
        listed_functions(release, &functions, &path, found);
        let errors_before = found.len();
        common_versions(stack, release, &functions, &path, found);
        // The next rules compare valid versions.
        if found.len() == errors_before {
            latest_has_no_requests(stack, release, &functions, &path, found);
            versions_differ(stack, release, &functions, &path, found);
        }
    }
}

/// Returns the functions with a program that the services of a release reach.
fn functions_of<'s>(stack: &'s Stack, release: &Release) -> Vec<&'s Key> {
    let services = release.services.iter();
    let entries: Vec<&Ref<Function>> = services
        .filter_map(|service| stack.answering(service))
        .filter(|name| matches!(stack.function.resolve(name).code, Code::Program(_)))
        .collect();
    let is_reached = |key: &&Key| {
        let mut entries = entries.iter();
        entries.any(|name| stack.reached_from(name.name()).contains(*key))
    };
    stack.function.names().filter(is_reached).collect()
}

fn listed_functions(
    release: &Release,
    functions: &[&Key],
    path: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    for name in release.versions.keys() {
        if !functions.contains(&name.name()) {
            found.push(
                Diagnostic::error(format!(
                    "`versions` contains function `{name}`, which is not part of this release"
                ))
                .at(path.key("versions").key(name.name().as_str()))
                .help(if functions.is_empty() {
                    "remove `versions`; this release has no function with a program".to_owned()
                } else {
                    format!("write one of {}", joined(functions))
                }),
            );
        }
    }
}

/// Checks `blue` and `green`, the versions of the functions that `versions` does not list.
fn common_versions(
    stack: &Stack,
    release: &Release,
    functions: &[&Key],
    path: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    let is_unlisted = |key: &&Key| release.versions.keys().all(|name| name.name() != *key);
    let unlisted: Vec<&Key> = functions.iter().copied().filter(is_unlisted).collect();
    let Some(first) = unlisted.first() else {
        return;
    };
    let mixed = release
        .services
        .iter()
        .any(|service| !matches!(stack.service.resolve(service), Service::Function(_)));
    for color in Color::ALL {
        let written = release.version(color);
        match written.parse::<FunctionVersion>() {
            Err(_) => found.push(
                Diagnostic::error(format!(
                    "`{}` is `{written}`, which is not a function version",
                    color.as_str()
                ))
                .at(path.key(color.as_str()))
                .help(if mixed {
                    "write the versions of the functions in `versions`, and the image tag here"
                } else {
                    "write `current`, `latest`, or the number of a published version, such as 1"
                }),
            ),
            Ok(FunctionVersion::Number(number)) if unlisted.len() > 1 => found.push(
                Diagnostic::error(format!(
                    "`{}` is version {number} for {}, but each function numbers its versions separately",
                    color.as_str(),
                    joined(&unlisted)
                ))
                .at(path.key(color.as_str()))
                .help(format!(
                    "write a version for each function: `versions.{first} = {{ blue = \"3\", green = \"latest\" }}`"
                )),
            ),
            Ok(_) => {}
        }
    }
}

/// Rejects `latest` for a color with requests: an upload would move them to new code.
fn latest_has_no_requests(
    stack: &Stack,
    release: &Release,
    functions: &[&Key],
    path: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    for color in Color::ALL {
        let is_latest = |key: &&Key| {
            let versions = stack.versions_of(key);
            versions.contains(&(Some(color), FunctionVersion::Latest))
        };
        let latest: Vec<&Key> = functions.iter().copied().filter(is_latest).collect();
        let percent = release.percent(color);
        if percent > Percent::NONE && !latest.is_empty() {
            found.push(
                Diagnostic::error(format!(
                    "`{}` is `latest` for {} and has {percent} % of the requests: an upload would move them to new code",
                    color.as_str(),
                    joined(&latest)
                ))
                .at(path.key(color.as_str()))
                .help("write `current`: the version stays, and the first apply selects the last one"),
            );
        }
    }
}

/// Warns of requests on green if each function has one version for both colors.
fn versions_differ(
    stack: &Stack,
    release: &Release,
    functions: &[&Key],
    path: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    let common: Option<BTreeSet<u32>> = functions
        .iter()
        .map(|function| number_of_both_colors(stack, function))
        .collect();
    let Some(common) = common.filter(|numbers| !numbers.is_empty()) else {
        return;
    };
    if release.green_percent > Percent::NONE {
        let numbers: Vec<String> = common.iter().map(u32::to_string).collect();
        let plural = if numbers.len() > 1 { "s" } else { "" };
        found.push(
            Diagnostic::warning(format!(
                "`green_percent` is {}, but `green` and `blue` both have version{plural} {}",
                release.green_percent,
                numbers.join(", ")
            ))
            .at(path.key("green_percent"))
            .help("write the version in use in `blue`, for example `blue = \"current\"`"),
        );
    }
}

fn number_of_both_colors(stack: &Stack, function: &Key) -> Option<u32> {
    let mut versions = stack.versions_of(function);
    versions.retain(|(color, _)| color.is_some());
    match versions.as_slice() {
        [
            (_, FunctionVersion::Number(blue)),
            (_, FunctionVersion::Number(green)),
        ] if blue == green => Some(*blue),
        _ => None,
    }
}

fn joined(keys: &[&Key]) -> String {
    let names: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
    names.join(", ")
}
