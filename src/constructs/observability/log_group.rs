//! Log groups, encrypted with a customer-managed key.

use crate::aws;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::RetentionDays;
use crate::terraform::tree::{Declared, Value};

/// Declares the log group `name`, encrypted with `key`.
pub fn log_group(
    name: impl Into<Value<String>>,
    retention: RetentionDays,
    key: KmsKey,
) -> Declared<aws::CloudwatchLogGroup> {
    aws::CloudwatchLogGroup::new()
        .name(name)
        .kms_key_id(key.arn())
        .retention_in_days(retention.get())
}
