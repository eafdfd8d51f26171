//! The command line as its users meet it: the real binary, its exit codes and its bytes.

mod init;
mod list;
mod messages;
mod outdir;
mod process;
#[cfg(unix)]
mod readme;
mod selection;
mod standard_output;
mod synth;
mod traffic;
mod writing;
