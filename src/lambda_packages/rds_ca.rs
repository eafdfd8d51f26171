//! Certificate authorities that sign the certificates of Amazon RDS.

use super::deployment_package::{CA_FOLDER, SOURCE_FILES};
use crate::newtypes::Region;

/// Returns the root certificates of RDS in `region` as PEM, or None for a region without a file in
/// `lambda/database/ca`.
pub fn rds_ca_pem(region: Region) -> Option<&'static str> {
    let path = format!("{CA_FOLDER}/{region}.pem");
    let (_, pem) = SOURCE_FILES.iter().find(|(known, _)| *known == path)?;
    std::str::from_utf8(pem).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_without_a_file_has_no_roots() {
        assert_eq!(rds_ca_pem("il-central-1".parse().unwrap()), None);
    }

    #[test]
    fn each_file_has_three_roots_of_a_known_region() {
        let folder = format!("{CA_FOLDER}/");
        let files = SOURCE_FILES
            .iter()
            .filter_map(|(path, _)| path.strip_prefix(&folder)?.strip_suffix(".pem"));
        let mut regions = 0;
        for region in files {
            let pem = rds_ca_pem(region.parse().unwrap()).unwrap();
            assert_eq!(pem.matches("BEGIN CERTIFICATE").count(), 3, "{region}");
            regions += 1;
        }
        assert!(regions > 20, "{regions}");
    }
}
