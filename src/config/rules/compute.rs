//! Functions, services and releases.

use std::collections::BTreeMap;

use super::table;
use super::tiers::require_tier;
use crate::config::{
    Architecture, Cpu, Fargate, Function, Instances, MinMax, Network, Ref, Service, Stack, Tier,
};
use crate::diagnostic::{Diagnostic, KeyPath};

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (path, function) in stack.function.with_key_paths() {
        memory(function, &path, found);
        concurrency(function, &path, found);
        in_private(stack, &function.network, &path.key("network"), found);
        table::near(stack, &function.uses, &function.network, &path, found);
    }
    for (path, service) in stack.service.with_key_paths() {
        match service {
            Service::Fargate(fargate) => {
                let path = path.key("fargate");
                count(&fargate.tasks, &path.key("tasks"), found);
                size(fargate, &path, found);
                for (index, network) in fargate.networks.iter().enumerate() {
                    in_private(stack, network, &path.key("networks").index(index), found);
                    table::near(stack, &fargate.uses, network, &path, found);
                }
            }
            Service::Instances(group) => {
                let path = path.key("instances");
                count(&group.instances, &path.key("instances"), found);
                in_private(stack, &group.network, &path.key("network"), found);
                processor(stack, group, &path, found);
                health_path(&group.health_path, &path.key("health_path"), found);
                table::near(stack, &group.uses, &group.network, &path, found);
            }
            Service::Function(_) => {}
        }
    }
    releases(stack, found);
}

fn memory(function: &Function, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    if !(128..=10240).contains(&function.memory) {
        found.push(
            Diagnostic::error(format!(
                "a function has 128 to 10240 MiB of memory, not {}",
                function.memory
            ))
            .at(path.key("memory")),
        );
    }
}

/// AWS refuses more warm environments than the function may have at all.
fn concurrency(function: &Function, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let Some(warm) = &function.provisioned_concurrency else {
        return;
    };
    let at = path.key("provisioned_concurrency");
    count(warm, &at, found);
    if let Some(reserved) = function.reserved_concurrency
        && warm.max > reserved
    {
        found.push(
            Diagnostic::error(format!(
                "{} warm environments are more than the {reserved} reserved for the function",
                warm.max
            ))
            .at(at)
            .related(path.key("reserved_concurrency"), "reserved here"),
        );
    }
}

/// CPU and memory of a task go together.
///
/// Source: ECS developer guide, "Task size".
fn size(fargate: &Fargate, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let (low, high, step) = match fargate.cpu {
        Cpu::Quarter => (512, 2048, 512),
        Cpu::Half => (1024, 4096, 1024),
        Cpu::One => (2048, 8192, 1024),
        Cpu::Two => (4096, 16384, 1024),
        Cpu::Four => (8192, 30720, 1024),
    };
    if !(low..=high).contains(&fargate.memory) || !fargate.memory.is_multiple_of(step) {
        found.push(
            Diagnostic::error(format!(
                "{} CPU units do not come with {} MiB of memory",
                fargate.cpu.units(),
                fargate.memory
            ))
            .at(path.key("memory"))
            .help(format!("allowed are {low} to {high} in steps of {step}")),
        );
    }
}

/// EC2 launches no image on a processor that it was not made for.
fn processor(stack: &Stack, group: &Instances, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let image = stack.existing.ami.resolve(&group.ami).architecture;
    let (made_for, fits) = match image {
        Architecture::Arm64 => ("arm64", group.instance_type.is_graviton()),
        Architecture::X8664 => ("x86_64", !group.instance_type.is_graviton()),
    };
    if !fits {
        found.push(
            Diagnostic::error(format!(
                "`{}` does not run image `{}`, which is for {made_for}",
                group.instance_type, group.ami
            ))
            .at(path.key("instance_type"))
            .related(path.key("ami"), "the image")
            .help("a `g` behind the generation, as in `m7g`, is arm64; `m7i` and `m7a` are x86_64"),
        );
    }
}

fn health_path(path: &str, at: &KeyPath, found: &mut Vec<Diagnostic>) {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~".contains(c);
    if !path.starts_with('/') || !path.chars().all(plain) {
        found.push(
            Diagnostic::error(format!("`{path}` is no path for health checks"))
                .at(at)
                .help("it starts with `/` and has letters, digits, `/`, `-`, `.`, `_` and `~`"),
        );
    }
}

fn releases(stack: &Stack, found: &mut Vec<Diagnostic>) {
    let mut released = BTreeMap::new();
    for (path, release) in stack.release.with_key_paths() {
        for (index, name) in release.services.iter().enumerate() {
            let at = path.key("services").index(index);
            if matches!(stack.service.resolve(name), Service::Instances(_)) {
                found.push(
                    Diagnostic::error(format!(
                        "service `{name}` runs on instances, which have no blue and green"
                    ))
                    .at(&at)
                    .help("release it by a new machine image: `image_revision` replaces the instances a few at a time, and goes back by itself where they do not become healthy"),
                );
            }
            if let Some(other) = released.insert(name, at.clone()) {
                found.push(
                    Diagnostic::error(format!("service `{name}` has two releases"))
                        .at(at)
                        .related(other, "the other"),
                );
            }
        }
    }
}

fn count(count: &MinMax, at: &KeyPath, found: &mut Vec<Diagnostic>) {
    if count.min > count.max {
        found.push(
            Diagnostic::error(format!(
                "the least, {}, is more than the most, {}",
                count.min, count.max
            ))
            .at(at)
            .help(format!(
                "did you mean `{{ min = {}, max = {} }}`?",
                count.max, count.min
            )),
        );
    }
}

fn in_private(stack: &Stack, name: &Ref<Network>, at: &KeyPath, found: &mut Vec<Diagnostic>) {
    require_tier(stack.network.resolve(name), &[Tier::Private], at, found);
}
