//! The lifecycle of the objects of a bucket.

use crate::config::sections::{Bucket, Lifecycle, Stack};
use crate::newtypes::{Days, Key};

/// Days until the objects of a bucket are archived, and until they are deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectLifecycle {
    /// Days until objects move to Glacier; `None` if they never do.
    pub archive_after: Option<Days>,
    /// Days until objects are deleted.
    pub expire_after: Days,
}

impl Stack {
    /// The lifecycle of the objects of a bucket.
    ///
    /// An object in Glacier must be restored before it is read, which takes hours. The functions of a migration read
    /// checkpoints while no database may accept payments.
    pub fn object_lifecycle(&self, name: &Key, bucket: &Bucket) -> ObjectLifecycle {
        let mut lifecycle = ObjectLifecycle::of_records(&bucket.lifecycle);
        if self.has_checkpoints(name) {
            lifecycle.archive_after = None;
        }
        lifecycle
    }

    /// Whether a workflow or a runbook writes its checkpoints to the bucket.
    pub fn has_checkpoints(&self, bucket: &Key) -> bool {
        let workflows = self.workflow.iter().map(|(_, it)| &it.checkpoints);
        let runbooks = self.runbook.iter().map(|(_, it)| &it.checkpoints);
        let mut buckets = workflows.chain(runbooks);
        buckets.any(|checkpoints| checkpoints.name() == bucket)
    }
}

impl ObjectLifecycle {
    /// The lifecycle of records that no function reads.
    pub fn of_records(lifecycle: &Lifecycle) -> Self {
        let default = Days::constant::<90>();
        Self {
            archive_after: Some(lifecycle.glacier_after.unwrap_or(default)),
            expire_after: lifecycle.expire_after,
        }
    }
}
