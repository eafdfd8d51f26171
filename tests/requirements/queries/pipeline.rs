//! The payment pipeline: its functions, their calls and their concurrency.

use std::collections::BTreeSet;

use paymig::aws;
use paymig::terraform::tree::{NodeId, View};

use super::functions::warm_between;
use crate::framework::case::{Amount, Case, Group, Item, Known, Text, Verdict};
use crate::framework::policy::{Statement, statements};

type Function<'t> = Item<'t, aws::LambdaFunction>;

/// The path prefixes of the three functions.
const VALIDATES: &str = "payment_validation.";
const JUDGES: &str = "fraud_detection.";
const BOOKS: &str = "transaction_processing.";
/// The aliases of a release.
const COLORS: [&str; 2] = ["blue", "green"];

/// One validates, one detects fraud, one books.
pub(crate) fn pipeline_has_three_functions(case: Case<'_>) -> Verdict {
    programs(case)
        .exactly(3)
        .some("validates payments", |function| runs(function, VALIDATES))
        .some("detects fraud", |function| runs(function, JUDGES))
        .some("books transactions", |function| runs(function, BOOKS))
        .verdict()
}

/// Validation invokes the other two by the alias of its own version, and may invoke nothing else.
pub(crate) fn validation_invokes_functions_of_its_version(case: Case<'_>) -> Verdict {
    programs(case)
        .that("that validates", |function| runs(function, VALIDATES))
        .must("have the names of the other functions", |function| {
            let settings = function.environment().and_then(|it| it.variables());
            function.to::<aws::LambdaFunction, _>(settings).len() == 2
        })
        .must(
            "be allowed to invoke the others in each version",
            |function| {
                let callees: BTreeSet<_> = callees(function)
                    .iter()
                    .flat_map(|alias| {
                        let functions = alias.to::<aws::LambdaFunction, _>(alias.function_name());
                        let name = alias.name().text().unwrap_or_default();
                        functions
                            .into_iter()
                            .map(move |callee| (callee.node.node_id(), name))
                    })
                    .collect();
                let others = case.items::<aws::LambdaFunction>();
                let others = others
                    .iter()
                    .filter(|other| runs(other, JUDGES) || runs(other, BOOKS));
                let expected: BTreeSet<_> = others
                    .flat_map(|other| COLORS.map(|color| (other.node.node_id(), color)))
                    .collect();
                expected.len() == 4 && callees == expected
            },
        )
        .verdict()
}

/// The versions share nothing: each function has an alias for each.
pub(crate) fn each_version_is_a_whole_pipeline(case: Case<'_>) -> Verdict {
    programs(case)
        .must("have an alias for each version", |function| {
            let aliases =
                function.from::<aws::LambdaAlias, _>(View::<aws::LambdaAlias>::function_name);
            COLORS.iter().all(|color| {
                let mut aliases = aliases.iter();
                aliases.any(|alias| {
                    alias.name().is(color) && alias.function_version().text() != Some("$LATEST")
                })
            })
        })
        .verdict()
}

/// Payments and other functions of the account cannot use each other's concurrency.
pub(crate) fn concurrency_is_reserved(case: Case<'_>) -> Verdict {
    programs(case)
        .must("have reserved concurrency", |function| {
            function.reserved_concurrent_executions().at_least(1)
        })
        .verdict()
}

/// Provisioned concurrency of each function prevents cold starts; reserved concurrency does not.
pub(crate) fn pipeline_functions_have_provisioned_concurrency(case: Case<'_>) -> Verdict {
    let warm = programs(case)
        .must("have provisioned concurrency", |function| {
            let aliases =
                function.from::<aws::LambdaAlias, _>(View::<aws::LambdaAlias>::function_name);
            aliases.iter().any(|alias| {
                type Target = aws::AppautoscalingTarget;
                let targets = alias.from::<Target, _>(View::<Target>::resource_id);
                let reserved = function.reserved_concurrent_executions().number();
                targets
                    .iter()
                    .any(|target| target.max_capacity().number() <= reserved)
            })
        })
        .verdict();
    warm.and(warm_between(case, 5, 50))
}

/// A payment is in the table, the database and the audit bucket: booking reaches all three.
pub(crate) fn booking_reaches_table_database_and_bucket(case: Case<'_>) -> Verdict {
    programs(case)
        .that("that books", |function| runs(function, BOOKS))
        .must("have the names of table, bucket and secret", |function| {
            let settings = || function.environment().and_then(|it| it.variables());
            function.to::<aws::DynamodbTable, _>(settings()).len() == 1
                && function.to::<aws::S3Bucket, _>(settings()).len() == 1
                && function
                    .to::<aws::SecretsmanagerSecret, _>(settings())
                    .len()
                    == 1
        })
        .must("be allowed at the database", |function| {
            let groups = function
                .vpc_config()
                .map(|config| function.to::<aws::SecurityGroup, _>(config.security_group_ids()));
            type In = aws::VpcSecurityGroupIngressRule;
            let by_group = View::<aws::RdsCluster>::vpc_security_group_ids;
            groups.iter().flatten().any(|group| {
                let rules = group.from::<In, _>(View::<In>::referenced_security_group_id);
                rules.iter().any(|rule| {
                    let guarded = rule.to::<aws::SecurityGroup, _>(rule.security_group_id());
                    guarded
                        .iter()
                        .any(|group| !group.from::<aws::RdsCluster, _>(by_group).is_empty())
                })
            })
        })
        .verdict()
}

/// The statements of the policies of a function's role.
pub(crate) fn statements_of<'t>(function: &Function<'t>) -> Vec<Statement<'t>> {
    let roles = function.to::<aws::IamRole, _>(function.role());
    let policies = roles
        .iter()
        .flat_map(|role| role.from::<aws::IamRolePolicy, _>(View::<aws::IamRolePolicy>::role));
    policies
        .flat_map(|policy| statements(policy.policy()))
        .collect()
}

/// The functions that the stack file names.
fn programs(case: Case<'_>) -> Group<'_, aws::LambdaFunction> {
    case.every::<aws::LambdaFunction>()
        .that("of the stack file", |function| {
            function.path().starts_with("function/")
        })
}

/// The aliases that a function may invoke; empty if it may invoke anything else.
fn callees<'t>(function: &Function<'t>) -> Vec<Item<'t, aws::LambdaAlias>> {
    let mut called: Vec<NodeId> = Vec::new();
    for statement in statements_of(function) {
        if statement.actions() == ["lambda:InvokeFunction"] {
            for resource in statement.resources() {
                resource.references(&mut |id| called.push(id));
            }
        }
    }
    let mut aliases = function.case.items::<aws::LambdaAlias>();
    aliases.retain(|alias| called.contains(&alias.node.node_id()));
    if aliases.len() == called.len() {
        aliases
    } else {
        Vec::new()
    }
}

fn runs(function: &Function<'_>, program: &str) -> bool {
    let handler = function.handler().text();
    handler.is_some_and(|handler| handler.starts_with(program))
}
