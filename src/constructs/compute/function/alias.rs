//! Lambda aliases and their provisioned concurrency.

use super::Function;
use crate::aws;
use crate::aws::appautoscaling_policy::{
    AppautoscalingPolicyArgs, PredefinedMetricSpecification,
    TargetTrackingScalingPolicyConfiguration,
};
use crate::aws::appautoscaling_target::AppautoscalingTargetArgs;
use crate::aws::lambda_alias::LambdaAliasArgs;
use crate::aws::lambda_provisioned_concurrency_config::LambdaProvisionedConcurrencyConfigArgs;
use crate::config::MinMax;
use crate::constructs::core::{Context, with_ignored_changes};
use crate::newtypes::FunctionVersion;
use crate::terraform::tree::{Handle, Scope, Value};

/// An alias that was added to a tree.
#[derive(Clone, Copy, Debug)]
pub struct Alias {
    alias: Handle<aws::LambdaAlias>,
}

/// Utilization of provisioned concurrency at which more is provisioned, as AWS recommends (Lambda
/// developer guide, "Managing provisioned concurrency with Application Auto Scaling").
const TARGET_UTILIZATION: f64 = 0.7;

/// Configuration of an alias.
#[derive(Clone, Copy, Debug)]
pub struct AliasProps {
    /// The name.
    pub name: &'static str,
    /// The version that it points to.
    pub version: FunctionVersion,
}

/// Configuration of the provisioned concurrency of an alias.
#[derive(Clone, Debug)]
pub struct ProvisionedConcurrencyProps<'a> {
    /// Part of physical names.
    pub key: &'a str,
    /// Bounds.
    pub count: &'a MinMax,
    /// Other aliases of the function with provisioned concurrency.
    pub others: Vec<Alias>,
}

const SAME_VERSION: &str = "two aliases of the function point to one version, and Lambda provisions concurrency for a \
    version through one alias only; set the color without requests to `latest`, increase `revision` of the release and \
    apply, and then set it to `current`";

impl Alias {
    /// Adds an alias of `function`.
    pub fn new(scope: &mut Scope<'_>, props: AliasProps, function: Function) -> Self {
        let AliasProps { name, version } = props;
        let alias = aws::LambdaAlias::new(LambdaAliasArgs {
            function_name: function.name(),
            function_version: match version {
                FunctionVersion::Latest | FunctionVersion::Current => function.version(),
                FunctionVersion::Number(number) => number.to_string().into(),
            },
            name: name.into(),
        });
        let alias = match version {
            FunctionVersion::Current => with_ignored_changes(alias),
            FunctionVersion::Latest | FunctionVersion::Number(_) => alias,
        };
        Self {
            alias: scope.add(name, alias),
        }
    }

    /// Scales provisioned concurrency within bounds.
    pub fn provision_concurrency(
        &self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: &ProvisionedConcurrencyProps<'_>,
    ) {
        const DIMENSION: &str = "lambda:function:ProvisionedConcurrency";
        const NAMESPACE: &str = "lambda";
        let ProvisionedConcurrencyProps { key, count, others } = props;
        let mut scope = scope.child("provisioned-concurrency");
        // Application Auto Scaling scales only what is provisioned (Lambda developer guide, "Configuring
        // provisioned concurrency for a function").
        let initial =
            aws::LambdaProvisionedConcurrencyConfig::new(LambdaProvisionedConcurrencyConfigArgs {
                function_name: self.alias.function_name(),
                provisioned_concurrent_executions: count.min.into(),
                qualifier: self.alias.name(),
            });
        let initial = others.iter().fold(initial, |initial, other| {
            let version = self.alias.function_version();
            initial.precondition(
                version.differs(other.alias.function_version()),
                SAME_VERSION,
            )
        });
        let initial = scope.add("initial", with_ignored_changes(initial));
        let resource = Value::concat([
            "function:".into(),
            self.alias.function_name(),
            ":".into(),
            self.alias.name(),
        ]);
        let target = aws::AppautoscalingTarget::new(AppautoscalingTargetArgs {
            max_capacity: count.max.into(),
            min_capacity: count.min.into(),
            resource_id: resource,
            scalable_dimension: DIMENSION.into(),
            service_namespace: NAMESPACE.into(),
        })
        .depends_on(initial);
        let target = scope.add("target", target);
        let utilization =
            PredefinedMetricSpecification::new("LambdaProvisionedConcurrencyUtilization");
        let policy = aws::AppautoscalingPolicy::new(AppautoscalingPolicyArgs {
            name: context
                .names
                .keyed("provisioned-concurrency", [*key])
                .into(),
            resource_id: target.resource_id(),
            scalable_dimension: target.scalable_dimension(),
            service_namespace: target.service_namespace(),
        })
        .policy_type("TargetTrackingScaling")
        .target_tracking_scaling_policy_configuration(
            TargetTrackingScalingPolicyConfiguration::new(TARGET_UTILIZATION)
                .predefined_metric_specification(utilization),
        );
        scope.add("policy", policy);
    }

    /// The ARN, which has the alias as qualifier.
    pub fn arn(&self) -> Value<String> {
        self.alias.arn()
    }

    /// The name, which permissions use as qualifier.
    pub fn name(&self) -> Value<String> {
        self.alias.name()
    }

    /// The ARN that API Gateway invokes.
    pub fn invoke_arn(&self) -> Value<String> {
        self.alias.invoke_arn()
    }
}
