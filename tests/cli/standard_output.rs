//! Standard output that nobody reads, or that takes nothing.

use std::process::Stdio;

use crate::process::paymig;

const WRITERS: [&str; 7] = [
    "synth --env migration --suffix abc123",
    "list",
    "list --format json",
    "init orchestrated",
    "schema",
    "completions bash",
    "--help",
];

#[test]
fn a_closed_pipe_is_quiet() {
    for arguments in WRITERS {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = paymig(arguments)
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
            .wait_with_output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{arguments}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn full_disk_is_reported() {
    for arguments in WRITERS {
        let full = std::fs::File::create("/dev/full").unwrap();
        let output = paymig(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments}");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(
            stderr.contains("cannot write to standard output"),
            "{stderr}"
        );
    }
}

#[test]
fn a_closed_standard_error_is_no_reason_to_panic() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = paymig("synth").stderr(writer).status().unwrap();
    assert_eq!(status.code(), Some(2));
}
