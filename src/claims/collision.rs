//! Collisions: two environments with one claim.

use std::collections::{BTreeMap, BTreeSet};

use super::claim::{Claim, ClaimKind};
use crate::diagnostic::{Diagnostic, Location};
use crate::newtypes::{EnvironmentName, Suffix};

/// The claims of one environment.
#[derive(Clone, Debug)]
pub struct EnvironmentClaims {
    /// Its name.
    pub environment: EnvironmentName,
    /// Its claims.
    pub claims: Vec<Claim>,
}

/// The suffixes of two environments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suffixes<'s> {
    /// Both have the same suffix.
    Equal,
    /// Each has a suffix of its own; this one is the suffix in the claims of both. Claims that contain it differ.
    Different(&'s Suffix),
}

/// Returns an error for each kind of claim that `one` and `other` have in common. `at` returns the location of a claim of
/// `other` in the source map of `one`.
pub fn collisions(
    one: &EnvironmentClaims,
    other: &EnvironmentClaims,
    suffixes: Suffixes<'_>,
    at: impl Fn(&Claim) -> Option<Location>,
) -> Vec<Diagnostic> {
    let mut found: BTreeMap<ClaimKind, (Diagnostic, BTreeSet<&str>)> = BTreeMap::new();
    for claim in one.claims.iter().filter(|claim| suffixes.compares(claim)) {
        let Some(same) = other.claims.iter().find(|other| claim.excludes(other)) else {
            continue;
        };
        let (_, paths) = found.entry(claim.kind).or_insert_with(|| {
            let names = (&one.environment, &other.environment);
            (error(names, claim, same, at(same)), BTreeSet::new())
        });
        paths.insert(&claim.path);
    }
    let errors = found.into_values();
    errors
        .map(|(error, paths)| with_number(error, paths.len()))
        .collect()
}

impl Suffixes<'_> {
    fn compares(self, claim: &Claim) -> bool {
        match self {
            Self::Equal => true,
            Self::Different(suffix) => !claim.value.to_string().contains(suffix.as_str()),
        }
    }
}

fn error(
    (one, other): (&EnvironmentName, &EnvironmentName),
    claim: &Claim,
    same: &Claim,
    at: Option<Location>,
) -> Diagnostic {
    let message = format!("environments `{one}` and `{other}` {}", shared(claim, same));
    let error = Diagnostic::error(message)
        .at(&claim.key_path)
        .label(format!("`{one}`: {}", claim.path))
        .help(remedy(claim.kind, other));
    match at {
        Some(at) => error.related(at, format!("`{other}`: {}", same.path)),
        None => error,
    }
}

fn with_number(error: Diagnostic, claims: usize) -> Diagnostic {
    if claims > 1 {
        error.help(format!("the same holds for {} more", claims - 1))
    } else {
        error
    }
}

/// What both environments claim, as the rest of a sentence.
fn shared(claim: &Claim, same: &Claim) -> String {
    let (value, place) = (&claim.value, &claim.scope.label);
    match claim.kind {
        ClaimKind::DnsName => format!("both have the DNS name `{value}` in {place}"),
        ClaimKind::ValidationRecord => {
            format!("both validate a certificate for `{value}` in {place}")
        }
        ClaimKind::ApiDomain => format!("both have the API domain `{value}` in {place}"),
        ClaimKind::CustomerGateway => {
            format!("both have the customer gateway {value} in {place}")
        }
        ClaimKind::RoutedBlock => format!(
            "have the blocks {value} and {}, and {place} routes a block to one of them",
            same.value
        ),
        ClaimKind::Route => format!("have routes for {value} and {} in {place}", same.value),
        ClaimKind::SecurityGroupRule => {
            format!("both have the rule `{value}` in {place}")
        }
        ClaimKind::ResourceName => format!("both have the name `{value}` ({place})"),
        ClaimKind::AccountSetting => {
            format!("both have {value}, which an account has once in {place}")
        }
    }
}

fn remedy(kind: ClaimKind, other: &EnvironmentName) -> String {
    let with = format!("[environments.{other}.with]");
    match kind {
        ClaimKind::ResourceName => "write `{env}` in `[naming] pattern`".to_owned(),
        ClaimKind::DnsName | ClaimKind::ValidationRecord | ClaimKind::ApiDomain => {
            format!("write `{{env}}` in the name, or another name below `{with}`")
        }
        ClaimKind::RoutedBlock | ClaimKind::Route | ClaimKind::SecurityGroupRule => format!(
            "write a block for the networks of one of them: `[environments.{other}] supernet`"
        ),
        ClaimKind::CustomerGateway => format!("write another gateway below `{with}`"),
        ClaimKind::AccountSetting => "let the environment `bootstrap` create it".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws;
    use crate::claims::claims;
    use crate::terraform::tree::{Scope, Tree};

    /// Returns the messages for two environments with what `add` adds to each; it receives the name of the environment.
    fn messages(add: impl Fn(&mut Scope<'_>, &str)) -> Vec<String> {
        let [one, other] = ["migration", "production"].map(|name| {
            let mut tree = Tree::new("us-east-1");
            add(&mut tree.root(), name);
            EnvironmentClaims {
                environment: name.parse().unwrap(),
                claims: claims(&tree),
            }
        });
        let found = collisions(&one, &other, Suffixes::Equal, |_| None);
        found.into_iter().map(|found| found.message).collect()
    }

    fn gateway(scope: &mut Scope<'_>, device: &str) {
        let gateway = aws::CustomerGateway::new("ipsec.1")
            .ip_address("203.0.113.10")
            .bgp_asn("65010")
            .device_name(device.to_owned());
        scope.add("gateway", gateway);
    }

    #[test]
    fn equal_customer_gateways_collide() {
        let found = messages(|scope, _| gateway(scope, "router"));
        assert_eq!(
            found.first().map(String::as_str),
            Some(
                "environments `migration` and `production` both have the customer gateway 203.0.113.10, ASN 65010, device router in us-east-1"
            )
        );
        assert_eq!(messages(gateway), Vec::<String>::new());
    }

    #[test]
    fn settings_of_the_account_collide() {
        let found = messages(|scope, _| {
            scope.add("setting", aws::ApiGatewayAccount::new());
        });
        assert_eq!(
            found,
            [
                "environments `migration` and `production` both have aws_api_gateway_account, which an account has once in us-east-1"
            ]
        );
    }

    #[test]
    fn claims_with_the_suffix_differ_between_two_suffixes() {
        let suffix: Suffix = "abc123".parse().unwrap();
        let mut tree = Tree::new("us-east-1");
        tree.root()
            .add("topic", aws::SnsTopic::new().name("alerts-abc123"));
        let environment = EnvironmentClaims {
            environment: "migration".parse().unwrap(),
            claims: claims(&tree),
        };
        let found = |suffixes| collisions(&environment, &environment, suffixes, |_| None).len();
        assert_eq!(found(Suffixes::Equal), 1);
        assert_eq!(found(Suffixes::Different(&suffix)), 0);
    }
}
