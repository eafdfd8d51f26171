//! The bindings in the repository are the ones that the fixture makes.

use bindgen::project::Project;

#[test]
fn bindings_are_as_the_fixture_makes_them() {
    let project = Project::own();
    if std::env::var_os("PAYMIG_BLESS").is_some() {
        project.write_bindings().unwrap();
    }
    let drift = project.drift().unwrap();
    assert!(
        drift.is_empty(),
        "{} files of src/aws drifted, run `make bindings`: {drift:?}",
        drift.len()
    );
}
