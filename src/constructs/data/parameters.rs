//! Values in Parameter Store; never a secret.

use std::collections::BTreeMap;

use crate::aws;
use crate::aws::ssm_parameter::SsmParameterArgs;
use crate::constructs::core::Context;
use crate::terraform::tree::Scope;

/// Adds the parameters of the stack file, below the environment's path.
pub fn add_parameters(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    values: &BTreeMap<String, String>,
) {
    let mut scope = scope.child("parameter");
    for (name, value) in values {
        let parameter = aws::SsmParameter::new(SsmParameterArgs {
            name: format!("{}/{name}", context.names.parameter_root()).into(),
            r#type: "String".into(),
        });
        // Plans hide `value`. These values are not secret, and reviewers read plans.
        scope.add(
            name.replace('/', "-"),
            parameter.insecure_value(value.clone()),
        );
    }
}
