//! Images, and what runs them.

use crate::config::{Code, Color, Endpoint, Fargate, Nat, Network, Ref, Service, Stack};
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::newtypes::ImageTag;

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (path, service) in stack.service.with_key_paths() {
        if let Service::Fargate(fargate) = service {
            let path = path.key("fargate");
            tasks(fargate, &path, found);
            for (index, network) in fargate.networks.iter().enumerate() {
                reach(stack, network, &path.key("networks").index(index), found);
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
                if let Err(invalid) = release.version(color).parse::<ImageTag>() {
                    let wrong = Diagnostic::error(invalid.to_string());
                    found.push(wrong.at(path.key(color.as_str())));
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
                "a service without tasks answers nobody, and scaling by CPU adds none",
            )
            .at(path.key("tasks"))
            .help("let `min` be 2, so that one may fail"),
        );
    }
    if let Some(first) = fargate.health_command.first()
        && !["CMD", "CMD-SHELL"].contains(&first.as_str())
    {
        found.push(
            Diagnostic::error(format!("`{first}` does not say how the command is run"))
                .at(path.key("health_command"))
                .help("begin with `CMD` for a program and its arguments, or `CMD-SHELL` for a line of shell"),
        );
    }
}

/// Tasks pull their image and write their log before they do anything.
///
/// Source: ECS developer guide, "Amazon ECR and interface VPC endpoints".
fn reach(stack: &Stack, name: &Ref<Network>, at: &KeyPath, found: &mut Vec<Diagnostic>) {
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
                "network `{name}` has no NAT gateway and no endpoint {}: tasks cannot start in it unless something else routes there",
                missing.join(", ")
            ))
            .at(at),
        );
    }
}

/// A function that services of two releases lead to would have two blue images.
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
                        "services `{first}` and `{other}` lead to function `{name}`, and are not released together"
                    ))
                    .at(path)
                    .help("name both in one release"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Selection, StackSource, load};

    const STACK: &str = include_str!("../../../fixtures/terraform/images.toml");

    /// What is said of the stack with these changes: errors, or else warnings.
    fn told(set: &[&str], edit: impl FnOnce(&str) -> String) -> String {
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
    fn the_stack_as_it_is_is_fine() {
        assert_eq!(told(&[], str::to_owned), "");
    }

    #[test]
    fn what_cannot_work_is_refused() {
        for (set, message) in [
            ("service.tasks.fargate.tasks.min=0", "answers nobody"),
            ("release.payments.green=a:b", "is not a tag"),
            (
                "service.tasks.fargate.health_command=[\"/app\"]",
                "does not say how",
            ),
        ] {
            let told = told(&[set], str::to_owned);
            assert!(told.contains(message), "{set}: {told}");
        }
    }

    #[test]
    fn a_function_has_one_release() {
        let told = told(&[], |stack| {
            format!("{stack}\n[service.other.function]\nfunction = \"payments\"\n")
        });
        assert!(told.contains("are not released together"), "{told}");
    }

    #[test]
    fn a_network_without_a_way_to_the_registry_is_told() {
        let told = told(&[], |stack| stack.replace("\"ecr.api\", ", ""));
        assert!(told.contains("`ecr.api`"), "{told}");
    }
}
