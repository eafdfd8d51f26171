//! The certificate authorities that sign the certificates of RDS, for verified TLS.
//!
//! `data/rds-ca` has them: the RSA 2048, RSA 4096 and ECC 384 roots of each region.

use crate::newtypes::Region;

macro_rules! root {
    ($region:literal) => {
        (
            $region,
            include_str!(concat!("../../../data/rds-ca/", $region, ".pem")),
        )
    };
}

static ROOTS: &[(&str, &str)] = &[
    root!("af-south-1"),
    root!("ap-east-1"),
    root!("ap-northeast-1"),
    root!("ap-northeast-2"),
    root!("ap-northeast-3"),
    root!("ap-south-1"),
    root!("ap-south-2"),
    root!("ap-southeast-1"),
    root!("ap-southeast-2"),
    root!("ap-southeast-3"),
    root!("ap-southeast-4"),
    root!("ca-central-1"),
    root!("eu-central-1"),
    root!("eu-central-2"),
    root!("eu-north-1"),
    root!("eu-south-1"),
    root!("eu-south-2"),
    root!("eu-west-1"),
    root!("eu-west-2"),
    root!("eu-west-3"),
    root!("me-central-1"),
    root!("me-south-1"),
    root!("sa-east-1"),
    root!("us-east-1"),
    root!("us-east-2"),
    root!("us-west-1"),
    root!("us-west-2"),
];

/// The roots of RDS in `region` as PEM; none for the newest regions.
pub(super) fn rds_roots(region: Region) -> Option<&'static str> {
    ROOTS
        .iter()
        .find(|(known, _)| *known == region.as_str())
        .map(|(_, roots)| *roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_region_has_its_three_roots() {
        for (region, _) in ROOTS {
            let roots = rds_roots(region.parse().unwrap()).unwrap();
            assert_eq!(roots.matches("BEGIN CERTIFICATE").count(), 3, "{region}");
        }
    }
}
