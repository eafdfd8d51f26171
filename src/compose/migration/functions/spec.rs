//! Inputs of the migration's functions: the section, the layers below, and the function's specification.

use std::collections::BTreeMap;

use crate::compose::alarms::GuardAlarms;
use crate::compose::foundations::Foundations;
use crate::compose::ingress::Ingress;
use crate::config::{
    Alerts as AlertsConfig, Bucket as BucketConfig, Network as NetworkConfig, Ref,
    Replication as ReplicationConfig, Runbook as RunbookConfig, Validation as ValidationConfig,
    Workflow as WorkflowConfig,
};
use crate::constructs::compute::function::Deletion;
use crate::constructs::core::{SectionRef, Statement};
use crate::lambda_packages::Program;
use crate::newtypes::{LambdaSeconds, Minutes, Seconds};
use crate::terraform::tree::Value;

/// The layers that the migration acts on.
#[derive(Clone, Copy)]
pub(in crate::compose) struct MigrationDeps<'a> {
    pub(in crate::compose) foundations: &'a Foundations<'a>,
    pub(in crate::compose) ingress: &'a Ingress,
    pub(in crate::compose) guard_alarms: &'a GuardAlarms,
}

/// Fields that `[workflow.N]` and `[runbook.N]` have in common.
#[derive(Debug)]
pub(crate) struct MigrationSection<'a, T> {
    pub(crate) section: SectionRef<'a, T>,
    pub(crate) replications: &'a [Ref<ReplicationConfig>],
    pub(crate) network: &'a Ref<NetworkConfig>,
    pub(crate) checkpoints: &'a Ref<BucketConfig>,
    pub(crate) alerts: &'a Ref<AlertsConfig>,
    pub(crate) max_replication_lag: Seconds,
    pub(crate) fence_timeout: Seconds,
    pub(crate) task_stop_timeout: LambdaSeconds,
    pub(crate) max_validation_age: Minutes,
    pub(crate) validation: &'a ValidationConfig,
    /// The order of the functions' deletion.
    pub(crate) deletion: Deletion,
}

impl<'a> From<SectionRef<'a, WorkflowConfig>> for MigrationSection<'a, WorkflowConfig> {
    fn from(section: SectionRef<'a, WorkflowConfig>) -> Self {
        let workflow = section.config();
        Self {
            section,
            replications: &workflow.replications,
            network: &workflow.network,
            checkpoints: &workflow.checkpoints,
            alerts: &workflow.alerts,
            max_replication_lag: workflow.max_replication_lag,
            fence_timeout: workflow.fence_timeout,
            task_stop_timeout: workflow.task_stop_timeout,
            max_validation_age: workflow.max_validation_age,
            validation: &workflow.validation,
            deletion: Deletion::AfterUpdates,
        }
    }
}

impl<'a> From<SectionRef<'a, RunbookConfig>> for MigrationSection<'a, RunbookConfig> {
    fn from(section: SectionRef<'a, RunbookConfig>) -> Self {
        let runbook = section.config();
        Self {
            section,
            replications: &runbook.replications,
            network: &runbook.network,
            checkpoints: &runbook.checkpoints,
            alerts: &runbook.alerts,
            max_replication_lag: runbook.max_replication_lag,
            fence_timeout: runbook.fence_timeout,
            task_stop_timeout: runbook.task_stop_timeout,
            max_validation_age: runbook.max_validation_age,
            validation: &runbook.validation,
            deletion: Deletion::BeforeUpdates,
        }
    }
}

impl<T> Clone for MigrationSection<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for MigrationSection<'_, T> {}

/// Specification of one function: program, environment variables and IAM permissions.
pub(crate) struct FunctionSpec {
    pub(crate) program: Program,
    pub(crate) description: &'static str,
    pub(crate) environment: BTreeMap<&'static str, Value<String>>,
    pub(crate) allowed: Vec<Statement>,
}
