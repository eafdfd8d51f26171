//! `paymig init`.

use std::fs;

use crate::process::{done, every_environment, failed, paymig, paymig_to};

const STACKS: [&str; 5] = [
    "orchestrated",
    "containerized",
    "multi-region",
    "lift-and-shift",
    "blue-green",
];

#[test]
fn the_stack_file_is_written_as_it_is_embedded() {
    let folder = tempfile::tempdir().unwrap();
    for stack in STACKS {
        let embedded = fs::read_to_string(format!("stacks/{stack}.toml")).unwrap();
        let init = format!("init {stack}");
        assert!(done(&mut paymig(&init)) == embedded, "{stack}");
        assert!(done(&mut paymig(&format!("{init} -o -"))) == embedded);
        let file = folder.path().join("new/folder").join(stack);
        assert_eq!(done(&mut paymig_to(&file, &init)), "");
        assert!(fs::read_to_string(file).unwrap() == embedded, "{stack}");
    }
}

#[test]
fn a_file_that_exists_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    fs::write(&file, "edited").unwrap();
    let stderr = failed(&mut paymig_to(&file, "init orchestrated"));
    assert!(stderr.contains("exists already"), "{stderr}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "edited");
    assert_eq!(folder.path().read_dir().unwrap().count(), 1);
}

#[test]
fn a_written_stack_file_gives_the_bytes_of_the_embedded_one() {
    let folder = tempfile::tempdir().unwrap();
    for stack in STACKS {
        let file = folder.path().join(format!("{stack}.toml"));
        done(&mut paymig_to(&file, &format!("init {stack}")));
    }
    for selection in every_environment() {
        let embedded = done(&mut paymig(&format!("synth {selection}")));
        let (stack, rest) = selection
            .strip_prefix("--stack ")
            .and_then(|selection| selection.split_once(' '))
            .unwrap();
        let file = folder.path().join(format!("{stack}.toml"));
        let written = done(paymig(&format!("synth {rest} --stack")).arg(file));
        assert!(embedded == written, "{selection}");
    }
}
