//! Present and former names of sections, and their words in the names of AWS resources.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{Named, Section, Stack};
use crate::diagnostic::Diagnostic;
use crate::newtypes::Key;

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    let existing = &stack.existing;
    names(&existing.vpc, found);
    names(&existing.vpn, found);
    names(&existing.zone, found);
    names(&existing.secret, found);
    names(&existing.image, found);
    names(&existing.ami, found);
    names(&existing.role, found);
    names(&existing.http, found);
    names(&stack.network, found);
    names(&stack.transit, found);
    names(&stack.database, found);
    names(&stack.table, found);
    names(&stack.bucket, found);
    names(&stack.replication, found);
    names(&stack.function, found);
    names(&stack.service, found);
    names(&stack.release, found);
    names(&stack.balancer, found);
    names(&stack.api, found);
    names(&stack.dns, found);
    names(&stack.workflow, found);
    names(&stack.runbook, found);
    names(&stack.waf, found);
    names(&stack.alerts, found);
    names(&stack.dashboard, found);
    names(&stack.waivers, found);
}

fn names<T: Section>(sections: &Named<T>, found: &mut Vec<Diagnostic>) {
    former_names_are_free(sections, found);
    renamed_sections_keep_their_name_in_aws(sections, found);
    names_in_aws_are_unique(sections, found);
}

/// A `moved` block from an address that is in use fails the plan.
fn former_names_are_free<T: Section>(sections: &Named<T>, found: &mut Vec<Diagnostic>) {
    let mut taken: BTreeSet<&Key> = sections.names().collect();
    for (name, section) in sections.iter() {
        if let Some(formerly) = section.formerly()
            && !taken.insert(formerly)
        {
            let owner = if formerly == name {
                "its present name"
            } else {
                "the present or a former name of another section"
            };
            found.push(
                Diagnostic::error(format!(
                    "`formerly` of [{}.{name}] is `{formerly}`, which is {owner}",
                    T::PATH
                ))
                .at(Named::<T>::key_path(name).key("formerly"))
                .help("remove `formerly`, or write the right former name"),
            );
        }
    }
}

/// Without `name_in_aws`, deleting `formerly` would change the names in AWS and replace what has them.
fn renamed_sections_keep_their_name_in_aws<T: Section>(
    sections: &Named<T>,
    found: &mut Vec<Diagnostic>,
) {
    for (name, section) in sections.iter() {
        if let (Some(formerly), None) = (section.formerly(), section.name_in_aws())
            && formerly != name
        {
            found.push(
                Diagnostic::error(format!(
                    "[{}.{name}] has `formerly` without `name_in_aws`: its AWS resources would get new names and be replaced",
                    T::PATH
                ))
                .at(Named::<T>::key_path(name).key("formerly"))
                .help(format!("write `name_in_aws = \"{formerly}\"`")),
            );
        }
    }
}

fn names_in_aws_are_unique<T: Section>(sections: &Named<T>, found: &mut Vec<Diagnostic>) {
    let mut taken: BTreeMap<&Key, &Key> = BTreeMap::new();
    for (name, section) in sections.iter() {
        let name_in_aws = section.name_in_aws().unwrap_or(name);
        if let Some(other) = taken.insert(name_in_aws, name) {
            let path = Named::<T>::key_path(name);
            let at = match section.name_in_aws() {
                Some(_) => path.key("name_in_aws"),
                None => path,
            };
            found.push(
                Diagnostic::error(format!(
                    "[{0}.{other}] and [{0}.{name}] have the same name in AWS, `{name_in_aws}`",
                    T::PATH
                ))
                .at(at)
                .related(Named::<T>::key_path(other), "the other section")
                .help("give one of them another `name_in_aws`"),
            );
        }
    }
}
