//! Deterministic zips.

use std::io::{Cursor, Write as _};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// A zip of a program's files.
#[derive(Clone, Debug)]
pub struct Archive {
    files: Vec<String>,
    bytes: Vec<u8>,
}

impl Archive {
    /// A zip of `files`, which are paths and contents.
    ///
    /// # Panics
    /// Never: writing to memory fails for archives of 4 GiB only.
    #[expect(clippy::expect_used, reason = "memory takes every write")]
    pub(super) fn of<'a>(files: impl IntoIterator<Item = (String, &'a [u8])>) -> Self {
        let mut files: Vec<_> = files.into_iter().collect();
        files.sort_unstable();
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default())
            .unix_permissions(READABLE);
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (path, content) in &files {
            zip.start_file(path.as_str(), options)
                .and_then(|()| Ok(zip.write_all(content)?))
                .expect("a zip in memory");
        }
        Self {
            files: files.into_iter().map(|(path, _)| path).collect(),
            bytes: zip.finish().expect("a zip in memory").into_inner(),
        }
    }

    /// The paths of its files, in order.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str)
    }

    /// Its bytes in base 64, which is how they travel in a document.
    pub fn base64(&self) -> String {
        BASE64_STANDARD.encode(&self.bytes)
    }

    /// The SHA-256 of its bytes in base 64, which is how Lambda tells that code changed.
    pub fn sha256_base64(&self) -> String {
        BASE64_STANDARD.encode(Sha256::digest(&self.bytes))
    }
}

/// Lambda runs as a user of its own: everybody must be able to read.
const READABLE: u32 = 0o644;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_the_same_bytes_whatever_the_order() {
        let one = || ("a/b.py".to_owned(), b"1".as_slice());
        let two = || ("a/c.py".to_owned(), b"2".as_slice());
        let (forth, back) = (Archive::of([one(), two()]), Archive::of([two(), one()]));
        assert_eq!(forth.bytes, back.bytes);
        assert_eq!(
            forth.sha256_base64(),
            "JDhABdKSmVLAvNE8VCUGVx5utCKVtwdGYP130qJcNq8=",
            "these bytes are in every document: a new version of the zip crate must not change them"
        );
    }
}
