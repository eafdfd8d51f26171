//! APIs: authorization, validation, domain names, private integration, logs.

use paymig::aws;
use paymig::terraform::tree::{Term, View};

use crate::framework::case::{Amount, Case, Item, Known, Text, Verdict};

/// Every method has an authorizer of the system, which authorizes each request.
pub(crate) fn methods_use_a_request_authorizer(case: Case<'_>) -> Verdict {
    let methods = case
        .every::<aws::ApiGatewayMethod>()
        .must("use an authorizer", |method| {
            let authorizer = method.authorizer_id();
            method.authorization().is("CUSTOM")
                && method.to::<aws::ApiGatewayAuthorizer, _>(authorizer).len() == 1
        })
        .verdict();
    let authorizers = case
        .every::<aws::ApiGatewayAuthorizer>()
        .must("authorize each request, without a cache", |authorizer| {
            authorizer.r#type().is("REQUEST") && authorizer.authorizer_result_ttl_in_seconds().is(0)
        })
        .must("be a function that the API may call", |authorizer| {
            let functions = authorizer.to::<aws::LambdaFunction, _>(authorizer.authorizer_uri());
            functions.iter().any(|function| {
                type Permission = aws::LambdaPermission;
                let all = function.from::<Permission, _>(View::<Permission>::function_name);
                let mut all = all.iter();
                all.any(|permission| {
                    permission.principal().is("apigateway.amazonaws.com")
                        && !permission
                            .to::<aws::ApiGatewayRestApi, _>(permission.source_arn())
                            .is_empty()
                })
            })
        })
        .verdict();
    methods.and(authorizers)
}

/// API Gateway rejects requests that match no model.
pub(crate) fn requests_are_validated(case: Case<'_>) -> Verdict {
    let methods = case
        .every::<aws::ApiGatewayMethod>()
        .must("validate parameters and body", |method| {
            let validator = method.request_validator_id();
            let validators = method.to::<aws::ApiGatewayRequestValidator, _>(validator);
            matches!(&validators[..], [one] if one.validate_request_body().is(true)
                && one.validate_request_parameters().is(true))
        })
        .that("with a body", |method| method.http_method().is("POST"))
        .must("have a model of its body", |method| {
            !method
                .to::<aws::ApiGatewayModel, _>(method.request_models())
                .is_empty()
        })
        .verdict();
    let models = case
        .every::<aws::ApiGatewayModel>()
        .must("list all fields and reject others", |model| {
            let schema = model.schema().text().unwrap_or_default();
            let schema: serde_json::Value = serde_json::from_str(schema).unwrap_or_default();
            schema["additionalProperties"] == false
                && schema["required"]
                    .as_array()
                    .is_some_and(|all| !all.is_empty())
        })
        .verdict();
    methods.and(models)
}

/// PCI DSS 4.2.1: the custom domain name only, with a certificate, and TLS 1.2 or later.
pub(crate) fn apis_have_a_domain_name_and_accept_tls_only(case: Case<'_>) -> Verdict {
    let apis = case
        .every::<aws::ApiGatewayRestApi>()
        .must("have no default endpoint", |api| {
            api.disable_execute_api_endpoint().is(true)
        })
        .verdict();
    let names = case
        .every::<aws::ApiGatewayDomainName>()
        .must("require TLS 1.2", |domain| {
            domain.security_policy().is("TLS_1_2")
        })
        .must("have a validated certificate", |domain| {
            let validations =
                domain.to::<aws::AcmCertificateValidation, _>(domain.regional_certificate_arn());
            validations
                .iter()
                .any(|validation| is_validated(validation))
        })
        .must("map to a stage", |domain| {
            type Mapping = aws::ApiGatewayBasePathMapping;
            let mappings = domain.from::<Mapping, _>(View::<Mapping>::domain_name);
            mappings.iter().any(|mapping| {
                !mapping
                    .to::<aws::ApiGatewayStage, _>(mapping.api_id())
                    .is_empty()
            })
        })
        .must("have a DNS record", |domain| {
            let records = domain.case.items::<aws::Route53Record>();
            records.iter().any(|record| {
                let zones = record.to::<aws::data::Route53Zone, _>(record.zone_id());
                let alias = record.alias();
                zones.len() == 1
                    && alias.iter().any(|alias| {
                        alias
                            .name()
                            .is_some_and(|name| name.refers_to(domain.node.node_id()))
                    })
            })
        })
        .verdict();
    apis.and(names)
}

/// PCI DSS 6.4.2: a web ACL blocks attacks on web applications before each stage.
pub(crate) fn apis_are_protected_by_web_acls(case: Case<'_>) -> Verdict {
    const GROUPS: [&str; 3] = [
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesSQLiRuleSet",
    ];
    let stages = case
        .every::<aws::ApiGatewayStage>()
        .must("be protected by a web ACL", |stage| {
            type Association = aws::Wafv2WebAclAssociation;
            let all = stage.from::<Association, _>(View::<Association>::resource_arn);
            all.iter().any(|association| {
                !association
                    .to::<aws::Wafv2WebAcl, _>(association.web_acl_arn())
                    .is_empty()
            })
        })
        .verdict();
    let acls = case
        .every::<aws::Wafv2WebAcl>()
        .must("block known attacks and high request rates", |acl| {
            let rules = acl.rule();
            let statements: Vec<_> = rules
                .iter()
                .filter_map(View::<aws::wafv2_web_acl::Rule>::statement)
                .collect();
            let limited = statements.iter().any(|statement| {
                let rate = statement.rate_based_statement();
                rate.is_some_and(|rate| rate.limit().at_least(1))
            });
            limited
                && GROUPS.iter().all(|group| {
                    statements.iter().any(|statement| {
                        let managed = statement.managed_rule_group_statement();
                        managed.is_some_and(|managed| managed.name().is(group))
                    })
                })
        })
        .must("log requests, without tokens", |acl| {
            type Logging = aws::Wafv2WebAclLoggingConfiguration;
            let all = acl.from::<Logging, _>(View::<Logging>::resource_arn);
            all.iter().any(|logging| {
                logging.uses_own::<aws::CloudwatchLogGroup, _>(logging.log_destination_configs())
                    && logging.redacted_fields().iter().any(|field| {
                        let header = field.single_header();
                        header.is_some_and(|header| header.name().is("authorization"))
                    })
            })
        })
        .verdict();
    stages.and(acls)
}

/// From the API to the load balancer requests cross no public network.
pub(crate) fn requests_stay_on_private_links(case: Case<'_>) -> Verdict {
    let integrations = case
        .every::<aws::ApiGatewayIntegration>()
        .must("go through a VPC link over HTTPS", |integration| {
            let links = integration.to::<aws::ApiGatewayVpcLink, _>(integration.connection_id());
            let uri = integration.uri().text().unwrap_or_default();
            integration.connection_type().is("VPC_LINK")
                && uri.starts_with("https://")
                && !links.is_empty()
        })
        .must("belong to a method of a path", |integration| {
            !integration
                .to::<aws::ApiGatewayMethod, _>(integration.http_method())
                .is_empty()
                && integration
                    .to::<aws::ApiGatewayResource, _>(integration.resource_id())
                    .len()
                    == 1
        })
        .exactly(case.items::<aws::ApiGatewayMethod>().len())
        .verdict();
    let links = case
        .every::<aws::ApiGatewayVpcLink>()
        .must("forward to an internal Application Load Balancer", |link| {
            let entries = link.to::<aws::Lb, _>(link.target_arns());
            entries.len() == 1 && entries.iter().all(leads_to_application_balancer)
        })
        .verdict();
    integrations.and(links)
}

/// Logs contain caller, status and latency, and no request or response data.
pub(crate) fn calls_are_logged_without_data(case: Case<'_>) -> Verdict {
    case.every::<aws::ApiGatewayStage>()
        .must("log calls", |stage| {
            let logs = stage.access_log_settings();
            logs.is_some_and(|logs| {
                stage.uses_own::<aws::CloudwatchLogGroup, _>(logs.destination_arn())
            })
        })
        .must("be traced", |stage| stage.xray_tracing_enabled().is(true))
        .must("publish metrics, throttle, and log no bodies", |stage| {
            type Settings = aws::ApiGatewayMethodSettings;
            let all = stage.from::<Settings, _>(View::<Settings>::stage_name);
            all.iter().any(|settings| {
                let path = settings.method_path().is("*/*");
                let settings = settings.settings();
                path && settings.is_some_and(|settings| {
                    settings.data_trace_enabled().is(false)
                        && settings.metrics_enabled().is(true)
                        && settings.throttling_rate_limit().is_some()
                })
            })
        })
        .must("serve the latest deployment", |stage| {
            let deployments = stage.to::<aws::ApiGatewayDeployment, _>(stage.deployment_id());
            matches!(&deployments[..], [one] if one.triggers().is_some())
        })
        .verdict()
}

/// Error responses have a template of the API, without internal details.
pub(crate) fn error_responses_contain_no_internal_details(case: Case<'_>) -> Verdict {
    case.every::<aws::ApiGatewayGatewayResponse>()
        .some("covers server errors", |answer| {
            answer.response_type().is("DEFAULT_5XX")
        })
        .some("covers rejected requests", |answer| {
            answer.response_type().is("DEFAULT_4XX")
        })
        .must("return the request id, and require TLS", |answer| {
            let templates = answer.response_templates();
            let has_request_id =
                templates.and_then(|all| match all.key("application/json")?.term() {
                    Term::Text(text) => Some(text.contains("$context.requestId")),
                    _ => None,
                });
            has_request_id == Some(true) && answer.response_parameters().is_some()
        })
        .verdict()
}

/// Whether the certificate was validated by DNS.
pub(crate) fn is_validated(validation: &Item<'_, aws::AcmCertificateValidation>) -> bool {
    let certificates = validation.to::<aws::AcmCertificate, _>(validation.certificate_arn());
    certificates.iter().any(|certificate| {
        type Record = aws::Route53Record;
        let records = certificate.from::<Record, _>(View::<Record>::records);
        certificate.validation_method().is("DNS")
            && records.iter().any(|record| {
                let waited = validation.node.meta().depends_on();
                waited.contains(&record.node.node_id())
                    && record
                        .to::<aws::data::Route53Zone, _>(record.zone_id())
                        .len()
                        == 1
            })
    })
}

/// Network load balancer, listener, target group, and an application load balancer in it.
fn leads_to_application_balancer(entry: &Item<'_, aws::Lb>) -> bool {
    let listeners = entry.from::<aws::LbListener, _>(View::<aws::LbListener>::load_balancer_arn);
    let groups = listeners.iter().flat_map(|listener| {
        let actions = listener.default_action();
        let mut groups = Vec::new();
        for action in actions {
            groups.extend(listener.to::<aws::LbTargetGroup, _>(action.target_group_arn()));
        }
        groups
    });
    let mut targets = groups.flat_map(|group| {
        type Attachment = aws::LbTargetGroupAttachment;
        let attached = group.from::<Attachment, _>(View::<Attachment>::target_group_arn);
        let targets = attached
            .iter()
            .flat_map(|it| it.to::<aws::Lb, _>(it.target_id()));
        targets.collect::<Vec<_>>()
    });
    entry.internal().is(true)
        && targets.any(|target| {
            target.load_balancer_type().is("application") && target.internal().is(true)
        })
}
