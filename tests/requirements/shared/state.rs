//! Shared evidence about Terraform states.

use paymig::aws::{
    DynamodbTable, S3Bucket, S3BucketPolicy, S3BucketPublicAccessBlock,
    S3BucketServerSideEncryptionConfiguration, S3BucketVersioning,
};
use paymig::terraform::tree::Argument as A;

use crate::deployments::deployments;
use crate::framework::case::Text;
use crate::framework::mutation::{removed, weakened, weakened_in};
use crate::framework::requirement::{BOOTSTRAP, Query, query};
use crate::queries::state;

/// The file of the test that compares the backends with `bootstrap`.
pub(crate) const FILE: &str = "tests/requirements/shared/state.rs";

pub(crate) fn state_bucket_keeps_versions_and_is_closed() -> Query {
    query!(
        state::state_bucket_keeps_versions_and_is_closed,
        BOOTSTRAP,
        [
            removed::<S3Bucket>(),
            removed::<S3BucketVersioning>(),
            weakened_in(
                A::<S3BucketVersioning>::versioning_configuration(),
                "status"
            ),
            removed::<S3BucketServerSideEncryptionConfiguration>(),
            removed::<S3BucketPublicAccessBlock>(),
            removed::<S3BucketPolicy>(),
        ]
    )
}

pub(crate) fn lock_table_exists() -> Query {
    query!(
        state::lock_table_exists,
        BOOTSTRAP,
        [
            removed::<DynamodbTable>(),
            weakened(A::<DynamodbTable>::hash_key()),
            weakened(A::<DynamodbTable>::name()),
        ]
    )
}

#[test]
fn environments_use_the_bucket_and_the_locks_of_bootstrap() {
    let all = deployments();
    let bootstraps = all.iter().filter(|it| it.environment.is_bootstrap());
    let mut compared = 0;
    for bootstrap in bootstraps {
        let system = bootstrap.at_default();
        let table = system.tree.each::<DynamodbTable>().next();
        let table = table.and_then(|(_, table)| table.name().text());
        let buckets: Vec<_> = system
            .tree
            .each::<S3Bucket>()
            .filter_map(|(_, bucket)| bucket.bucket().text())
            .collect();
        let mut keys = Vec::new();
        let others = all.iter().filter(|it| it.stack == bootstrap.stack);
        for other in others.filter(|it| !it.environment.is_bootstrap()) {
            let configuration = other.configuration(&other.at_default().tree);
            let backend = &configuration["terraform"]["backend"]["s3"];
            let id = other.id();
            assert_eq!(backend["dynamodb_table"].as_str(), table, "{id}");
            assert_eq!(backend["use_lockfile"], true, "{id}");
            assert_eq!(backend["encrypt"], true, "{id}");
            let bucket = backend["bucket"].as_str();
            assert!(bucket.is_some_and(|it| buckets.contains(&it)), "{id}");
            keys.push(backend["key"].clone());
            compared += 1;
        }
        let count = keys.len();
        keys.dedup();
        assert_eq!(
            keys.len(),
            count,
            "{}: one state of two environments",
            bootstrap.stack
        );
    }
    assert!(compared > 2, "{compared} environments have a state in S3");
}
