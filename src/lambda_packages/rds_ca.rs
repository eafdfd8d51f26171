//! Certificate authorities that sign the certificates of Amazon RDS.

use super::deployment_package::{CA_FOLDER, SOURCE_FILES};
use crate::newtypes::Region;

/// Returns the root certificates of RDS in `region` as PEM; the newest regions have none here.
///
/// The files are those of `lambda/database/ca`.
pub fn rds_ca_pem(region: Region) -> Option<&'static str> {
    let path = format!("{CA_FOLDER}/{region}.pem");
    let (_, pem) = SOURCE_FILES.iter().find(|(known, _)| *known == path)?;
    std::str::from_utf8(pem).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_region_has_three_roots() {
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
