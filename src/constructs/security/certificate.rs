//! ACM certificates, validated by DNS.

use std::collections::BTreeMap;

use crate::aws;
use crate::aws::route53_record::Route53RecordArgs;
use crate::diagnostic::KeyPath;
use crate::newtypes::{DomainName, PublicName, Region};
use crate::terraform::tree::{Handle, Scope, Value};

/// TTL of validation records in seconds.
const RECORD_TTL: u16 = 60;

/// The certificates of an environment, one for each public name and region, each added on first use.
#[derive(Debug, Default)]
pub struct Certificates {
    certificates: BTreeMap<(PublicName, Region), Value<String>>,
    records: BTreeMap<PublicName, Handle<aws::Route53Record>>,
}

impl Certificates {
    /// The ARN of the validated certificate for `name`, which resolves to `domain`, in `region`. `zone_id` is its hosted
    /// zone, and `section` requests it.
    ///
    /// Construct paths contain the unresolved name, so that they are equal in all environments.
    ///
    /// The validation record is the same in all regions (ACM user guide, "DNS validation"), so a second region adds
    /// no second record.
    pub fn get(
        &mut self,
        root: &mut Scope<'_>,
        (name, domain): (&PublicName, &DomainName),
        zone_id: &Value<String>,
        region: Region,
        section: KeyPath,
    ) -> Value<String> {
        if let Some(arn) = self.certificates.get(&(name.clone(), region)) {
            return arn.clone();
        }
        let mut root = root.in_region(region.as_str());
        let scope = root.child("certificate").into_child(name.to_string());
        let mut scope = scope.from_key_path(section);
        // The listener uses the old certificate until the new one is valid.
        let certificate = aws::AcmCertificate::new()
            .domain_name(domain.to_string())
            .validation_method("DNS")
            .create_before_destroy();
        let certificate = scope.add(region.short(), certificate);
        let record = *self
            .records
            .entry(name.clone())
            .or_insert_with(|| validation_record(&mut scope, certificate, zone_id));
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
    zone_id: &Value<String>,
) -> Handle<aws::Route53Record> {
    let validation = || certificate.domain_validation_options().one();
    let record = aws::Route53Record::new(Route53RecordArgs {
        name: validation().resource_record_name(),
        r#type: validation().resource_record_type(),
        zone_id: zone_id.clone(),
    })
    .records([validation().resource_record_value()])
    .ttl(RECORD_TTL)
    // The old system may have a certificate for the same name, and with it the same record.
    .allow_overwrite(true);
    scope.add("record", record)
}
