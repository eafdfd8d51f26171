//! Every deployment of the embedded stack files, at every stage of its migration.

use paymig::compose::{self, System};
use paymig::config::{EMBEDDED, Phase, Protection, Selection, Stack, StackSource, load, load_all};
use paymig::newtypes::{EnvironmentName, Percent};
use paymig::terraform::synth;
use paymig::terraform::tree::Tree;
use paymig::transitions;
use serde_json::{Map, Value};

/// The suffix of every deployment.
pub(crate) const SUFFIX: &str = "abc123";

/// One environment of one stack, with one Terraform state.
#[derive(Clone, Debug)]
pub(crate) struct Deployment {
    pub(crate) stack: &'static str,
    pub(crate) environment: EnvironmentName,
    decisions: Stack,
}

/// A deployment at one point of its migration.
pub(crate) struct Stage {
    /// `None` for `bootstrap`, which is in no migration.
    pub(crate) phase: Option<Phase>,
    pub(crate) traffic: Option<Percent>,
    pub(crate) protection: Protection,
    pub(crate) system: System,
}

/// Every deployment: the declared environments of a stack, then `bootstrap` if it has resources.
pub(crate) fn deployments() -> Vec<Deployment> {
    let mut deployments = Vec::new();
    for (stack, _) in EMBEDDED {
        let survey = load_all(&StackSource::embedded(stack).unwrap(), &[]).unwrap();
        let bootstrap = compose::has_bootstrap(&survey.stack)
            .then(|| (EnvironmentName::bootstrap(), survey.stack));
        let declared = survey.environments.into_iter();
        deployments.extend(
            declared
                .chain(bootstrap)
                .map(|(environment, decisions)| Deployment {
                    stack,
                    environment,
                    decisions,
                }),
        );
    }
    deployments
}

impl Stage {
    /// `migration@50 protected`
    pub(crate) fn label(&self) -> String {
        let Some(phase) = self.phase else {
            return "as it is".to_owned();
        };
        let percent = self
            .traffic
            .map_or_else(String::new, |step| format!("@{step}"));
        format!("{phase}{percent} {:?}", self.protection).to_lowercase()
    }
}

impl Deployment {
    /// The name of its configuration: `orchestrated-migration`.
    pub(crate) fn id(&self) -> String {
        format!("{}-{}", self.stack, self.environment)
    }

    /// With the suffix that the tests use, at its default phase.
    pub(crate) fn selection(&self) -> Selection {
        Selection::new(self.environment.clone(), SUFFIX.parse().unwrap())
    }

    /// The system at its default phase and traffic.
    pub(crate) fn at_default(&self) -> System {
        self.compose(&self.selection())
            .unwrap_or_else(|error| panic!("{}:\n{error}", self.id()))
    }

    /// The configuration of one of its trees.
    pub(crate) fn configuration(&self, tree: &Tree) -> Map<String, Value> {
        let mut text = Vec::new();
        synth::write(tree, &self.id(), &mut text).unwrap();
        serde_json::from_slice(&text).unwrap()
    }

    /// At every phase and every traffic step of Terraform, protected and destroyable; `bootstrap` has one stage only.
    pub(crate) fn stages(&self) -> Vec<Stage> {
        if self.environment.is_bootstrap() {
            let mut others = self.decisions.environments.values();
            let protected = others.any(|other| other.protection == Protection::Protected);
            return vec![Stage {
                phase: None,
                traffic: None,
                protection: if protected {
                    Protection::Protected
                } else {
                    Protection::Destroyable
                },
                system: self.at_default(),
            }];
        }
        let mut stages = Vec::new();
        for stage in transitions::stages(&self.decisions) {
            for protection in [Protection::Destroyable, Protection::Protected] {
                let selection = Selection {
                    phase: Some(stage.phase),
                    traffic: stage.traffic,
                    protection: Some(protection),
                    ..self.selection()
                };
                let system = self
                    .compose(&selection)
                    .unwrap_or_else(|error| panic!("{} {selection:?}:\n{error}", self.id()));
                stages.push(Stage {
                    phase: Some(stage.phase),
                    traffic: stage.traffic,
                    protection,
                    system,
                });
            }
        }
        stages
    }

    fn compose(&self, selection: &Selection) -> Result<System, String> {
        let source = StackSource::embedded(self.stack).unwrap();
        load(&source, selection)
            .and_then(|loaded| compose::compose(&loaded))
            .map_err(|error| error.to_string())
    }
}
