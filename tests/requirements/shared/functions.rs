//! Shared evidence about functions.

use paymig::aws::{LambdaFunction, S3Bucket, S3Object};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, removed, weakened, weakened_in};
use crate::framework::requirement::{Query, query};
use crate::queries::functions;

pub(crate) fn functions_are_encrypted_and_traced() -> Query {
    query!(
        functions::functions_are_encrypted_and_traced,
        [
            dropped(A::<LambdaFunction>::kms_key_arn()),
            weakened_in(A::<LambdaFunction>::tracing_config(), "mode"),
            dropped(A::<LambdaFunction>::tracing_config()),
            weakened_in(A::<LambdaFunction>::logging_config(), "log_format"),
            weakened_in(A::<LambdaFunction>::logging_config(), "log_group"),
        ]
    )
}

pub(crate) fn functions_run_the_code_of_the_configuration() -> Query {
    query!(
        functions::functions_run_the_code_of_the_configuration,
        [
            weakened(A::<LambdaFunction>::runtime()),
            weakened(A::<LambdaFunction>::s3_object_version()),
            dropped(A::<LambdaFunction>::source_code_hash()),
            removed::<S3Object>(),
            removed::<S3Bucket>().within("artifacts"),
        ]
    )
}
