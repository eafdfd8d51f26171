//! Shared evidence about the parameters that hold configuration.

use paymig::aws::SsmParameter;
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{removed, weakened};
use crate::framework::requirement::{Query, query};
use crate::queries::configuration;

pub(crate) fn parameters_are_under_the_path_of_their_environment() -> Query {
    query!(
        configuration::parameters_are_under_the_path_of_their_environment,
        [
            removed::<SsmParameter>().at_once(),
            weakened(A::<SsmParameter>::name()),
            weakened(A::<SsmParameter>::r#type()),
        ]
    )
}
