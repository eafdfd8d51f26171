//! Shared evidence about the buckets and tables that keep records.

use paymig::aws::S3Bucket;

use crate::framework::mutation::removed;
use crate::framework::requirement::{Query, query};
use crate::queries::archive;

pub(crate) fn audit_logs_have_a_bucket() -> Query {
    query!(
        archive::audit_logs_have_a_bucket,
        [removed::<S3Bucket>().within("bucket/audit")]
    )
}
