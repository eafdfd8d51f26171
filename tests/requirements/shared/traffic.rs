//! Shared evidence about traffic between the two sides.

use paymig::aws::{Lb, S3Bucket, S3BucketLifecycleConfiguration, data};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, removed};
use crate::framework::requirement::{Query, query};
use crate::queries::traffic;

pub(crate) fn requests_are_logged() -> Query {
    query!(
        traffic::requests_are_logged,
        [
            dropped(A::<Lb>::access_logs()).within("balancer"),
            removed::<S3Bucket>().within("balancer"),
            removed::<S3BucketLifecycleConfiguration>().within("balancer"),
            removed::<data::ElbServiceAccount>(),
        ]
    )
}
