//! The environments of each embedded stack, and a second suffix, beside each other in one account.
//!
//! Each environment has its own configuration and its own state. They share the account, the zone, the datacenter and the
//! quotas, and nothing else.

use std::env;
use std::slice;
use std::thread;

use anyhow::{Context as _, ensure};
use paymig::config::{Protection, Selection};

use crate::estate::ensure_requests_are_valid;
use crate::support;
use crate::support::local_aws::LocalAws;
use crate::support::stacks::{configuration, embedded, push_images, selection};
use crate::support::terraform::Workspace;

/// The runs of Terraform at the same time. Each takes 1 GiB.
const CONCURRENT_RUNS: usize = 3;

/// An environment with a suffix, and the values that the command line sets for it.
struct Neighbor {
    environment: &'static str,
    suffix: &'static str,
    /// The block that its networks get instead of those of the stack file.
    supernet: Option<&'static str>,
    trail: Trail,
}

/// Whether an environment creates a CloudTrail trail. AWS allows five in a region, and increases no such quota.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trail {
    Create,
    Absent,
}

impl Neighbor {
    /// An environment as the stack file describes it.
    const fn declared(environment: &'static str, suffix: &'static str) -> Self {
        Self {
            environment,
            suffix,
            supernet: None,
            trail: Trail::Create,
        }
    }

    fn name(&self) -> String {
        format!("{}-{}", self.environment, self.suffix)
    }

    fn selection(&self) -> anyhow::Result<Selection> {
        let supernet = self
            .supernet
            .map(|block| format!("environments.{}.supernet={block}", self.environment));
        let trail = (self.trail == Trail::Absent).then(|| "audit.trail=absent".to_owned());
        Ok(Selection {
            suffix: self
                .suffix
                .parse()
                .map_err(|wrong| anyhow::anyhow!("{wrong}"))?,
            protection: Some(Protection::Destroyable),
            set: supernet.into_iter().chain(trail).collect(),
            ..selection(self.environment)?
        })
    }
}

/// The environments of a stack with two suffixes.
struct Suffixes {
    first: Vec<Neighbor>,
    second: Vec<Neighbor>,
}

impl Suffixes {
    /// The first environment with both suffixes: that of the migration, which creates the most resources. With
    /// `PAYMIG_SIDE_BY_SIDE=all`, all environments with both suffixes.
    fn neighbors(self) -> Vec<Neighbor> {
        let all = env::var("PAYMIG_SIDE_BY_SIDE").is_ok_and(|value| value == "all");
        let number = if all { usize::MAX } else { 1 };
        let first = self.first.into_iter().take(number);
        first.chain(self.second.into_iter().take(number)).collect()
    }
}

/// Applies all environments of a stack, plans them again without a change, destroys the first one, plans the others
/// without a change, and destroys these.
fn live_side_by_side(stack: &str, fixture: &str, suffixes: Suffixes) -> anyhow::Result<()> {
    let harness = support::harness()?;
    let neighbors = suffixes.neighbors();
    let source = embedded(stack)?;
    let selections = neighbors
        .iter()
        .map(Neighbor::selection)
        .collect::<anyhow::Result<Vec<_>>>()?;
    let aws = harness.local_aws()?;
    increase_quotas(&aws)?;
    harness.apply_fixtures(&[fixture], &aws)?;
    push_images(&source, &selections, &aws)?;

    let environments = neighbors
        .iter()
        .zip(&selections)
        .map(|(neighbor, selection)| {
            let text = configuration(&source, selection)?;
            let workspace = harness.terraform().separate_workspace(&text, &aws)?;
            Ok((neighbor.name(), workspace))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    for_each(&environments, Workspace::apply)?;
    for_each(&environments, ensure_is_applied)?;
    let (first, others) = environments.split_first().context("no environment")?;
    for_each(slice::from_ref(first), ensure_is_destroyed)?;
    for_each(others, ensure_is_applied)?;
    for_each(others, ensure_is_destroyed)?;
    ensure_requests_are_valid(&aws)
}

/// Runs `act` on all environments, some at a time. The error names the environment.
fn for_each(
    environments: &[(String, Workspace)],
    act: impl Fn(&Workspace) -> anyhow::Result<()> + Sync,
) -> anyhow::Result<()> {
    let run =
        |(name, workspace): &(String, Workspace)| act(workspace).with_context(|| name.clone());
    environments.chunks(CONCURRENT_RUNS).try_for_each(|chunk| {
        thread::scope(|scope| {
            let runs: Vec<_> = chunk
                .iter()
                .map(|environment| scope.spawn(|| run(environment)))
                .collect();
            runs.into_iter().try_for_each(|run| {
                run.join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
        })
    })
}

fn ensure_is_applied(workspace: &Workspace) -> anyhow::Result<()> {
    let plan = workspace.plan()?;
    ensure!(plan.is_empty(), "again: {:?}", plan.changes());
    Ok(())
}

fn ensure_is_destroyed(workspace: &Workspace) -> anyhow::Result<()> {
    workspace.destroy()?;
    let left = workspace.state_list()?;
    ensure!(left.is_empty(), "leaves {left:?}");
    Ok(())
}

/// Increases the quotas that several environments exceed, as their operators do.
fn increase_quotas(aws: &LocalAws) -> anyhow::Result<()> {
    aws.change_outside_terraform(
        r#"
for region in ("us-east-1", "us-east-2"):
    quotas = boto3.client("service-quotas", region_name=region)
    for service, code, value in (("ec2", "L-0263D0A3", 50), ("vpc", "L-F678F1CE", 50), ("lambda", "L-B99A9384", 5000)):
        quotas.request_service_quota_increase(ServiceCode=service, QuotaCode=code, DesiredValue=value)
"#,
    )
}

/// The environments `migration`, `legacy` and `production`. Those with the second suffix get `supernets`.
fn suffixes(supernets: [&'static str; 3]) -> Suffixes {
    let environments = ["migration", "legacy", "production"];
    let first = environments.map(|environment| Neighbor::declared(environment, "abc123"));
    let mut second = environments.map(|environment| Neighbor::declared(environment, "xyz789"));
    for (neighbor, supernet) in second.iter_mut().zip(supernets) {
        neighbor.supernet = Some(supernet);
    }
    // The sixth trail of the region.
    second[2].trail = Trail::Absent;
    Suffixes {
        first: first.into(),
        second: second.into(),
    }
}

#[test]
fn environments_of_the_orchestrated_migration_live_side_by_side() -> anyhow::Result<()> {
    let suffixes = suffixes(["10.48.0.0/12", "10.64.0.0/12", "10.80.0.0/12"]);
    live_side_by_side("orchestrated", "datacenter.tf.json", suffixes)
}

#[test]
fn environments_of_the_containers_live_side_by_side() -> anyhow::Result<()> {
    let suffixes = suffixes(["10.48.0.0/12", "10.64.0.0/12", "10.80.0.0/12"]);
    live_side_by_side("containerized", "datacenter.tf.json", suffixes)
}

#[test]
fn environments_of_the_two_regions_live_side_by_side() -> anyhow::Result<()> {
    let suffixes = suffixes(["10.96.0.0/11", "10.128.0.0/11", "10.160.0.0/11"]);
    live_side_by_side("multi-region", "legacy.tf.json", suffixes)
}

#[test]
fn environments_over_one_vpn_live_side_by_side() -> anyhow::Result<()> {
    let environments = ["aws-production", "legacy-sync"];
    let mut second = environments.map(|environment| Neighbor::declared(environment, "xyz789"));
    second[0].supernet = Some("10.48.0.0/12");
    second[1].supernet = Some("10.64.0.0/12");
    let suffixes = Suffixes {
        first: environments
            .map(|environment| Neighbor::declared(environment, "abc123"))
            .into(),
        second: second.into(),
    };
    live_side_by_side("lift-and-shift", "vpn.tf.json", suffixes)
}

/// The naming pattern of this stack contains the suffix alone, so that each environment has one of its own.
#[test]
fn environments_of_the_function_pipeline_live_side_by_side() -> anyhow::Result<()> {
    let mut last = Neighbor::declared("production", "xyz791");
    last.trail = Trail::Absent;
    let suffixes = Suffixes {
        first: vec![
            Neighbor::declared("migration", "abc123"),
            Neighbor::declared("legacy", "abc124"),
            Neighbor::declared("production", "abc125"),
        ],
        second: vec![
            Neighbor::declared("migration", "xyz789"),
            Neighbor::declared("legacy", "xyz790"),
            last,
        ],
    };
    live_side_by_side("blue-green", "zone.tf.json", suffixes)
}
