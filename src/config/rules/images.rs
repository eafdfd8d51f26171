//! Container images, and the services and functions that run them.

use crate::config::{Code, Color, Endpoint, Fargate, Nat, Network, Ref, Service, Stack};
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::newtypes::ImageTag;

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (path, service) in stack.service.with_key_paths() {
        if let Service::Fargate(fargate) = service {
            let path = path.key("fargate");
            tasks(fargate, &path, found);
            for (index, network) in fargate.networks.iter().enumerate() {
                image_pull_path(stack, network, &path.key("networks").index(index), found);
            }
        }
    }
    for (path, release) in stack.release.with_key_paths() {
        let runs_image = |name: &Ref<Service>| match stack.service.resolve(name) {
            Service::Fargate(_) => true,
            Service::Instances(_) => false,
            Service::Function(service) => {
                matches!(
                    stack.function.resolve(&service.function).code,
                    Code::Image(_)
                )
            }
        };
        if release.services.iter().any(runs_image) {
            for color in Color::ALL {
                let tag = release.version(color);
                if tag.parse::<ImageTag>().is_err() {
                    found.push(
                        Diagnostic::error(format!(
                            "`{}` is `{tag}`, which is not an image tag",
                            color.as_str()
                        ))
                        .at(path.key(color.as_str()))
                        .help("write a tag such as `v1.2.3`"),
                    );
                }
            }
        }
    }
    one_release(stack, found);
}

fn tasks(fargate: &Fargate, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    if fargate.tasks.min == 0 {
        found.push(
            Diagnostic::error(
                "`tasks.min` is 0: a service without tasks cannot respond, and CPU scaling adds none",
            )
            .at(path.key("tasks"))
            .help("write `min = 2`, so that one task can fail"),
        );
    }
    if let Some(first) = fargate.health_command.first()
        && !["CMD", "CMD-SHELL"].contains(&first.as_str())
    {
        found.push(
            Diagnostic::error(format!("`health_command` starts with `{first}`; it must start with `CMD` or `CMD-SHELL`"))
                .at(path.key("health_command"))
                .help("start with `CMD` for a program and its arguments, or with `CMD-SHELL` for a shell command"),
        );
    }
}

/// Warns of a network in which tasks cannot pull their image or write their log.
///
/// Source: ECS developer guide, "Amazon ECR and interface VPC endpoints".
fn image_pull_path(stack: &Stack, name: &Ref<Network>, at: &KeyPath, found: &mut Vec<Diagnostic>) {
    let network = stack.network.resolve(name);
    if network.nat != Nat::None {
        return;
    }
    let needed = [
        Endpoint::EcrApi,
        Endpoint::EcrDkr,
        Endpoint::Logs,
        Endpoint::S3,
    ];
    let missing: Vec<_> = needed
        .into_iter()
        .filter(|endpoint| !network.endpoints.contains(endpoint))
        .map(|endpoint| format!("`{}`", endpoint.service()))
        .collect();
    if !missing.is_empty() {
        found.push(
            Diagnostic::warning(format!(
                "network `{name}` has no NAT gateway and no endpoint {}: tasks cannot start in it without another route to these services",
                missing.join(", ")
            ))
            .at(at)
            .help(format!(
                "add them to `endpoints` of [network.{name}], or write `nat = \"per-zone\"` there"
            )),
        );
    }
}

/// Requires one release for the services of a function with an image: it has one blue and one green image.
fn one_release(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (name, function) in stack.function.iter() {
        if !matches!(function.code, Code::Image(_)) {
            continue;
        }
        let mut services = stack.services_of(name);
        let Some(first) = services.next() else {
            continue;
        };
        for other in services {
            let releases = [first, other].map(|service| stack.release_of(service));
            if releases[0].map(std::ptr::from_ref) != releases[1].map(std::ptr::from_ref) {
                let path = crate::config::Named::<Service>::key_path(other);
                found.push(
                    Diagnostic::error(format!(
                        "services `{first}` and `{other}` use function `{name}`, but are not in the same release"
                    ))
                    .at(path)
                    .help("list both in `services` of one release"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Selection, StackSource, load};

    const STACK: &str = include_str!("../../../fixtures/terraform/images.toml");

    /// The messages for the stack with these changes: errors, or else warnings.
    fn messages(set: &[&str], edit: impl FnOnce(&str) -> String) -> String {
        let source = StackSource::new("images.toml", edit(STACK));
        let mut selection = Selection::new("migration".parse().unwrap(), "abc123".parse().unwrap());
        selection.set = set.iter().map(|&set| set.to_owned()).collect();
        match load(&source, &selection) {
            Ok(loaded) => {
                let warnings = loaded.warnings.iter();
                warnings.map(|warning| warning.message.clone()).collect()
            }
            Err(wrong) => wrong.iter().map(|wrong| wrong.message.clone()).collect(),
        }
    }

    #[test]
    fn valid_stack_has_no_messages() {
        assert_eq!(messages(&[], str::to_owned), "");
    }

    #[test]
    fn invalid_images_are_rejected() {
        for (set, message) in [
            ("service.tasks.fargate.tasks.min=0", "`tasks.min` is 0"),
            ("release.payments.green=a:b", "is not an image tag"),
            (
                "service.tasks.fargate.health_command=[\"/app\"]",
                "must start with `CMD`",
            ),
        ] {
            let messages = messages(&[set], str::to_owned);
            assert!(messages.contains(message), "{set}: {messages}");
        }
    }

    #[test]
    fn services_of_one_function_in_two_releases_are_rejected() {
        let messages = messages(&[], |stack| {
            format!("{stack}\n[service.other.function]\nfunction = \"payments\"\n")
        });
        assert!(
            messages.contains("are not in the same release"),
            "{messages}"
        );
    }

    #[test]
    fn network_without_route_to_the_registry_is_reported() {
        let messages = messages(&[], |stack| stack.replace("\"ecr.api\", ", ""));
        assert!(messages.contains("`ecr.api`"), "{messages}");
    }
}
