use std::num::NonZeroU32;
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::*;
use crate::terraform::synth;
use crate::terraform::tree::{Tree, Value};

const MINUTE: Duration = Duration::from_mins(1);

fn task(operation: &'static str) -> Task {
    Task::invoke(
        "arn:aws:lambda:us-east-1:123456789012:function:f".into(),
        Payload::object([("operation", operation)]),
        MINUTE,
    )
}

/// The definition as AWS gets it.
fn states(flow: Ended) -> Json {
    let definition = Definition::new(flow).unwrap().to_json();
    // `jsonencode(…)` of what has no references: HCL's object syntax, told as JSON.
    let mut tree = Tree::new("us-east-1");
    tree.root()
        .output("definition", "The definition", definition);
    let mut document = Vec::new();
    synth::write(&tree, "asl", &mut document).unwrap();
    let document: Json = serde_json::from_slice(&document).unwrap();
    let text = document["output"]["definition"]["value"].as_str().unwrap();
    let text = text.strip_prefix("${jsonencode(").unwrap();
    let text = text.strip_suffix(")}").unwrap().replace("\" = ", "\": ");
    serde_json::from_str(&text).unwrap()
}

fn failed() -> Ended {
    Flow::new().raise("Failed", "Failed", Flow::cause())
}

fn fail() -> Ended {
    Flow::new().raise("Broken", "Broken", "it broke")
}

#[test]
fn states_lead_to_what_follows_them() {
    let flow = Flow::new().task("A", task("a")).wait("B", MINUTE);
    let machine = states(flow.succeed("C"));
    assert_eq!(machine["StartAt"], "A");
    assert_eq!(machine["States"]["A"]["Next"], "B");
    assert_eq!(
        machine["States"]["B"],
        json!({"Type": "Wait", "Seconds": 60, "Next": "C"})
    );
    assert_eq!(machine["States"]["C"], json!({"Type": "Succeed"}));
}

#[test]
fn ways_of_a_choice_join_or_end() {
    let state = Path::to("state");
    let flow = Flow::new().choose(
        "Which?",
        [
            (state.is("ok"), Flow::new().wait("Rest", MINUTE).into()),
            (!state.is_present(), fail().into()),
        ],
        Flow::new(),
    );
    let machine = states(flow.succeed("Done"));
    assert_eq!(
        machine["States"]["Which?"],
        json!({
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.state", "StringEquals": "ok", "Next": "Rest"},
                {"Not": {"Variable": "$.state", "IsPresent": true}, "Next": "Broken"},
            ],
            "Default": "Done",
        })
    );
    assert_eq!(machine["States"]["Rest"]["Next"], "Done");
}

#[test]
fn failures_lead_to_the_innermost_handler() {
    let inner = Flow::new().guard(
        Flow::new().task("A", task("a")),
        Flow::new().task("Mend", task("mend")),
    );
    let flow = Flow::new().guard(inner.task("B", task("b")), failed());
    let machine = states(flow.succeed("Done"));
    let caught = |state: &str| {
        let catcher = &machine["States"][state]["Catch"][0];
        assert_eq!(catcher["ErrorEquals"], json!(["States.ALL"]));
        assert_eq!(catcher["ResultPath"], "$.error");
        catcher["Next"].clone()
    };
    assert_eq!(caught("A"), "Mend");
    assert_eq!(caught("Mend"), "Failed");
    assert_eq!(machine["States"]["Mend"]["Next"], "B");
    assert_eq!(caught("B"), "Failed");
    assert_eq!(
        machine["States"]["Failed"],
        json!({"Type": "Fail", "Error": "Failed", "CausePath": "$.error.Cause"})
    );
}

#[test]
fn an_error_is_raised_to_the_handler_or_for_good() {
    let raise = |path: &str, flow: Ended| states(flow)["States"]["Broken"][path].clone();
    let choose = || {
        let present = Path::to("x").is_present();
        Flow::new().choose("X?", [(present, fail().into())], Flow::new())
    };
    assert_eq!(raise("Error", choose().succeed("Done")), "Broken");
    let guarded = Flow::new().guard(choose(), failed());
    assert_eq!(raise("Next", guarded.succeed("Done")), "Failed");
}

#[test]
fn a_handler_that_nothing_leads_to_is_left_out() {
    let flow = Flow::new().guard(Flow::new().wait("A", MINUTE), fail());
    let machine = states(flow.succeed("Done"));
    assert_eq!(machine["States"].as_object().unwrap().len(), 2);
}

fn rounds(at_most: u32) -> Repeat {
    Repeat {
        name: "Poll".into(),
        counter: "polls",
        body: Flow::new().task("Look", task("look")),
        exits: vec![(Path::to("state").is("done"), Flow::new().into())],
        at_most: NonZeroU32::new(at_most).unwrap(),
        between: Flow::new().wait("Wait", MINUTE),
        exhausted: fail().into(),
    }
}

#[test]
fn a_loop_counts_its_rounds() {
    let machine = states(Flow::new().repeat(rounds(7)).succeed("Done"));
    let states = &machine["States"];
    assert_eq!(machine["StartAt"], "Poll: begin");
    assert_eq!(states["Poll: begin"]["Parameters"], json!({"count": 1}));
    assert_eq!(states["Look"]["Next"], "Poll: enough?");
    assert_eq!(
        states["Poll: enough?"]["Choices"][1],
        json!({"Variable": "$.polls.count", "NumericGreaterThanEquals": 7, "Next": "Broken"})
    );
    assert_eq!(states["Poll: enough?"]["Default"], "Wait");
    assert_eq!(states["Wait"]["Next"], "Poll: count");
    assert_eq!(
        states["Poll: count"],
        json!({
            "Type": "Pass",
            "Parameters": {"count.$": "States.MathAdd($.polls.count, 1)"},
            "ResultPath": "$.polls",
            "Next": "Look",
        })
    );
}

#[test]
fn a_name_may_stand_once_and_must_be_short() {
    let twice = Flow::new().wait("A", MINUTE).wait("A", MINUTE);
    let wrong = Definition::new(twice.succeed("Done")).unwrap_err();
    assert_eq!(wrong, [Wrong::Twice("A".to_owned())]);
    let long = "x".repeat(81);
    let wrong = Definition::new(Flow::new().wait(long.clone(), MINUTE).succeed("Done"));
    assert_eq!(wrong.unwrap_err(), [Wrong::Long(long)]);
}

#[test]
fn tasks_take_what_the_service_takes() {
    let ask = Task::ask(
        "f".into(),
        Payload::object([("token", Path::TASK_TOKEN)]),
        MINUTE,
    )
    .heartbeat(MINUTE);
    let run = Task::run("r".into(), Payload::object([("a", 1_u8)]), MINUTE);
    let flow = Flow::new()
        .task("Ask", ask)
        .task("Run", run.keep("ran", ["state"]));
    let machine = states(flow.succeed("Done"));
    assert_eq!(
        machine["States"]["Ask"],
        json!({
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Parameters": {"FunctionName": "f", "Payload": {"token.$": "$$.Task.Token"}},
            "TimeoutSeconds": 60,
            "HeartbeatSeconds": 60,
            "ResultPath": null,
            "Next": "Run",
        })
    );
    assert_eq!(
        machine["States"]["Run"],
        json!({
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {
                "StateMachineArn": "r",
                "Input": {
                    "a": 1,
                    "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id",
                },
            },
            "TimeoutSeconds": 60,
            "ResultSelector": {"state.$": "$.Output.state"},
            "ResultPath": "$.ran",
            "Next": "Done",
        })
    );
}

#[test]
fn what_looks_like_a_template_is_not_one() {
    let literal = Payload::object([("text", Value::<String>::from("a${b}"))])
        .with("at", Payload::Format("it's {}", vec![Path::to("x")]));
    let flow = Flow::new().set("Set", "y", literal);
    let mut tree = Tree::new("us-east-1");
    let definition = Definition::new(flow.succeed("Done")).unwrap().to_json();
    tree.root()
        .output("definition", "The definition", definition);
    let mut document = Vec::new();
    synth::write(&tree, "asl", &mut document).unwrap();
    let document = String::from_utf8(document).unwrap();
    assert!(document.contains(r"a$${b}"), "{document}");
    assert!(
        document.contains(r"States.Format('it\\\\'s {}', $.x)"),
        "{document}"
    );
}

#[test]
fn a_bound_counts_every_round_attempt_and_handler() {
    let events = |flow: Ended| Definition::new(flow).unwrap().most_events();
    // The execution: 2. A task: 5. Success: 2.
    assert_eq!(events(Flow::new().task("A", task("a")).succeed("Done")), 9);
    let again = Retry {
        errors: &["States.TaskFailed"],
        interval: MINUTE,
        attempts: 2,
        backoff: 1,
    };
    let retried = task("a").retry([again]);
    assert_eq!(events(Flow::new().task("A", retried).succeed("Done")), 15);
    // A round: task 5, question 2, wait 2, count 2; before them 2; behind them an end.
    let looped = Flow::new().repeat(rounds(10)).succeed("Done");
    assert_eq!(events(looped), 2 + 2 + 10 * 11 + 2);
    let handled = Flow::new()
        .task("Mend", task("mend"))
        .raise("Failed", "Failed", Flow::cause());
    let guarded = Flow::new().guard(Flow::new().task("A", task("a")), handled);
    assert_eq!(events(guarded.succeed("Done")), 2 + 5 + 5 + 2);
}
