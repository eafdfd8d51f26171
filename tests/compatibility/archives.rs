//! Deployment packages in snapshots: their files instead of their bytes.

use std::io::Cursor;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use zip::ZipArchive;

/// Replaces the bytes of every archive with its digest, size and files.
pub(crate) fn unpacked(mut configuration: Map<String, Value>) -> Map<String, Value> {
    let objects = configuration
        .get_mut("resource")
        .and_then(|resources| resources.get_mut("aws_s3_object"))
        .and_then(Value::as_object_mut);
    for object in objects.into_iter().flat_map(Map::values_mut) {
        if let Some(content) = object.get_mut("content_base64") {
            *content = listed(content.as_str().unwrap());
        }
    }
    configuration
}

fn listed(content: &str) -> Value {
    let bytes = BASE64_STANDARD.decode(content).unwrap();
    let sha256 = BASE64_STANDARD.encode(Sha256::digest(&bytes));
    let size = bytes.len();
    let archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files: Vec<_> = archive.file_names().map(Result::unwrap).collect();
    files.sort_unstable();
    json!({"sha256": sha256, "size": size, "files": files})
}
