//! Functions, services and releases.

use std::collections::BTreeMap;

use super::table;
use super::tiers::require_tier;
use crate::config::{
    Architecture, Cpu, Fargate, Function, Instances, MinMax, Named, Network, Ref, Release, Service,
    Stack, Tier,
};
use crate::diagnostic::{Diagnostic, KeyPath};

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (path, function) in stack.function.with_key_paths() {
        memory(function, &path, found);
        concurrency(function, &path, found);
        require_private_tier(stack, &function.network, &path.key("network"), found);
        table::require_replica_in(stack, &function.uses, &function.network, &path, found);
    }
    for (path, service) in stack.service.with_key_paths() {
        match service {
            Service::Fargate(fargate) => {
                let path = path.key("fargate");
                count(&fargate.tasks, &path.key("tasks"), found);
                size(fargate, &path, found);
                plain_path("health_path", &fargate.health_path, &path, found);
                plain_path("liveness_path", &fargate.liveness_path, &path, found);
                distinct_paths(&fargate.health_path, &fargate.liveness_path, &path, found);
                for (index, network) in fargate.networks.iter().enumerate() {
                    require_private_tier(stack, network, &path.key("networks").index(index), found);
                    table::require_replica_in(stack, &fargate.uses, network, &path, found);
                }
            }
            Service::Instances(group) => {
                let path = path.key("instances");
                count(&group.instances, &path.key("instances"), found);
                require_private_tier(stack, &group.network, &path.key("network"), found);
                processor(stack, group, &path, found);
                plain_path("health_path", &group.health_path, &path, found);
                plain_path("liveness_path", &group.liveness_path, &path, found);
                distinct_paths(&group.health_path, &group.liveness_path, &path, found);
                table::require_replica_in(stack, &group.uses, &group.network, &path, found);
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
                "`memory` is {} MiB; Lambda allows 128 to 10240",
                function.memory
            ))
            .at(path.key("memory"))
            .help("write 128 to 10240"),
        );
    }
}

/// Requires that the provisioned concurrency fits into the reserved concurrency.
fn concurrency(function: &Function, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let Some(provisioned) = &function.provisioned_concurrency else {
        return;
    };
    let at = path.key("provisioned_concurrency");
    count(provisioned, &at, found);
    if let Some(reserved) = function.reserved_concurrency
        && provisioned.max > reserved
    {
        found.push(
            Diagnostic::error(format!(
                "`provisioned_concurrency.max` is {}, more than `reserved_concurrency`, {reserved}",
                provisioned.max
            ))
            .at(at)
            .related(path.key("reserved_concurrency"), "reserved concurrency")
            .help(format!(
                "write `max = {reserved}` or less, or increase `reserved_concurrency`"
            )),
        );
    }
}

/// Requires a memory size that ECS allows with the CPU units of a task.
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
                "`memory` is {} MiB, which ECS does not allow with {} CPU units",
                fargate.memory,
                fargate.cpu.units()
            ))
            .at(path.key("memory"))
            .help(format!("write {low} to {high} in steps of {step}")),
        );
    }
}

/// Requires an instance type of the image's architecture.
fn processor(stack: &Stack, group: &Instances, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let image = stack.existing.ami.resolve(&group.ami).architecture;
    let is_graviton = group.instance_type.is_graviton();
    let (made_for, help, fits) = match image {
        Architecture::Arm64 => (
            "arm64",
            "write an arm64 type such as `m7g.large`, or another `ami`",
            is_graviton,
        ),
        Architecture::X8664 => (
            "x86_64",
            "write an x86_64 type such as `m7i.large`, or another `ami`",
            !is_graviton,
        ),
    };
    if !fits {
        found.push(
            Diagnostic::error(format!(
                "`instance_type` is `{}`, which cannot run image `{}`, whose architecture is {made_for}",
                group.instance_type, group.ami
            ))
            .at(path.key("instance_type"))
            .related(path.key("ami"), "the image")
            .help(help),
        );
    }
}

/// Warns if the load balancer checks the path that depends on the database.
fn distinct_paths(health: &str, liveness: &str, at: &KeyPath, found: &mut Vec<Diagnostic>) {
    if health == liveness {
        found.push(
            Diagnostic::warning(format!(
                "`liveness_path` is `{liveness}`, as is `health_path`: while the writer is fenced or unavailable, every task or instance is replaced"
            ))
            .at(at.key("liveness_path"))
            .help("write a path that returns 200 without the database"),
        );
    }
}

fn plain_path(key: &'static str, path: &str, at: &KeyPath, found: &mut Vec<Diagnostic>) {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~".contains(c);
    if !path.starts_with('/') || !path.chars().all(plain) {
        found.push(
            Diagnostic::error(format!("`{key}` is `{path}`, which is not a valid path"))
                .at(at.key(key))
                .help("start with `/`, and use only letters, digits, `/`, `-`, `.`, `_` and `~`"),
        );
    }
}

fn releases(stack: &Stack, found: &mut Vec<Diagnostic>) {
    let mut released = BTreeMap::new();
    for (key, release) in stack.release.iter() {
        let path = Named::<Release>::key_path(key);
        for (index, name) in release.services.iter().enumerate() {
            let at = path.key("services").index(index);
            if matches!(stack.service.resolve(name), Service::Instances(_)) {
                found.push(
                    Diagnostic::error(format!(
                        "`services` contains `{name}`, which runs on instances and has no blue and green versions"
                    ))
                    .at(&at)
                    .help("remove it, and change its `image_revision` instead: the instances are replaced a few at a time, with automatic rollback"),
                );
            }
            if let Some((other, there)) = released.insert(name, (key, at.clone())) {
                found.push(
                    Diagnostic::error(format!(
                        "`services` contains `{name}`, which [release.{other}] already lists"
                    ))
                    .at(at)
                    .related(there, "the other entry")
                    .help("remove one of the two entries"),
                );
            }
        }
    }
}

fn count(count: &MinMax, at: &KeyPath, found: &mut Vec<Diagnostic>) {
    if count.min > count.max {
        found.push(
            Diagnostic::error(format!(
                "`min` is {}, more than `max`, {}",
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

fn require_private_tier(
    stack: &Stack,
    name: &Ref<Network>,
    at: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    require_tier(stack, name, &[Tier::Private], at, found);
}
