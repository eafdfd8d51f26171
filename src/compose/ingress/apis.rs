//! API Gateway APIs in front of load balancers.

use crate::compose::composer::Composer;
use crate::compose::foundations::networks::Networks;
use crate::compose::ingress::authorizers::Authorizers;
use crate::compose::ingress::balancers::Balancers;
use crate::compose::phase::runs_payment_code;
use crate::config::{Api as ApiConfig, Certificate, DnsTarget, RequestedCertificate};
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::ingress::api::{Api, ApiDeps, ApiProps, Authorization, AuthorizerFunction};
use crate::constructs::security::kms_key::DataClass;
use crate::diagnostic::Diagnostic;

/// APIs by section. None only behind a load balancer that `config::rules::ingress` rejects for an API.
pub(crate) type Apis = SectionMap<ApiConfig, Option<Api>>;

/// Adds the APIs.
pub(super) fn add(
    composer: &mut Composer<'_>,
    networks: &Networks,
    balancers: &Balancers,
    authorizers: &Authorizers,
) -> Apis {
    SectionMap::build(&composer.stack.api, |section| {
        add_api(composer, section, networks, balancers, authorizers)
    })
}

fn add_api<'a>(
    composer: &mut Composer<'a>,
    section: SectionRef<'a, ApiConfig>,
    networks: &Networks,
    balancers: &Balancers,
    authorizers: &Authorizers,
) -> Option<Api> {
    let config = SectionRef::resolve(&composer.stack.balancer, &section.balancer);
    let (network, (_, balancer)) = config.networks.first().zip(balancers.of(config).first())?;
    let Certificate::Requested(RequestedCertificate { name: host, .. }) = &config.certificate
    else {
        return None;
    };
    let network = networks.get(network);
    let host = composer.domain_of(host);
    let domain = section.config().domain.as_ref().map(|requested| {
        let certificate = composer.certificate(requested, network.region, section.key_path());
        (composer.domain_of(&requested.name), certificate)
    });
    let domain_name = domain.as_ref().map(|(name, _)| *name);
    let logs_key = composer.stack.account.api_gateway.is_some();
    let logs_key = logs_key.then(|| composer.key(DataClass::Logs, network.region));
    let waf = section.config().waf.as_ref();
    let waf = waf.map(|waf| composer.waf(waf, network.region));
    let authorization = match authorizers.of(section) {
        None => Authorization::Iam,
        Some(api) => Authorization::Custom(AuthorizerFunction {
            function_name: api.authorizer.name(),
            qualifier: None,
            invoke_arn: api.authorizer.invoke_arn(),
        }),
    };
    let zone = section
        .config()
        .domain
        .as_ref()
        .map(|requested| composer.zone(requested));
    let in_dns = has_dns_section(composer, section);
    // Before the migration, the name belongs to the old system.
    let is_named_here = runs_payment_code(composer.target.phase) && !in_dns;
    let mut root = composer.root.in_region(network.region.as_str());
    let mut scope = section.scope(&mut root);
    if logs_key.is_none() {
        scope.report(
            Diagnostic::warning("`account.api_gateway` is missing, so the API has no access log")
                .at(scope.key_path())
                .help("write `api_gateway = \"exists\"` in [account], or `\"create\"` if the environment `bootstrap` should create the role"),
        );
    }
    let props = ApiProps {
        section,
        host,
        domain,
    };
    let deps = ApiDeps {
        network,
        balancer,
        authorization,
        logs_key,
    };
    let api = Api::new(&mut scope, &composer.context, props, deps);
    if let Some(waf) = waf {
        waf.protect(&mut scope, api.stage.arn());
    }
    if let (Some(name), Some(zone), Some(target), true) =
        (domain_name, zone, &api.domain, is_named_here)
    {
        zone.add_alias_record(&mut scope, name, target.clone());
    }
    Some(api)
}

/// Whether a `[dns.N]` section adds the records of the API's domain.
fn has_dns_section(composer: &Composer<'_>, section: SectionRef<'_, ApiConfig>) -> bool {
    composer
        .stack
        .dns
        .iter()
        .any(|(_, dns)| matches!(&dns.to, DnsTarget::Api(api) if api.name() == section.key()))
}
