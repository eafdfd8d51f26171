//! The walks of the embedded stacks, as snapshots for review.

use std::fmt::Write as _;

use super::{Action, Direction, Route, Stage, Transition, stages, walk};
use crate::config::{EMBEDDED, Phase, Stack, StackSource, load_all};

fn embedded(name: &str) -> Stack {
    let source = StackSource::embedded(name).unwrap();
    load_all(&source, &[]).unwrap().stack
}

/// A stack with four traffic steps of Terraform.
fn with_traffic_steps() -> Stack {
    let stacks = EMBEDDED.iter().map(|(name, _)| embedded(name));
    stacks
        .into_iter()
        .find(|stack| stages(stack).len() == 6)
        .unwrap()
}

#[test]
fn walk_of_every_embedded_stack() {
    for (name, _) in EMBEDDED {
        let stack = embedded(name);
        let mut text = String::new();
        for transition in walk(&stack) {
            write_transition(&mut text, &stack, transition).unwrap();
        }
        insta::assert_snapshot!(name, text);
    }
}

fn write_transition(
    text: &mut String,
    stack: &Stack,
    transition: Transition,
) -> Result<(), std::fmt::Error> {
    let Transition { from, to, .. } = transition;
    let procedure = transition.procedure(stack);
    writeln!(text, "## {from} -> {to}")?;
    write_list(text, "preparation", &procedure.preparation)?;
    write_list(text, "conditions", &procedure.conditions)?;
    write_list(text, "actions", &procedure.actions)?;
    write_list(text, "verification", &procedure.verification)?;
    let rollback = procedure.rollback;
    let loss = if rollback.is_lossless {
        "lossless"
    } else {
        "loses the writes made on AWS"
    };
    write_list(text, &format!("rollback, {loss}"), &rollback.actions)?;
    for bound in rollback.bounds {
        writeln!(
            text,
            "  {:?}: {} s of {} s",
            bound.path, bound.seconds, bound.limit
        )?;
    }
    writeln!(text)
}

fn write_list(
    text: &mut String,
    title: &str,
    items: &[impl std::fmt::Display],
) -> Result<(), std::fmt::Error> {
    if items.is_empty() {
        return Ok(());
    }
    writeln!(text, "{title}:")?;
    items.iter().try_for_each(|item| writeln!(text, "- {item}"))
}

#[test]
fn every_stage_is_reached_forward_and_left_backward() {
    for (name, _) in EMBEDDED {
        let stack = embedded(name);
        let walk = walk(&stack);
        let stages = stages(&stack);
        for pair in stages.windows(2) {
            let [before, after] = [pair[0], pair[1]];
            let forward = |it: &&Transition| it.direction == Direction::Forward && it.to == after;
            let back = |it: &&Transition| it.direction == Direction::Back && it.to == before;
            let forward: Vec<Stage> = walk.iter().filter(forward).map(|it| it.from).collect();
            assert_eq!(forward, [before], "{name} {after}");
            assert!(
                walk.iter().filter(back).any(|it| it.from == after),
                "{name} {before}"
            );
        }
    }
}

#[test]
fn rollback_of_every_transition_takes_its_limit_at_most() {
    let mut bounds = 0;
    for (name, _) in EMBEDDED {
        let stack = embedded(name);
        for transition in walk(&stack) {
            for bound in transition.procedure(&stack).rollback.bounds {
                assert!(
                    bound.seconds <= bound.limit,
                    "{name} {transition:?} {bound:?}"
                );
                bounds += 1;
            }
        }
    }
    assert!(bounds > 0);
}

#[test]
fn only_phase_production_ends_the_lossless_rollback() {
    let stack = with_traffic_steps();
    let ends: Vec<Phase> = walk(&stack)
        .into_iter()
        .filter(Transition::ends_lossless_rollback)
        .map(|transition| transition.to.phase)
        .collect();
    assert_eq!(ends, [Phase::Production]);
}

#[test]
fn forward_transition_skips_no_traffic_step_and_a_rollback_may() {
    let stack = with_traffic_steps();
    let stages = stages(&stack);
    let at = |label: &str| {
        let mut stages = stages.iter();
        *stages.find(|stage| stage.to_string() == label).unwrap()
    };
    let (none, ten, fifty) = (at("migration@0"), at("migration@10"), at("migration@50"));
    assert_eq!(
        Route::between(&stack, none, fifty),
        Route::Skips {
            direction: Direction::Forward,
            skipped: vec![ten]
        }
    );
    let back = Transition {
        from: fifty,
        to: none,
        direction: Direction::Back,
    };
    assert_eq!(Route::between(&stack, fifty, none), Route::Step(back));
    assert_eq!(back.procedure(&stack).actions, [Action::ApplyWeights(none)]);
}
