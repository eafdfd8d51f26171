//! S3.

use paymig::aws::{IamRolePolicy, S3Bucket, S3BucketLifecycleConfiguration};
use paymig::terraform::tree::{Argument as A, Term, View};

use crate::framework::case::{Case, Known, Verdict};
use crate::framework::mutation::{dropped, redirected, weakened};
use crate::framework::policy::{Statement, literals, statements};
use crate::framework::requirement::{Requirement, query};

pub(crate) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "AWS-S3-1",
            "Objects of every size are archived: by default S3 leaves those under 128 KB where they are (S3 user guide, \
             \"Transitioning objects using Amazon S3 Lifecycle\").",
        )
        .verified_by(query!(
            objects_of_every_size_are_archived,
            [
                dropped(
                    A::<S3BucketLifecycleConfiguration>::transition_default_minimum_object_size()
                ),
                weakened(
                    A::<S3BucketLifecycleConfiguration>::transition_default_minimum_object_size()
                ),
            ]
        )),
        Requirement::new(
            "AWS-S3-2",
            "Objects that a role of the stack reads are in a storage class that S3 reads at once. An object in Glacier Flexible \
             Retrieval or Glacier Deep Archive must be restored first, and until then `GetObject` fails with \
             `InvalidObjectState` (S3 API reference, \"GetObject\").",
        )
        .verified_by(query!(
            objects_that_are_read_need_no_restore,
            [redirected(
                A::<S3BucketLifecycleConfiguration>::bucket(),
                "bucket/checkpoints/bucket"
            )
            .within("bucket/audit/")]
        )),
    ]
}

fn objects_of_every_size_are_archived(case: Case<'_>) -> Verdict {
    case.any::<S3BucketLifecycleConfiguration>()
        .must("archive objects of every size", |lifecycle| {
            lifecycle
                .transition_default_minimum_object_size()
                .is("varies_by_storage_class")
        })
        .verdict()
}

/// Objects that an operator uploads for an operation which reads them on the same day.
const READ_WHEN_UPLOADED: &str = "idempotency-keys/import/";

fn objects_that_are_read_need_no_restore(case: Case<'_>) -> Verdict {
    let policies = case.items::<IamRolePolicy>();
    let allowed = policies
        .iter()
        .flat_map(|policy| statements(policy.policy()))
        .filter(|statement| statement.allows() && statement.actions().contains(&"s3:GetObject"));
    let read: Vec<&Term> = allowed
        .flat_map(Statement::resources)
        .filter(|resource| !literals(resource).contains(READ_WHEN_UPLOADED))
        .collect();
    case.any::<S3BucketLifecycleConfiguration>()
        .must("archive no object that a role reads", |lifecycle| {
            let mut buckets = lifecycle.to::<S3Bucket, _>(lifecycle.bucket()).into_iter();
            let is_read = buckets.any(|bucket| {
                let mut is_read = false;
                for resource in &read {
                    resource.references(&mut |id| is_read |= id == bucket.node.node_id());
                }
                is_read
            });
            let rules = lifecycle.rule();
            let mut steps = rules.iter().flat_map(View::transition);
            !is_read || steps.all(|step| step.storage_class().is("GLACIER_IR"))
        })
        .verdict()
}
