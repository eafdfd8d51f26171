//! Shared evidence about names.

use paymig::aws::{IamRolePolicy, KmsAlias};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::weakened;
use crate::framework::requirement::{Query, query};
use crate::queries::suffix;

pub(crate) fn every_name_contains_the_suffix() -> Query {
    query!(
        suffix::every_name_contains_the_suffix,
        [
            weakened(A::<IamRolePolicy>::name()),
            weakened(A::<KmsAlias>::name()),
        ]
    )
}
