//! The command line as its users meet it: the real binary, its exit codes and its bytes.

mod diff;
mod guard;
mod init;
mod list;
mod messages;
mod outdir;
mod process;
#[cfg(unix)]
mod readme;
mod selection;
#[path = "../support/stack_sections.rs"]
#[expect(dead_code, reason = "only some sections are renamed here")]
mod stack_sections;
mod standard_output;
mod synth;
mod traffic;
mod writing;
