//! Files are written whole or not at all.

use std::fs;
#[cfg(unix)]
use std::process::Command;

use tempfile::TempDir;

use crate::process::{done, failed, paymig_to};

const MIGRATION: &str = "synth --suffix abc123 --env migration";
const DOCUMENT: &str = "stacks/orchestrated-migration/cdk.tf.json";

#[test]
fn who_reads_the_old_file_keeps_it_whole() {
    let folder = TempDir::new().unwrap();
    done(&mut paymig_to(folder.path(), MIGRATION));
    let (document, old) = (folder.path().join(DOCUMENT), folder.path().join("old"));
    // A second name of the same file: written in place, it would change too.
    fs::hard_link(&document, &old).unwrap();
    let before = fs::read(&old).unwrap();
    done(&mut paymig_to(
        folder.path(),
        &format!("{MIGRATION} --protect"),
    ));
    assert!(fs::read(&old).unwrap() == before);
    assert!(fs::read(&document).unwrap() != before);
}

#[test]
fn what_cannot_be_written_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let document = folder.path().join(DOCUMENT);
    fs::create_dir_all(&document).unwrap();
    let said = failed(&mut paymig_to(folder.path(), MIGRATION));
    assert!(said.contains(DOCUMENT), "{said}");
    assert!(!folder.path().join("manifest.json").exists());
    let left = document.parent().unwrap().read_dir().unwrap();
    assert_eq!(left.count(), 1, "the folder that is in the way");
}

#[cfg(unix)]
#[test]
fn a_disk_that_fills_up_leaves_the_old_file_whole() {
    use std::os::unix::process::ExitStatusExt as _;

    let folder = TempDir::new().unwrap();
    done(&mut paymig_to(folder.path(), MIGRATION));
    let document = folder.path().join(DOCUMENT);
    let before = fs::read(&document).unwrap();
    // The limit of a file's size makes a write fail halfway: at 16 blocks.
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$@\"", "sh"])
        .arg(env!("CARGO_BIN_EXE_paymig"))
        .args(MIGRATION.split(' '))
        .args(["--protect", "-o"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.signal(), None);
    assert_eq!(output.status.code(), Some(2));
    assert!(fs::read(&document).unwrap() == before);
    assert_eq!(document.parent().unwrap().read_dir().unwrap().count(), 2);
}

#[cfg(unix)]
#[test]
fn files_have_the_permissions_that_the_umask_leaves() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = TempDir::new().unwrap();
    done(&mut paymig_to(folder.path(), MIGRATION));
    let plain = folder.path().join("plain");
    fs::write(&plain, "").unwrap();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(folder.path().join(DOCUMENT)), mode(plain));
}
