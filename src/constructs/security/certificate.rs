//! TLS certificates, requested from ACM and validated by a DNS record.

use std::collections::BTreeMap;

use crate::aws;
use crate::aws::route53_record::Route53RecordArgs;
use crate::constructs::dns::zone::Zone;
use crate::newtypes::{DomainName, Region};
use crate::terraform::tree::{Handle, Scope, Value};

/// Seconds for which resolvers keep a validation record.
const RECORD_TTL: u16 = 60;

/// The certificates of a system: one for each name and region, each made when it is first asked for.
#[derive(Debug, Default)]
pub struct Certificates {
    certificates: BTreeMap<(DomainName, Region), Value<String>>,
    records: BTreeMap<DomainName, Handle<aws::Route53Record>>,
}

impl Certificates {
    /// The ARN of the certificate for `name` in `region`, known once it is valid.
    ///
    /// ACM demands one record for each name and account, the same in all regions (ACM user guide, "DNS
    /// validation"), so a second region adds no second record.
    pub fn get(
        &mut self,
        root: &mut Scope<'_>,
        name: &DomainName,
        zone: Zone,
        region: Region,
    ) -> Value<String> {
        if let Some(arn) = self.certificates.get(&(name.clone(), region)) {
            return arn.clone();
        }
        let mut root = root.in_region(region.as_str());
        let mut scope = root.child("certificate").into_child(name.to_string());
        // A listener uses the old one until the new one is valid.
        let certificate = aws::AcmCertificate::new()
            .domain_name(name.to_string())
            .validation_method("DNS")
            .create_before_destroy();
        let certificate = scope.add(region.short(), certificate);
        let record = *self
            .records
            .entry(name.clone())
            .or_insert_with(|| validation_record(&mut scope, certificate, zone));
        let validation = aws::AcmCertificateValidation::new(certificate.arn()).depends_on(record);
        let validation = scope.child("validation").add(region.short(), validation);
        let arn = validation.certificate_arn();
        self.certificates
            .insert((name.clone(), region), arn.clone());
        arn
    }
}

fn validation_record(
    scope: &mut Scope<'_>,
    certificate: Handle<aws::AcmCertificate>,
    zone: Zone,
) -> Handle<aws::Route53Record> {
    let demanded = || certificate.domain_validation_options().one();
    let record = aws::Route53Record::new(Route53RecordArgs {
        name: demanded().resource_record_name(),
        r#type: demanded().resource_record_type(),
        zone_id: zone.id(),
    })
    .records([demanded().resource_record_value()])
    .ttl(RECORD_TTL)
    // Another environment may have proved the same name: the record is the same then.
    .allow_overwrite(true);
    scope.add("record", record)
}
