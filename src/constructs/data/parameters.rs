//! Values in Parameter Store; never a secret.

use std::collections::BTreeMap;

use crate::aws;
use crate::aws::ssm_parameter::SsmParameterArgs;
use crate::constructs::core::Context;
use crate::terraform::tree::Scope;

/// The values that a stack file sets, below the environment's path.
pub fn parameters(scope: &mut Scope<'_>, context: &Context<'_>, values: &BTreeMap<String, String>) {
    let mut scope = scope.child("parameter");
    for (name, value) in values {
        let parameter = aws::SsmParameter::new(SsmParameterArgs {
            name: format!("{}/{name}", context.names.parameter_root()).into(),
            r#type: "String".into(),
        });
        // `value` is hidden in every plan; these are no secrets, and reviewers read plans.
        scope.add(
            name.replace('/', "-"),
            parameter.insecure_value(value.clone()),
        );
    }
}
