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

/// The definition as it is deployed.
fn machine_json(flow: TerminatedFlow) -> Json {
    let definition = Definition::new(flow).unwrap().to_json();
    // `jsonencode(…)` without references: HCL object syntax, rewritten as JSON.
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

fn rethrow() -> TerminatedFlow {
    Flow::new().fail("Failed", "Failed", Flow::cause())
}

fn broken() -> TerminatedFlow {
    Flow::new().fail("Broken", "Broken", "it broke")
}

#[test]
fn state_transitions_to_the_next_state() {
    let flow = Flow::new().task("A", task("a")).wait("B", MINUTE);
    let machine = machine_json(flow.succeed("C"));
    assert_eq!(machine["StartAt"], "A");
    assert_eq!(machine["States"]["A"]["Next"], "B");
    assert_eq!(
        machine["States"]["B"],
        json!({"Type": "Wait", "Seconds": 60, "Next": "C"})
    );
    assert_eq!(machine["States"]["C"], json!({"Type": "Succeed"}));
}

#[test]
fn choice_branches_continue_or_terminate() {
    let state = Path::input_field("state");
    let flow = Flow::new().choice(
        "Which?",
        [
            (state.equals("ok"), Flow::new().wait("Rest", MINUTE).into()),
            (!state.is_present(), broken().into()),
        ],
        Flow::new(),
    );
    let machine = machine_json(flow.succeed("Done"));
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
fn error_goes_to_the_innermost_catcher() {
    let inner = Flow::new().catch(
        Flow::new().task("A", task("a")),
        Flow::new().task("Repair", task("repair")),
    );
    let flow = Flow::new().catch(inner.task("B", task("b")), rethrow());
    let machine = machine_json(flow.succeed("Done"));
    let caught = |state: &str| {
        let catcher = &machine["States"][state]["Catch"][0];
        assert_eq!(catcher["ErrorEquals"], json!(["States.ALL"]));
        assert_eq!(catcher["ResultPath"], "$.error");
        catcher["Next"].clone()
    };
    assert_eq!(caught("A"), "Repair");
    assert_eq!(caught("Repair"), "Failed");
    assert_eq!(machine["States"]["Repair"]["Next"], "B");
    assert_eq!(caught("B"), "Failed");
    assert_eq!(
        machine["States"]["Failed"],
        json!({"Type": "Fail", "Error": "Failed", "CausePath": "$.error.Cause"})
    );
}

#[test]
fn fail_goes_to_the_catcher_or_ends_the_execution() {
    let fail =
        |path: &str, flow: TerminatedFlow| machine_json(flow)["States"]["Broken"][path].clone();
    let choice = || {
        let present = Path::input_field("x").is_present();
        Flow::new().choice("X?", [(present, broken().into())], Flow::new())
    };
    assert_eq!(fail("Error", choice().succeed("Done")), "Broken");
    let caught = Flow::new().catch(choice(), rethrow());
    assert_eq!(fail("Next", caught.succeed("Done")), "Failed");
}

#[test]
fn unreachable_catcher_is_omitted() {
    let flow = Flow::new().catch(Flow::new().wait("A", MINUTE), broken());
    let machine = machine_json(flow.succeed("Done"));
    assert_eq!(machine["States"].as_object().unwrap().len(), 2);
}

fn poll_loop(max_iterations: u32) -> PollLoop {
    PollLoop {
        name: "Poll".into(),
        counter: "polls",
        body: Flow::new().task("Check", task("check")),
        exits: vec![(
            Path::input_field("state").equals("done"),
            Flow::new().into(),
        )],
        max_iterations: NonZeroU32::new(max_iterations).unwrap(),
        between: Flow::new().wait("Wait", MINUTE),
        exhausted: broken().into(),
    }
}

#[test]
fn poll_loop_counts_its_iterations() {
    let machine = machine_json(Flow::new().poll(poll_loop(7)).succeed("Done"));
    let states = &machine["States"];
    assert_eq!(machine["StartAt"], "Poll: start counter");
    assert_eq!(
        states["Poll: start counter"]["Parameters"],
        json!({"count": 1})
    );
    assert_eq!(states["Check"]["Next"], "Poll: complete?");
    assert_eq!(
        states["Poll: complete?"]["Choices"][1],
        json!({"Variable": "$.polls.count", "NumericGreaterThanEquals": 7, "Next": "Broken"})
    );
    assert_eq!(states["Poll: complete?"]["Default"], "Wait");
    assert_eq!(states["Wait"]["Next"], "Poll: increment counter");
    assert_eq!(
        states["Poll: increment counter"],
        json!({
            "Type": "Pass",
            "Parameters": {"count.$": "States.MathAdd($.polls.count, 1)"},
            "ResultPath": "$.polls",
            "Next": "Check",
        })
    );
}

#[test]
fn duplicate_or_long_state_name_is_an_error() {
    let twice = Flow::new().wait("A", MINUTE).wait("A", MINUTE);
    let errors = Definition::new(twice.succeed("Done")).unwrap_err();
    assert_eq!(errors, [DefinitionError::DuplicateName("A".to_owned())]);
    let long = "x".repeat(81);
    let errors = Definition::new(Flow::new().wait(long.clone(), MINUTE).succeed("Done"));
    assert_eq!(errors.unwrap_err(), [DefinitionError::NameTooLong(long)]);
}

#[test]
fn task_has_the_fields_of_its_integration() {
    let approve = Task::invoke_with_task_token(
        "f".into(),
        Payload::object([("token", Path::TASK_TOKEN)]),
        MINUTE,
    )
    .heartbeat(MINUTE);
    let run = Task::start_execution_sync("r".into(), Payload::object([("a", 1_u8)]), MINUTE);
    let flow = Flow::new()
        .task("Approve", approve)
        .task("Run", run.result_path("ran", ["state"]));
    let machine = machine_json(flow.succeed("Done"));
    assert_eq!(
        machine["States"]["Approve"],
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
fn template_syntax_in_a_literal_is_escaped() {
    let literal = Payload::object([("text", Value::<String>::from("a${b}"))]).with(
        "at",
        Payload::Format("it's {}", vec![Path::input_field("x")]),
    );
    let flow = Flow::new().pass("Write text", "y", literal);
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
fn history_bound_counts_iterations_attempts_and_catchers() {
    let events = |flow: TerminatedFlow| Definition::new(flow).unwrap().max_history_events();
    // The execution: 2. A task: 5. Success: 2.
    assert_eq!(events(Flow::new().task("A", task("a")).succeed("Done")), 9);
    let retry = Retry {
        errors: &["States.TaskFailed"],
        interval: MINUTE,
        max_attempts: 2,
        backoff_rate: 1,
    };
    let retried = task("a").retry([retry]);
    assert_eq!(events(Flow::new().task("A", retried).succeed("Done")), 15);
    // An iteration: task 5, choice 2, wait 2, counter 2; before the first 2; after the last an end.
    let polled = Flow::new().poll(poll_loop(10)).succeed("Done");
    assert_eq!(events(polled), 2 + 2 + 10 * 11 + 2);
    let handler =
        Flow::new()
            .task("Repair", task("repair"))
            .fail("Failed", "Failed", Flow::cause());
    let caught = Flow::new().catch(Flow::new().task("A", task("a")), handler);
    assert_eq!(events(caught.succeed("Done")), 2 + 5 + 5 + 2);
}
