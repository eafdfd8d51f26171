//! Shared evidence about what outlives a destroy.

use paymig::aws::{KmsKey, RdsCluster, S3Bucket, SecretsmanagerSecret};
use paymig::terraform::builtin::TerraformData;
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, guarded, removed, weakened};
use crate::framework::requirement::{Query, query};
use crate::queries::destroy;

pub(crate) fn state_belongs_to_one_environment() -> Query {
    query!(
        destroy::state_belongs_to_one_environment,
        [
            removed::<TerraformData>().within("identity"),
            dropped(A::<TerraformData>::input()).within("identity"),
            weakened(A::<TerraformData>::input()).within("identity"),
        ]
    )
}

pub(crate) fn no_resource_prevents_destroy() -> Query {
    query!(
        destroy::no_resource_prevents_destroy,
        [
            guarded::<RdsCluster>(),
            guarded::<KmsKey>(),
            guarded::<S3Bucket>()
        ]
    )
}

pub(crate) fn no_resource_is_retained() -> Query {
    query!(
        destroy::no_resource_is_retained,
        [
            weakened(A::<RdsCluster>::deletion_protection()),
            weakened(A::<RdsCluster>::skip_final_snapshot()),
            dropped(A::<RdsCluster>::skip_final_snapshot()),
            weakened(A::<S3Bucket>::force_destroy()),
            dropped(A::<S3Bucket>::force_destroy()),
            weakened(A::<SecretsmanagerSecret>::recovery_window_in_days()),
            dropped(A::<SecretsmanagerSecret>::recovery_window_in_days()),
            dropped(A::<KmsKey>::deletion_window_in_days()),
        ]
    )
}
