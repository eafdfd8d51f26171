//! Shared evidence about keys.

use paymig::aws::KmsKey;
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, weakened, widened_in};
use crate::framework::requirement::{Query, query};
use crate::queries::keys;

pub(crate) fn key_policies_name_their_users() -> Query {
    query!(
        keys::key_policies_name_their_users,
        [
            dropped(A::<KmsKey>::policy()),
            widened_in(A::<KmsKey>::policy(), "AWS"),
        ]
    )
}

pub(crate) fn keys_rotate() -> Query {
    query!(
        keys::keys_rotate,
        [
            weakened(A::<KmsKey>::enable_key_rotation()),
            dropped(A::<KmsKey>::enable_key_rotation()),
        ]
    )
}
