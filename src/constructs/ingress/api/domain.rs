//! The name that callers use.

use crate::aws;
use crate::aws::api_gateway_base_path_mapping::ApiGatewayBasePathMappingArgs;
use crate::aws::api_gateway_domain_name::EndpointConfiguration;
use crate::constructs::dns::zone::AliasTarget;
use crate::newtypes::DomainName;
use crate::terraform::tree::{Handle, Scope, Value};

/// Serves `stage` under `name`, for TLS 1.2 and later only (PCI DSS 4.2.1): the default endpoint
/// cannot demand it.
pub(super) fn add(
    scope: &mut Scope<'_>,
    name: &DomainName,
    certificate: Value<String>,
    stage: Handle<aws::ApiGatewayStage>,
) -> AliasTarget {
    let mut scope = scope.child("domain");
    let domain = aws::ApiGatewayDomainName::new(name.to_string())
        .regional_certificate_arn(certificate)
        .security_policy("TLS_1_2")
        .endpoint_configuration(EndpointConfiguration::new(["REGIONAL"]));
    let domain = scope.add("domain", domain);
    let mapping = aws::ApiGatewayBasePathMapping::new(ApiGatewayBasePathMappingArgs {
        api_id: stage.rest_api_id(),
        domain_name: domain.domain_name(),
    })
    .stage_name(stage.stage_name());
    scope.add("mapping", mapping);
    AliasTarget {
        name: domain.regional_domain_name(),
        zone_id: domain.regional_zone_id(),
    }
}
