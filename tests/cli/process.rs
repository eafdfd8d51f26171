//! Runs the real command, apart from the environment variables of whoever runs the tests.

use std::path::Path;
use std::process::Command;

/// The command with `arguments`, which are split at spaces; [`Command::arg`] adds paths.
pub(crate) fn paymig(arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paymig"));
    command
        .args(arguments.split_whitespace())
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    for variable in [
        "PAYMIG_STACK",
        "PAYMIG_SUFFIX",
        "CDKTF_OUTDIR",
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
    ] {
        command.env_remove(variable);
    }
    command
}

/// `paymig` with `-o PATH`.
pub(crate) fn paymig_to(path: &Path, arguments: &str) -> Command {
    let mut command = paymig(arguments);
    command.arg("-o").arg(path);
    command
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a command to its end.
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
pub(crate) fn run(command: &mut Command) -> Ended {
    let output = command.output().unwrap();
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// What a command writes that is done: exit code 0.
#[track_caller]
pub(crate) fn done(command: &mut Command) -> String {
    let ended = run(command);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    ended.stdout
}

/// What a command says that cannot work: exit code 2, and no result.
#[track_caller]
pub(crate) fn failed(command: &mut Command) -> String {
    let ended = run(command);
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    assert_eq!(ended.stdout, "");
    assert!(ended.stderr.starts_with("error: "), "{}", ended.stderr);
    ended.stderr
}

/// Every environment of every embedded stack, as selection flags.
pub(crate) fn every_environment() -> Vec<String> {
    let listed: serde_json::Value = json("list --format json");
    let stacks = listed.as_array().into_iter().flatten();
    let selections = stacks.flat_map(|stack| {
        let environments = stack["environments"].as_array().into_iter().flatten();
        environments.map(|environment| {
            let (stack, environment) = (&stack["stack"], &environment["name"]);
            format!("--stack {stack} --env {environment} --suffix abc123").replace('"', "")
        })
    });
    selections.collect()
}

/// What a command writes that writes JSON.
#[track_caller]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
pub(crate) fn json(arguments: &str) -> serde_json::Value {
    serde_json::from_str(&done(&mut paymig(arguments))).unwrap()
}
