//! Destruction of an environment.

use paymig::aws;
use paymig::terraform::builtin::TerraformData;
use paymig::terraform::tree::{Expr, Node, Operator, Term};

use crate::framework::case::{Amount, Case, Item, Known, Verdict};

/// The shortest deletion window of KMS, in days.
const KEY_WAITS: i64 = 7;

/// A plan over the state of another environment fails, in every folder and backend.
pub(crate) fn state_belongs_to_one_environment(case: Case<'_>) -> Verdict {
    case.every::<TerraformData>()
        .some("identifies the state", |guard| identifies_the_state(guard))
        .verdict()
}

/// Whether Terraform stores the stack, the environment and the suffix once, and compares them in every plan.
fn identifies_the_state(guard: &Item<'_, TerraformData>) -> bool {
    let own = format!("/{}/{}", guard.case.environment, Case::suffix());
    let lifecycle = guard.node.meta().lifecycle();
    let Some(Term::Text(identity)) = guard.input().map(|input| input.term().clone()) else {
        return false;
    };
    let compared = Term::Text(identity.clone());
    identity.ends_with(&own)
        && lifecycle.ignore_changes().contains(&"input")
        && lifecycle.postconditions().iter().any(|condition| {
            let Term::Expr(expr) = condition.condition() else {
                return false;
            };
            let Expr::Binary(Operator::Equal, one, other) = expr.as_ref() else {
                return false;
            };
            let stored = Term::Expr(Box::new(Expr::SelfAttribute("output")));
            *one == stored && *other == compared
        })
}

/// No resource has `prevent_destroy`.
pub(crate) fn no_resource_prevents_destroy(case: Case<'_>) -> Verdict {
    let nodes = case.tree.nodes().iter();
    let guarded: Vec<String> = nodes
        .filter(|node| node.meta().lifecycle().prevent_destroy())
        .map(Node::address)
        .collect();
    Verdict::of(guarded.is_empty(), format!("guarded: {guarded:?}"))
}

/// AWS retains nothing: no deletion protection, no final snapshot, no reserved name.
pub(crate) fn no_resource_is_retained(case: Case<'_>) -> Verdict {
    let clusters = case
        .every::<aws::RdsCluster>()
        .must(
            "be destroyed without protection or final snapshot",
            |cluster| {
                !cluster.deletion_protection().is(true)
                    && cluster.skip_final_snapshot().is(true)
                    && !cluster.delete_automated_backups().is(false)
            },
        )
        .verdict();
    let globals = case.items::<aws::RdsGlobalCluster>();
    let globals = Verdict::of(
        globals
            .iter()
            .all(|global| !global.deletion_protection().is(true)),
        "a global database must go without protection",
    );
    let buckets = case
        .every::<aws::S3Bucket>()
        .must("be destroyed with its objects", |bucket| {
            bucket.force_destroy().is(true)
        })
        .verdict();
    let secrets = case
        .any::<aws::SecretsmanagerSecret>()
        .must("be deleted without a recovery window", |secret| {
            secret.recovery_window_in_days().is(0)
        })
        .verdict();
    let keys = case
        .every::<aws::KmsKey>()
        .must("be deleted after the shortest window", |key| {
            key.deletion_window_in_days().number() == Some(KEY_WAITS)
        })
        .verdict();
    let logs = case
        .every::<aws::CloudwatchLogGroup>()
        .must("go", |group| !group.skip_destroy().is(true))
        .verdict();
    clusters
        .and(globals)
        .and(buckets)
        .and(secrets)
        .and(keys)
        .and(logs)
}
