//! Both machines run, step for step, by an interpreter that is not ours.

use anyhow::{Context as _, ensure};
use serde_json::json;

use crate::definitions::max_history_events;
use crate::scripted::{Stage, short_timing};
use crate::support;

/// The operations before the first traffic shift.
const VALIDATED: &[&str] = &[
    "begin_migration",
    "initialize",
    "start_full_load",
    "replication_status",
    "plan",
    "compare",
    "compare",
    "compare",
    "summarize",
    "ownership_status",
];

/// The three steps of traffic, each watched twice.
const SHIFTED: &[&str] = &[
    "shift_traffic",
    "check_alarms",
    "check_alarms",
    "shift_traffic",
    "check_alarms",
    "check_alarms",
    "shift_traffic",
    "check_alarms",
    "check_alarms",
];

const CROSSED: &[&str] = &[
    "request_approval",
    "check_alarms",
    "replication_status",
    "fence_source",
    "drain_source",
    "final_validation",
    "promote_target",
    "start_reverse_replication",
    "check_alarms",
    "check_alarms",
];

/// The replication of an execution that polls twice.
const REPLICATED: &[&str] = &[
    "initialize",
    "start_full_load",
    "replication_status",
    "replication_status",
];

/// The first operation checks the request; a rollback that an operator starts has none.
const REOPENED: [&str; 6] = [
    "check_rollback_request",
    "hold_traffic",
    "assess_rollback",
    "unfence_source",
    "revert_traffic",
    "record_rollback",
];

/// A rollback that finds no lossless path.
const REFUSED: [&str; 4] = [
    "hold_traffic",
    "assess_rollback",
    "unfence_target",
    "request_approval",
];

const REVERSED: &[&str] = &[
    "check_rollback_request",
    "hold_traffic",
    "assess_rollback",
    "fence_target",
    "drain_target",
    "final_validation",
    "promote_source",
    "start_forward_replication",
    "revert_traffic",
    "record_rollback",
];

type Case = (&'static str, fn(&Stage) -> anyhow::Result<()>);

/// Each is a behaviour; they share one local AWS, whose start costs more than any of them, and run at once.
const CASES: &[Case] = &[
    ("a_migration_goes_through", a_migration_goes_through),
    (
        "differing_rows_stop_a_migration_before_traffic_moves",
        differing_rows_stop_a_migration_before_traffic_moves,
    ),
    (
        "a_rehearsal_ends_before_traffic_moves",
        a_rehearsal_ends_before_traffic_moves,
    ),
    (
        "a_failed_comparison_is_a_failure",
        a_failed_comparison_is_a_failure,
    ),
    ("an_alarm_sends_traffic_back", an_alarm_sends_traffic_back),
    (
        "a_refused_approval_rolls_back",
        a_refused_approval_rolls_back,
    ),
    (
        "an_approval_that_never_comes_rolls_back",
        an_approval_that_never_comes_rolls_back,
    ),
    (
        "a_failed_fence_opens_the_source_again",
        a_failed_fence_opens_the_source_again,
    ),
    (
        "a_failure_after_the_cutover_goes_back_through_reverse_replication",
        a_failure_after_the_cutover_goes_back_through_reverse_replication,
    ),
    (
        "an_aborted_migration_is_rolled_back_by_its_event",
        an_aborted_migration_is_rolled_back_by_its_event,
    ),
    (
        "slow_replication_goes_on_in_a_fresh_execution",
        slow_replication_goes_on_in_a_fresh_execution,
    ),
    (
        "replication_that_never_catches_up_is_given_up",
        replication_that_never_catches_up_is_given_up,
    ),
    (
        "a_rollback_without_a_lossless_way_asks_and_looks_again",
        a_rollback_without_a_lossless_way_asks_and_looks_again,
    ),
    (
        "a_rollback_whose_step_fails_asks_and_looks_again",
        a_rollback_whose_step_fails_asks_and_looks_again,
    ),
    ("a_refused_rollback_fails", a_refused_rollback_fails),
    (
        "a_rollback_by_hand_needs_a_reason",
        a_rollback_by_hand_needs_a_reason,
    ),
    (
        "a_failed_initialization_rolls_nothing_back",
        a_failed_initialization_rolls_nothing_back,
    ),
    ("an_outdated_rollback_ends", an_outdated_rollback_ends),
    (
        "a_failed_way_back_opens_the_target",
        a_failed_way_back_opens_the_target,
    ),
    (
        "an_unknown_failure_behind_the_fence_is_retried",
        an_unknown_failure_behind_the_fence_is_retried,
    ),
    (
        "an_execution_that_is_refused_rolls_nothing_back",
        an_execution_that_is_refused_rolls_nothing_back,
    ),
];

#[test]
fn state_machines_run_every_path() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let stage = Stage::set(&harness)?;
    let plan = stage.workspace().plan()?;
    ensure!(plan.is_empty(), "plans again: {:?}", plan.changes());
    let wrong: Vec<String> = std::thread::scope(|threads| {
        let cases: Vec<_> = CASES
            .iter()
            .map(|(name, case)| (name, threads.spawn(|| case(&stage))))
            .collect();
        cases
            .into_iter()
            .filter_map(|(name, case)| match case.join() {
                Ok(Ok(())) => None,
                Ok(Err(wrong)) => Some(format!("{name}: {wrong:#}")),
                Err(_) => Some(format!("{name}: panicked")),
            })
            .collect()
    });
    ensure!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    stage.workspace().destroy()
}

fn a_migration_goes_through(stage: &Stage) -> anyhow::Result<()> {
    stage.migrate("through", &json!({}))?;
    let end = stage.end_of_migration("through")?;
    ensure!(end.status == "SUCCEEDED", "{end:?}");
    let bound = max_history_events(short_timing());
    ensure!(
        u64::try_from(end.events)? <= bound,
        "{} events, {bound} at most",
        end.events
    );
    does(
        stage,
        "through",
        &[VALIDATED, SHIFTED, CROSSED, &["begin_soak"]],
    )?;
    let shifts = stage.payloads("through", "shift_traffic")?;
    let percents: Vec<_> = shifts
        .iter()
        .map(|shift| shift["percent"].clone())
        .collect();
    ensure!(percents == [10, 50, 100], "{percents:?}");
    let results = stage.payloads("through", "summarize")?;
    let place = &results[0]["results"]["ResultWriterDetails"];
    let key = place["Key"].as_str().context("no place of results")?;
    ensure!(key.starts_with("validation/through/results/"), "{key}");
    Ok(())
}

fn differing_rows_stop_a_migration_before_traffic_moves(stage: &Stage) -> anyhow::Result<()> {
    let script = json!({ "summarize": [{ "raise": "ValidationFailed" }] });
    fails(stage, "differing", &script, "ValidationFailed")?;
    let validated = &VALIDATED[..VALIDATED.len() - 1];
    twice(stage, "differing", &[validated], &REOPENED)?;
    let holds = stage.payloads("differing", "hold_traffic")?;
    let reason = &holds[0]["reason"];
    ensure!(reason == "ValidationFailed in differing", "{reason}");
    Ok(())
}

fn a_rehearsal_ends_before_traffic_moves(stage: &Stage) -> anyhow::Result<()> {
    let rehearsal = json!({ "answer": { "ownership": "rehearsal", "owner": "none" } });
    stage.migrate("rehearsed", &json!({ "ownership_status": [rehearsal] }))?;
    let end = stage.end_of_migration("rehearsed")?;
    ensure!(end.status == "SUCCEEDED", "{end:?}");
    does(stage, "rehearsed", &[VALIDATED, &["end_rehearsal"]])
}

fn a_failed_comparison_is_a_failure(stage: &Stage) -> anyhow::Result<()> {
    let failed = json!({ "raise": "SchemaMismatch" });
    let script = json!({ "compare": vec![failed; 3] });
    fails(
        stage,
        "uncompared",
        &script,
        "States.ExceedToleratedFailureThreshold",
    )?;
    let done = stage.operations("uncompared")?;
    ensure!(
        !done
            .iter()
            .any(|done| done == "summarize" || done == "shift_traffic"),
        "{done:?}"
    );
    Ok(())
}

fn an_alarm_sends_traffic_back(stage: &Stage) -> anyhow::Result<()> {
    let script = json!({ "check_alarms": [{}, {}, { "raise": "AlarmRaised" }] });
    fails(stage, "alarmed", &script, "AlarmRaised")?;
    twice(stage, "alarmed", &[VALIDATED, &SHIFTED[..5]], &REOPENED)
}

fn a_refused_approval_rolls_back(stage: &Stage) -> anyhow::Result<()> {
    let script = json!({ "request_approval": [{ "answer": "reject" }] });
    fails(stage, "refused", &script, "ApprovalRejected")?;
    twice(
        stage,
        "refused",
        &[VALIDATED, SHIFTED, &["request_approval"]],
        &REOPENED,
    )
}

fn an_approval_that_never_comes_rolls_back(stage: &Stage) -> anyhow::Result<()> {
    let script = json!({ "request_approval": [{ "answer": "silent" }] });
    fails(stage, "silent", &script, "States.Timeout")?;
    twice(
        stage,
        "silent",
        &[VALIDATED, SHIFTED, &["request_approval"]],
        &REOPENED,
    )
}

fn a_failed_fence_opens_the_source_again(stage: &Stage) -> anyhow::Result<()> {
    let script = json!({ "drain_source": [{ "raise": "FenceTimeout" }] });
    fails(stage, "fenced", &script, "FenceTimeout")?;
    twice(
        stage,
        "fenced",
        &[VALIDATED, SHIFTED, &CROSSED[..5]],
        &REOPENED,
    )
}

fn a_failure_after_the_cutover_goes_back_through_reverse_replication(
    stage: &Stage,
) -> anyhow::Result<()> {
    let quiet = json!({});
    let mut looks = vec![quiet; 7];
    looks.push(json!({ "raise": "AlarmRaised" }));
    fails(
        stage,
        "crossed",
        &json!({ "check_alarms": looks }),
        "AlarmRaised",
    )?;
    let went = [VALIDATED, SHIFTED, &CROSSED[..9], REVERSED].concat();
    does_first(stage, "crossed", &went)?;
    // The event of its end finds the source as the writer again.
    stage.wait_for_times("crossed", "record_rollback", 2)?;
    does(stage, "crossed", &[&went, &REOPENED])
}

fn an_aborted_migration_is_rolled_back_by_its_event(stage: &Stage) -> anyhow::Result<()> {
    stage.migrate("aborted", &json!({}))?;
    // The interpreter stops between two states, not in one that waits for an answer.
    stage.wait_for("aborted", "shift_traffic")?;
    stage.abort("aborted")?;
    let end = stage.end_of_migration("aborted")?;
    ensure!(end.status == "ABORTED", "{end:?}");
    stage.wait_for("aborted", "record_rollback")?;
    let done = stage.operations("aborted")?;
    ensure!(
        !done.iter().any(|done| done == "request_approval"),
        "{done:?}"
    );
    ensure!(done.ends_with(&REOPENED.map(str::to_owned)), "{done:?}");
    let holds = stage.payloads("aborted", "hold_traffic")?;
    ensure!(holds[0]["reason"] == "ABORTED in aborted", "{holds:?}");
    Ok(())
}

fn slow_replication_goes_on_in_a_fresh_execution(stage: &Stage) -> anyhow::Result<()> {
    let loading = json!({ "answer": { "state": "full-load", "progress": 1, "lag_seconds": 0 } });
    stage.migrate(
        "slow",
        &json!({ "replication_status": [loading, loading, loading] }),
    )?;
    let end = stage.end_of_migration("slow")?;
    ensure!(end.status == "SUCCEEDED", "{end:?}");
    let end = stage.end_of_migration("slow-1")?;
    ensure!(end.status == "SUCCEEDED", "{end:?}");
    does(
        stage,
        "slow",
        &[
            &["begin_migration"],
            REPLICATED,
            &["begin_migration"],
            REPLICATED,
            &VALIDATED[4..],
            SHIFTED,
            CROSSED,
            &["begin_soak"],
        ],
    )
}

fn replication_that_never_catches_up_is_given_up(stage: &Stage) -> anyhow::Result<()> {
    let loading = json!({ "answer": { "state": "full-load", "progress": 1, "lag_seconds": 0 } });
    stage.migrate(
        "endless",
        &json!({ "replication_status": vec![loading; 6] }),
    )?;
    stage.wait_for("endless", "hold_traffic")?;
    let end = stage.end_of_migration("endless-2")?;
    ensure!(end.cause.starts_with("ReplicationTimeout: "), "{end:?}");
    let begun = [&["begin_migration"], REPLICATED].concat();
    does_first(
        stage,
        "endless",
        &[&begun, &begun, &begun, REOPENED.as_slice()].concat(),
    )
}

fn a_rollback_without_a_lossless_way_asks_and_looks_again(stage: &Stage) -> anyhow::Result<()> {
    let ask = json!({ "answer": { "path": "manual", "reason": "the reverse task is behind" } });
    stage.roll_back("unsure", &json!({ "assess_rollback": [ask] }))?;
    let end = stage.end_of_rollback("unsure")?;
    ensure!(end.status == "SUCCEEDED", "{end:?}");
    does(stage, "unsure", &[&REFUSED, &REOPENED[2..]])?;
    let asked = stage.payloads("unsure", "request_approval")?;
    let question = asked[0]["question"].as_str().unwrap_or_default();
    ensure!(
        question.contains("the reverse task is behind"),
        "{question}"
    );
    Ok(())
}

fn a_rollback_whose_step_fails_asks_and_looks_again(stage: &Stage) -> anyhow::Result<()> {
    let script = json!({ "unfence_source": [{ "raise": "PreconditionFailed" }] });
    stage.roll_back("stuck", &script)?;
    let end = stage.end_of_rollback("stuck")?;
    ensure!(end.status == "SUCCEEDED", "{end:?}");
    does(
        stage,
        "stuck",
        &[
            &REOPENED[1..4],
            &["unfence_target", "request_approval"],
            &REOPENED[2..],
        ],
    )
}

fn a_refused_rollback_fails(stage: &Stage) -> anyhow::Result<()> {
    let ask = json!({ "answer": { "path": "manual", "reason": "nobody knows" } });
    let script = json!({ "assess_rollback": [ask], "request_approval": [{ "answer": "reject" }] });
    stage.roll_back("hopeless", &script)?;
    let end = stage.end_of_rollback("hopeless")?;
    ensure!(end.error == "ApprovalRejected", "{end:?}");
    does(stage, "hopeless", &[&REFUSED, &["record_rejection"]])
}

fn a_rollback_by_hand_needs_a_reason(stage: &Stage) -> anyhow::Result<()> {
    stage.roll_back_without_reason("silent-operator")?;
    let end = stage.end_of_rollback("silent-operator")?;
    ensure!(end.error == "InvalidEvent", "{end:?}");
    ensure!(end.cause.contains("{\"reason\":"), "{end:?}");
    does(stage, "silent-operator", &[])
}

fn a_failed_initialization_rolls_nothing_back(stage: &Stage) -> anyhow::Result<()> {
    let script = json!({
        "initialize": [{ "raise": "PlaceholderSecret" }],
        "check_rollback_request": [{ "answer": { "state": "other" } }],
    });
    stage.migrate("uninitialized", &script)?;
    let end = stage.end_of_migration("uninitialized")?;
    ensure!(end.error == "PlaceholderSecret", "{end:?}");
    stage.wait_for("uninitialized", "check_rollback_request")?;
    does(
        stage,
        "uninitialized",
        &[&["begin_migration", "initialize", "check_rollback_request"]],
    )
}

fn an_outdated_rollback_ends(stage: &Stage) -> anyhow::Result<()> {
    let outdated = json!({ "answer": { "path": "ignored", "reason": "another one has begun" } });
    stage.roll_back("outdated", &json!({ "assess_rollback": [outdated] }))?;
    let end = stage.end_of_rollback("outdated")?;
    ensure!(end.status == "SUCCEEDED", "{end:?}");
    does(stage, "outdated", &[&["hold_traffic", "assess_rollback"]])
}

fn a_failed_way_back_opens_the_target(stage: &Stage) -> anyhow::Result<()> {
    let back = json!({ "answer": { "path": "reverse-replication", "reason": "it has caught up" } });
    let script = json!({
        "assess_rollback": [back],
        "drain_target": [{ "raise": "PreconditionFailed" }],
    });
    stage.roll_back("lost-source", &script)?;
    let end = stage.end_of_rollback("lost-source")?;
    ensure!(end.status == "SUCCEEDED", "{end:?}");
    does(
        stage,
        "lost-source",
        &[
            &REVERSED[1..5],
            &["unfence_target", "request_approval"],
            &REOPENED[2..],
        ],
    )
}

fn an_unknown_failure_behind_the_fence_is_retried(stage: &Stage) -> anyhow::Result<()> {
    let script = json!({ "promote_target": [{ "raise": "EndpointConnectionError" }] });
    stage.migrate("throttled", &script)?;
    let end = stage.end_of_migration("throttled")?;
    ensure!(end.status == "SUCCEEDED", "{end:?}");
    let done = stage.operations("throttled")?;
    let promotions = done.iter().filter(|done| *done == "promote_target");
    ensure!(promotions.count() == 2, "{done:?}");
    Ok(())
}

fn an_execution_that_is_refused_rolls_nothing_back(stage: &Stage) -> anyhow::Result<()> {
    let script = json!({
        "begin_migration": [{ "raise": "MigrationInProgress" }],
        "check_rollback_request": [{ "answer": { "state": "other" } }],
    });
    stage.migrate("second", &script)?;
    let end = stage.end_of_migration("second")?;
    ensure!(end.error == "MigrationInProgress", "{end:?}");
    stage.wait_for("second", "check_rollback_request")?;
    does(
        stage,
        "second",
        &[&["begin_migration", "check_rollback_request"]],
    )
}

/// The migration fails with `error`.
fn fails(stage: &Stage, name: &str, script: &serde_json::Value, error: &str) -> anyhow::Result<()> {
    stage.migrate(name, script)?;
    let end = stage.end_of_migration(name)?;
    ensure!(end.error == "RolledBack", "{end:?}");
    ensure!(end.cause.starts_with(&format!("{error}: ")), "{end:?}");
    Ok(())
}

/// The migration goes `forward` and then back, twice: by its own handler and by the event of its end.
fn twice(stage: &Stage, name: &str, forward: &[&[&str]], back: &[&str]) -> anyhow::Result<()> {
    stage.wait_for_times(name, "record_rollback", 2)?;
    let went = [&forward.concat(), back, back].concat();
    does(stage, name, &[&went])
}

fn does(stage: &Stage, name: &str, wanted: &[&[&str]]) -> anyhow::Result<()> {
    let done = stage.operations(name)?;
    let wanted = wanted.concat();
    ensure!(done == wanted, "{done:#?}\nis not\n{wanted:#?}");
    Ok(())
}

fn does_first(stage: &Stage, name: &str, wanted: &[&str]) -> anyhow::Result<()> {
    let done = stage.operations(name)?;
    ensure!(
        done.iter().zip(wanted).all(|(done, wanted)| done == wanted) && done.len() >= wanted.len(),
        "{done:#?}\ndoes not begin with\n{wanted:#?}"
    );
    Ok(())
}
