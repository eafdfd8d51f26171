//! Naming rules of AWS, by resource type.
//!
//! Most violations appear only at apply: the provider validates some alphabets and few lengths. The rules are from the
//! AWS documentation of each type (quotas and constraints) and the provider's validators. A test detects named types
//! without a rule.

use crate::aws;
use crate::terraform::tree::{Kind, Mode, Node};

/// The rule for the naming argument of one type.
#[derive(Debug)]
pub(super) struct NameRule {
    type_name: &'static str,
    pub(super) argument: &'static str,
    /// The maximum length in characters. Every alphabet is ASCII.
    pub(super) max: usize,
    pub(super) alphabet: Alphabet,
    pub(super) scope: NameScope,
}

/// The characters of a name and their allowed positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// Lowercase letters, digits and single hyphens. Starts with a letter, does not end with a hyphen.
    Identifier,
    /// Letters, digits and hyphens. No hyphen at either end, no prefix `internal-`.
    LoadBalancer,
    /// Lowercase letters, digits and hyphens. No hyphen at either end, 3 characters or more.
    Bucket,
    /// Lowercase letters, digits, hyphens, underscores and slashes. Starts with a letter.
    Repository,
    /// Letters, digits and hyphens. Starts with a letter.
    CloudFormation,
    /// Letters and digits.
    Alphanumeric,
    /// Letters, digits, hyphens, underscores and dots.
    Word,
    /// The characters of a word, and slashes. Does not end with a hyphen and six characters, which Secrets Manager takes
    /// for the random end of an ARN.
    Secret,
    /// `alias/` and a word with slashes. AWS reserves `alias/aws/`.
    KeyAlias,
    /// A word without the prefix `sg-`.
    SecurityGroup,
    /// Words with slashes and `#`.
    Path,
}

/// The scope in which a name is unique among the resources of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameScope {
    /// All regions of the account, or all of AWS.
    Global,
    /// One region of the account.
    Regional,
}

/// Returns the rule for the name of `node`, if its type has one.
pub(super) fn rule_for(node: &Node) -> Option<&'static NameRule> {
    if node.mode() != Mode::Managed {
        return None;
    }
    RULES.iter().find(|rule| rule.type_name == node.type_name())
}

const fn rule<K: Kind>(argument: &'static str, max: usize, alphabet: Alphabet) -> NameRule {
    NameRule {
        type_name: K::TYPE,
        argument,
        max,
        alphabet,
        scope: NameScope::Regional,
    }
}

const fn global<K: Kind>(argument: &'static str, max: usize, alphabet: Alphabet) -> NameRule {
    NameRule {
        scope: NameScope::Global,
        ..rule::<K>(argument, max, alphabet)
    }
}

use Alphabet::{
    Alphanumeric, Bucket, CloudFormation, Identifier, KeyAlias, LoadBalancer, Path, Repository,
    Secret, SecurityGroup, Word,
};

static RULES: &[NameRule] = &[
    rule::<aws::ApiGatewayAuthorizer>("name", 1024, Word),
    rule::<aws::ApiGatewayModel>("name", 1024, Alphanumeric),
    rule::<aws::ApiGatewayRequestValidator>("name", 1024, Word),
    rule::<aws::ApiGatewayRestApi>("name", 1024, Word),
    rule::<aws::ApiGatewayVpcLink>("name", 1024, Word),
    rule::<aws::AppautoscalingPolicy>("name", 256, Word),
    rule::<aws::AutoscalingGroup>("name", 255, Word),
    rule::<aws::AutoscalingPolicy>("name", 1600, Word),
    rule::<aws::BackupVault>("name", 50, Word),
    global::<aws::BudgetsBudget>("name", 100, Word),
    rule::<aws::CloudformationStack>("name", 128, CloudFormation),
    rule::<aws::Cloudtrail>("name", 128, Word),
    rule::<aws::CloudwatchDashboard>("dashboard_name", 255, Word),
    rule::<aws::CloudwatchEventRule>("name", 64, Word),
    rule::<aws::CloudwatchLogGroup>("name", 512, Path),
    rule::<aws::CloudwatchLogMetricFilter>("name", 512, Word),
    rule::<aws::CloudwatchLogResourcePolicy>("policy_name", 255, Word),
    rule::<aws::CloudwatchMetricAlarm>("alarm_name", 255, Word),
    rule::<aws::CustomerGateway>("device_name", 255, Word),
    rule::<aws::DbParameterGroup>("name", 255, Identifier),
    rule::<aws::DbSubnetGroup>("name", 255, Identifier),
    rule::<aws::DmsCertificate>("certificate_id", 255, Identifier),
    rule::<aws::DmsEndpoint>("endpoint_id", 255, Identifier),
    rule::<aws::DmsReplicationInstance>("replication_instance_id", 63, Identifier),
    rule::<aws::DmsReplicationSubnetGroup>("replication_subnet_group_id", 255, Identifier),
    rule::<aws::DmsReplicationTask>("replication_task_id", 255, Identifier),
    rule::<aws::DynamodbTable>("name", 255, Word),
    rule::<aws::EcrRepository>("name", 256, Repository),
    rule::<aws::EcsCluster>("name", 255, Word),
    rule::<aws::EcsService>("name", 255, Word),
    rule::<aws::EcsTaskDefinition>("family", 255, Word),
    global::<aws::IamInstanceProfile>("name", 128, Word),
    global::<aws::IamPolicy>("name", 128, Word),
    global::<aws::IamRole>("name", 64, Word),
    global::<aws::IamRolePolicy>("name", 128, Word),
    rule::<aws::KmsAlias>("name", 256, KeyAlias),
    rule::<aws::LambdaFunction>("function_name", 64, Word),
    rule::<aws::LaunchTemplate>("name", 128, Word),
    rule::<aws::Lb>("name", 32, LoadBalancer),
    rule::<aws::LbTargetGroup>("name", 32, LoadBalancer),
    rule::<aws::RdsCluster>("cluster_identifier", 63, Identifier),
    rule::<aws::RdsClusterInstance>("identifier", 63, Identifier),
    rule::<aws::RdsClusterParameterGroup>("name", 255, Identifier),
    global::<aws::RdsGlobalCluster>("global_cluster_identifier", 63, Identifier),
    rule::<aws::Route53ResolverEndpoint>("name", 64, Word),
    rule::<aws::Route53ResolverRule>("name", 64, Word),
    rule::<aws::Route53ResolverRuleAssociation>("name", 64, Word),
    global::<aws::S3Bucket>("bucket", 63, Bucket),
    rule::<aws::SecretsmanagerSecret>("name", 512, Secret),
    rule::<aws::SecurityGroup>("name", 255, SecurityGroup),
    rule::<aws::SfnStateMachine>("name", 80, Word),
    rule::<aws::SnsTopic>("name", 256, Word),
    rule::<aws::SqsQueue>("name", 80, Word),
    rule::<aws::SsmParameter>("name", 1011, Path),
    rule::<aws::Wafv2WebAcl>("name", 128, Word),
];

impl Alphabet {
    /// Returns the rule that `name` violates, as a clause that follows the name.
    pub(super) fn violation(self, name: &str) -> Option<&'static str> {
        let ends_with_hyphen = name.starts_with('-') || name.ends_with('-');
        let starts_with_letter = name.starts_with(|c: char| c.is_ascii_alphabetic());
        match self {
            Self::Identifier if !only(name, lower, "-") => {
                Some("may contain only lowercase letters, digits and hyphens")
            }
            Self::Identifier if !starts_with_letter => Some("must start with a letter"),
            Self::Identifier if name.contains("--") || name.ends_with('-') => {
                Some("must not contain two consecutive hyphens or end with one")
            }
            Self::LoadBalancer if !only(name, any, "-") || ends_with_hyphen => {
                Some("may contain only letters, digits and hyphens, with no hyphen at either end")
            }
            Self::LoadBalancer if name.starts_with("internal-") => {
                Some("must not start with `internal-`")
            }
            Self::Bucket if !only(name, lower, "-") || ends_with_hyphen || name.len() < 3 => Some(
                "must have at least 3 lowercase letters, digits and hyphens, with no hyphen at either end",
            ),
            Self::Repository if !only(name, lower, "-_/") || !starts_with_letter => Some(
                "may contain only lowercase letters, digits, `-`, `_` and `/`, and must start with a letter",
            ),
            Self::CloudFormation if !only(name, any, "-") || !starts_with_letter => {
                Some("may contain only letters, digits and hyphens, and must start with a letter")
            }
            Self::Secret if !only(name, any, "-_./") => {
                Some("may contain only letters, digits, `-`, `_`, `.` and `/`")
            }
            Self::Secret if ends_like_arn(name) => Some(
                "must not end with a hyphen and six characters, which Secrets Manager takes for the end of an ARN",
            ),
            Self::KeyAlias if !name.starts_with("alias/") || name.starts_with("alias/aws/") => {
                Some("must start with `alias/` but not with `alias/aws/`")
            }
            Self::KeyAlias if !only(name, any, "-_/") => {
                Some("may contain only letters, digits, `-`, `_` and `/`")
            }
            Self::Alphanumeric if !only(name, any, "") => {
                Some("may contain only letters and digits")
            }
            Self::SecurityGroup if name.starts_with("sg-") => Some("must not start with `sg-`"),
            Self::Word | Self::SecurityGroup if !only(name, any, "-_.") => {
                Some("may contain only letters, digits, `-`, `_` and `.`")
            }
            Self::Path if !only(name, any, "-_./#") => {
                Some("may contain only letters, digits, `-`, `_`, `.`, `/` and `#`")
            }
            _ => None,
        }
    }

    /// Returns help for a `name` that violates the rule.
    pub(super) fn suggestion(self, name: &str) -> String {
        match self {
            Self::Secret if ends_like_arn(name) => format!("append another part: `{name}-db`"),
            _ => "change `naming.pattern` or the key of the section".to_owned(),
        }
    }
}

fn only(name: &str, alphanumeric: fn(char) -> bool, others: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| alphanumeric(c) || others.contains(c))
}

fn lower(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

fn any(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

/// Secrets Manager, `CreateSecret`: "do not end your secret name with a hyphen followed by six
/// characters".
fn ends_like_arn(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(_, end)| end.len() == 6)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::compose::compose;
    use crate::config::{EMBEDDED, Selection, StackSource, load, load_all};
    use crate::newtypes::EnvironmentName;
    use crate::terraform::tree::Term;

    #[test]
    fn secret_name_that_ends_like_an_arn_is_a_violation() {
        assert!(Secret.violation("secret-migration-abc123").is_some());
        assert!(Secret.violation("secret-migration-master").is_some());
        assert_eq!(Secret.violation("secret-migration-abc123-db"), None);
    }

    #[test]
    fn name_that_aws_rejects_is_a_violation() {
        for (alphabet, bad) in [
            (Identifier, "1db"),
            (Identifier, "db--x"),
            (Identifier, "Db"),
            (LoadBalancer, "internal-alb"),
            (LoadBalancer, "alb-"),
            (Bucket, "ab"),
            (Alphanumeric, "a-b"),
            (CloudFormation, "a_b"),
            (KeyAlias, "alias/aws/rds"),
            (SecurityGroup, "sg-db"),
        ] {
            assert!(
                alphabet.violation(bad).is_some(),
                "{alphabet:?} accepts `{bad}`"
            );
        }
    }

    /// Arguments that contain the suffix and have no rule.
    const EXCEPTIONS: [(&str, &str); 10] = [
        // Public names. `compose::public_names` checks them.
        ("aws_acm_certificate", "domain_name"),
        ("aws_api_gateway_domain_name", "domain_name"),
        ("aws_api_gateway_integration", "uri"),
        // At most 255 characters, far more than any value has.
        ("aws_cloudwatch_metric_alarm", "namespace"),
        // Left out if it does not fit. DMS generates one then.
        ("aws_dms_replication_task", "resource_identifier"),
        // A data source: `bootstrap` creates the repository, and its name has a rule.
        ("aws_ecr_repository", "name"),
        // At most 255 characters, derived from the cluster's name of at most 63.
        ("aws_rds_cluster", "final_snapshot_identifier"),
        // Public names, as above.
        ("aws_route53_record", "name"),
        ("aws_route53_zone", "name"),
        ("terraform_data", "input"),
    ];

    #[test]
    fn every_name_of_the_embedded_stacks_has_a_rule() {
        let mut found = BTreeSet::new();
        for (stack, _) in EMBEDDED {
            let source = StackSource::embedded(stack).unwrap();
            let all = load_all(&source, &[]).unwrap();
            let bootstrap = [EnvironmentName::bootstrap()];
            for environment in all.environments.into_keys().chain(bootstrap) {
                let suffix = "abc123";
                let selection = Selection::new(environment, suffix.parse().unwrap());
                let loaded = load(&source, &selection).unwrap();
                for node in compose(&loaded).unwrap().tree.nodes() {
                    let rule = rule_for(node).map(|rule| rule.argument);
                    let names = node.arguments().iter().filter(|(argument, term)| {
                        rule != Some(argument)
                            && matches!(term, Term::Text(text) if text.contains(suffix))
                    });
                    found
                        .extend(names.map(|(argument, _)| (node.type_name(), argument.to_owned())));
                }
            }
        }
        let expected = EXCEPTIONS.map(|(type_name, argument)| (type_name, argument.to_owned()));
        assert_eq!(found, BTreeSet::from(expected));
    }

    #[test]
    fn rules_are_unique_and_sorted_by_type() {
        let mut types: Vec<_> = RULES.iter().map(|rule| rule.type_name).collect();
        let sorted = types.is_sorted();
        types.dedup();
        assert!(
            sorted && types.len() == RULES.len(),
            "sort the list by type"
        );
    }
}
