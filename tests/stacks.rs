//! The five stack files load in every environment.

use paymig::config::{EMBEDDED, Selection, Source, load, survey};

#[test]
fn every_stack_file_loads_in_every_environment() {
    for (name, _) in EMBEDDED {
        let source = Source::embedded(name).unwrap();
        let survey = survey(&source, &[]).unwrap_or_else(|error| panic!("{name}:\n{error}"));
        assert_eq!(survey.stack.stack.as_str(), name);
        for environment in survey.environments.keys() {
            let selection = Selection::new(environment.clone(), "abc123".parse().unwrap());
            let loaded = load(&source, &selection).unwrap();
            assert_eq!(loaded.environment(), *environment);
        }
    }
}
