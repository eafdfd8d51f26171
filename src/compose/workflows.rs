//! The state machines that lead through the migration.

use super::environment::Composer;
use super::hands::{Duty, Hand, LONGEST, On};
use super::operations::Topics;
use crate::config::{Topic as About, Workflow as WorkflowConfig};
use crate::constructs::compute::function::Function;
use crate::constructs::core::{SectionMap, SectionRef, Statement};
use crate::constructs::migration::workflow::{self, Called, Pace, Traffic, Workflow};
use crate::constructs::observability::alarms;
use crate::constructs::security::kms_key::DataClass;
use crate::lambda_packages::Program;
use crate::newtypes::Region;

/// The functions of one workflow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hands {
    pub(super) cutover: Function,
    pub(super) validation: Function,
    pub(super) approval: Function,
}

/// The workflows of a system.
pub(super) type Workflows = SectionMap<WorkflowConfig, Workflow>;

impl Composer<'_> {
    /// Every workflow: in every phase, since its machines' history is a record.
    pub(super) fn workflows(&mut self, on: On<'_>) -> Workflows {
        SectionMap::build(&self.stack.workflow, |entry| {
            let region = on.networks.get(&entry.network).region;
            let hands = self.hands(entry, on);
            let traffic = self.stack.traffic.as_ref();
            let traffic = traffic.map(Traffic::of).unwrap_or_default();
            let logs_key = self.key(DataClass::Logs, region);
            let told = on.topics.about(About::Migration, region);
            let inputs = workflow::Inputs {
                region,
                cutover: called(hands.cutover),
                validation: called(hands.validation),
                approval: called(hands.approval),
                checkpoints: *on.buckets.get(&entry.checkpoints),
                pace: Pace::of(entry.config(), &traffic),
                traffic,
                logs_key,
                retention: self.retention(),
                alarm_actions: &told,
            };
            let mut root = self.root.in_region(region.as_str());
            let mut scope = entry.scope(&mut root);
            let workflow = Workflow::new(&mut scope, &self.context, entry, inputs);
            self.workflow_alarms(entry, region, hands, &workflow, on.topics);
            workflow
        })
    }

    fn workflow_alarms(
        &mut self,
        entry: SectionRef<'_, WorkflowConfig>,
        region: Region,
        hands: Hands,
        workflow: &Workflow,
        topics: &Topics<'_>,
    ) {
        let told = topics.about(About::Migration, region);
        let context = self.context;
        let identity = entry.physical_name_key();
        for (machine, arn) in [
            ("migration", workflow.migration_arn()),
            ("rollback", workflow.rollback_arn()),
        ] {
            let mut scope = self.alarm_scope("workflow", entry.construct_id(), region);
            let mut scope = scope.child(machine);
            let subject = format!("workflow-{identity}-{machine}");
            alarms::add_state_machine_alarms(&mut scope, &context, &subject, &arn, &told);
        }
        for (hand, function) in [
            ("cutover", hands.cutover),
            ("validation", hands.validation),
            ("approval", hands.approval),
        ] {
            let mut scope = self.alarm_scope("workflow", entry.construct_id(), region);
            let mut scope = scope.child(hand);
            let subject = format!("lambda-{hand}-{identity}");
            alarms::add_function_alarms(&mut scope, &context, &subject, &function.name(), &told);
        }
    }

    /// The functions of a workflow.
    fn hands(&mut self, entry: SectionRef<'_, WorkflowConfig>, on: On<'_>) -> Hands {
        let duty = Duty::from(entry);
        let cutover = self.cutover(duty, on);
        let validation = self.validation(duty, on);
        let mut allowed: Vec<Statement> = self.keeps(duty, on).into();
        allowed.extend(self.tells(duty, on));
        allowed.push(answers());
        let approval = Hand {
            program: Program::Approval,
            description: "Does the steps of a migration",
            environment: self.common(duty, on),
            allowed,
        };
        Hands {
            cutover,
            validation,
            approval: self.hand(duty, on, approval),
        }
    }
}

/// How a machine calls a function.
fn called(function: Function) -> Called {
    Called {
        function: function.arn(),
        version: function.version(),
        timeout: LONGEST,
    }
}

/// Lets a function answer a machine that waits: a task's token is no resource of IAM's.
fn answers() -> Statement {
    Statement::allow(
        ["states:SendTaskFailure", "states:SendTaskSuccess"],
        ["*".into()],
    )
    .sid("SendTaskResult")
}
