//! What the README shows is what happens: its console blocks run, one after another, in one folder.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::process::{paymig, run};

/// A command line, and what the README shows below it.
struct Example {
    command: String,
    shown: String,
}

/// Stands in the README for the rest of an output.
const REST: &str = "...\n";

#[test]
fn every_example_of_the_readme_writes_what_it_shows() {
    let folder = tempfile::tempdir().unwrap();
    let examples = examples(&fs::read_to_string("README.md").unwrap());
    assert!(!examples.is_empty());
    for Example { command, shown } in examples {
        let ended = run(&mut shell(folder.path(), &command));
        let written = ended.stderr + &ended.stdout;
        match shown.strip_suffix(REST) {
            Some(start) => assert!(written.starts_with(start), "{command}\n{written}"),
            None => assert_eq!(written, shown, "{command}"),
        }
    }
}

#[test]
fn the_readme_shows_every_command() {
    let readme = fs::read_to_string("README.md").unwrap();
    let help = run(&mut paymig("--help")).stdout;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands: Vec<&str> = commands
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|command| !command.is_empty() && *command != "help")
        .collect();
    assert!(commands.contains(&"synth"), "{help}");
    for command in commands {
        assert!(
            readme.contains(&format!("\n$ paymig {command}")),
            "{command}"
        );
    }
}

/// A shell in `folder` that knows `paymig`, with the environment of [`paymig`].
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
fn shell(folder: &Path, command: &str) -> Command {
    let binary = Path::new(env!("CARGO_BIN_EXE_paymig")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let mut shell = Command::new("sh");
    shell
        .args(["-c", command])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", binary.display()))
        .env("LC_ALL", "C");
    for (variable, value) in paymig("").get_envs() {
        if value.is_none() {
            shell.env_remove(variable);
        }
    }
    shell
}

fn examples(readme: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut inside = false;
    for line in readme.lines() {
        match (inside, line) {
            (_, "```console") => inside = true,
            (true, "```") => inside = false,
            (true, line) => match (line.strip_prefix("$ "), examples.last_mut()) {
                (Some(command), _) => examples.push(Example {
                    command: command.to_owned(),
                    shown: String::new(),
                }),
                (None, Some(example)) => {
                    example.shown.push_str(line);
                    example.shown.push('\n');
                }
                (None, None) => {}
            },
            (false, _) => {}
        }
    }
    examples
}
