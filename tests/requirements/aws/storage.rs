//! S3.

use paymig::aws::S3BucketLifecycleConfiguration;
use paymig::terraform::tree::Argument as A;

use crate::framework::case::{Case, Known, Verdict};
use crate::framework::mutation::{dropped, weakened};
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
