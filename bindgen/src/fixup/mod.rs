//! What the provider's schema says and the bindings should not.
//!
//! One named function per defect. Each fails when it has nothing left to do, or when a line of its
//! table has not, so that none outlives its reason.

mod statement;

use anyhow::{Context as _, Result, bail, ensure};

use crate::catalog::Catalog;
use crate::fold::Folded;
use crate::list::Mode;
use crate::schema::Block;

type Fixup = fn(&mut Catalog) -> Result<()>;

/// In this order: what is said of one attribute comes before what is said of all.
const ALL: [Fixup; 7] = [
    rules_have_resources_of_their_own,
    role_policies_have_resources_of_their_own,
    secrets_stay_out_of_state,
    ids_are_answers,
    tags_all_is_the_providers,
    deprecated_is_gone,
    statement::statements_are_recursive,
];

/// Applies every fixup.
pub fn apply_all(catalog: &mut Catalog) -> Result<()> {
    for fixup in ALL {
        fixup(catalog)?;
    }
    for mode in Mode::ALL {
        for folded in catalog.types_mut(mode).values_mut() {
            *folded = folded.relabelled();
        }
    }
    Ok(())
}

/// Rules and routes written inside their group or table fight with those written as resources: the
/// provider removes at one apply what the other added. The resources can refer to each other's
/// groups without a cycle, so the inline form goes. That closes the default group, list and table
/// too: the provider empties them when it adopts them, and adds nothing.
fn rules_have_resources_of_their_own(catalog: &mut Catalog) -> Result<()> {
    const INLINE: [(&str, &str); 10] = [
        ("aws_default_network_acl", "egress"),
        ("aws_default_network_acl", "ingress"),
        ("aws_default_route_table", "route"),
        ("aws_default_security_group", "egress"),
        ("aws_default_security_group", "ingress"),
        ("aws_network_acl", "egress"),
        ("aws_network_acl", "ingress"),
        ("aws_route_table", "route"),
        ("aws_security_group", "egress"),
        ("aws_security_group", "ingress"),
    ];
    drop_all(catalog, &INLINE)
}

/// The same for a role and its policies: `managed_policy_arns` detaches what
/// `aws_iam_role_policy_attachment` attached. The provider deprecates both; this stands here so
/// that a change of its mind is noticed.
fn role_policies_have_resources_of_their_own(catalog: &mut Catalog) -> Result<()> {
    drop_all(
        catalog,
        &[
            ("aws_iam_role", "inline_policy"),
            ("aws_iam_role", "managed_policy_arns"),
        ],
    )
}

/// Terraform keeps every ordinary argument in its state, in clear text. Where the secret can go
/// another way, this is the only way left: a write-only argument (`master_password_wo`,
/// `password_wo`, `secret_string_wo`, `value_wo`; a parameter that is no secret is an
/// `insecure_value`), a reference to Secrets Manager (`secrets_manager_arn` of an endpoint,
/// `preshared_key_storage` of a VPN), or a certificate that AWS issues itself.
fn secrets_stay_out_of_state(catalog: &mut Catalog) -> Result<()> {
    const SECRETS: [(&str, &str); 10] = [
        ("aws_acm_certificate", "private_key"),
        ("aws_api_gateway_domain_name", "certificate_private_key"),
        ("aws_db_instance", "password"),
        ("aws_dms_endpoint", "password"),
        ("aws_rds_cluster", "master_password"),
        ("aws_secretsmanager_secret_version", "secret_binary"),
        ("aws_secretsmanager_secret_version", "secret_string"),
        ("aws_ssm_parameter", "value"),
        ("aws_vpn_connection", "tunnel1_preshared_key"),
        ("aws_vpn_connection", "tunnel2_preshared_key"),
    ];
    for (type_name, attribute) in SECRETS {
        let folded = resource(catalog, type_name)?;
        let attribute = folded.root.attributes.get(attribute);
        ensure!(
            attribute.is_some_and(|attribute| attribute.sensitive && !attribute.write_only),
            "a secret of `{type_name}` is no longer one"
        );
    }
    drop_all(catalog, &SECRETS)
}

/// The provider's older framework gives every type an `id` that looks like an argument. It is one
/// only where a data source looks things up by it; the schema does not tell, the documentation
/// does.
fn ids_are_answers(catalog: &mut Catalog) -> Result<()> {
    const LOOKED_UP_BY_ID: [&str; 10] = [
        "aws_customer_gateway",
        "aws_ec2_managed_prefix_list",
        "aws_ec2_transit_gateway",
        "aws_ec2_transit_gateway_peering_attachment",
        "aws_ec2_transit_gateway_route_table",
        "aws_nat_gateway",
        "aws_security_group",
        "aws_subnet",
        "aws_vpc",
        "aws_vpn_gateway",
    ];
    let mut looked_up = 0;
    let mut answers = 0;
    for mode in Mode::ALL {
        for (type_name, folded) in catalog.types_mut(mode) {
            let Some(id) = folded.root.attributes.get_mut("id") else {
                continue;
            };
            if !(id.optional && id.computed) {
                continue;
            }
            if mode == Mode::Data && LOOKED_UP_BY_ID.contains(&type_name.as_str()) {
                looked_up += 1;
            } else {
                id.optional = false;
                answers += 1;
            }
        }
    }
    ensure!(
        looked_up == LOOKED_UP_BY_ID.len(),
        "not every data source of the list is looked up by `id`"
    );
    ensure!(answers > 0, "no `id` looks like an argument any longer");
    Ok(())
}

/// `tags_all` is `tags` and the provider's `default_tags`: the provider computes it, and to set it
/// is an error that only the apply would tell.
fn tags_all_is_the_providers(catalog: &mut Catalog) -> Result<()> {
    let mut dropped = 0;
    for folded in catalog.types_mut(Mode::Resource).values_mut() {
        dropped += usize::from(folded.root.attributes.remove("tags_all").is_some());
    }
    ensure!(dropped > 0, "no resource has `tags_all` any longer");
    Ok(())
}

/// What the provider deprecates, its next major version removes: the inline blocks of a bucket
/// (each has a resource of its own), `vpc` of an address, `stage_name` of a deployment.
fn deprecated_is_gone(catalog: &mut Catalog) -> Result<()> {
    let mut dropped = 0;
    for mode in Mode::ALL {
        for (type_name, folded) in catalog.types_mut(mode) {
            let required = folded.every_block().any(|block| {
                let mut attributes = block.attributes.values();
                attributes.any(|attribute| attribute.deprecated && attribute.required)
            });
            ensure!(!required, "`{type_name}` requires something deprecated");
            dropped += drop_deprecated(folded);
        }
    }
    ensure!(dropped > 0, "nothing is deprecated any longer");
    Ok(())
}

fn drop_deprecated(folded: &mut Folded) -> usize {
    let deprecated: Vec<String> = folded
        .blocks
        .iter()
        .filter(|(_, block)| block.deprecated)
        .map(|(label, _)| label.clone())
        .collect();
    let before: usize = folded.every_block().map(Block::size).sum();
    for block in std::iter::once(&mut folded.root).chain(folded.blocks.values_mut()) {
        block
            .attributes
            .retain(|_, attribute| !attribute.deprecated);
        block
            .block_types
            .retain(|_, nested| !deprecated.contains(&nested.block));
    }
    let after: usize = folded.every_block().map(Block::size).sum();
    before - after
}

/// Drops attributes and blocks of resources; each must be there.
fn drop_all(catalog: &mut Catalog, what: &[(&str, &str)]) -> Result<()> {
    for (type_name, name) in what {
        let root = &mut resource(catalog, type_name)?.root;
        let attribute = root.attributes.remove(*name).is_some();
        let block = root.block_types.remove(*name).is_some();
        if !attribute && !block {
            bail!("there is no `{type_name}.{name}` left to drop");
        }
    }
    Ok(())
}

fn resource<'c>(catalog: &'c mut Catalog, type_name: &str) -> Result<&'c mut Folded> {
    catalog
        .types_mut(Mode::Resource)
        .get_mut(type_name)
        .with_context(|| format!("a fixup is about `{type_name}`, which is not listed"))
}

impl Folded {
    fn every_block(&self) -> impl Iterator<Item = &Block<String>> {
        std::iter::once(&self.root).chain(self.blocks.values())
    }
}

impl<B> Block<B> {
    fn size(&self) -> usize {
        self.attributes.len() + self.block_types.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Project;
    use crate::schema::Attribute;

    fn fixed() -> Catalog {
        let mut catalog = Project::own().catalog().unwrap();
        apply_all(&mut catalog).unwrap();
        catalog
    }

    fn block<'c>(catalog: &'c Catalog, type_name: &str, label: &str) -> &'c Block<String> {
        &catalog.types(Mode::Resource)[type_name].blocks[label]
    }

    #[test]
    fn fixup_without_effect_fails() {
        let mut catalog = Project::own().catalog().unwrap();
        for (number, fixup) in ALL.into_iter().enumerate() {
            fixup(&mut catalog).unwrap();
            assert!(fixup(&mut catalog).is_err(), "fixup {number}");
        }
    }

    #[test]
    fn no_resource_accepts_id_or_tags_all() {
        for folded in fixed().types(Mode::Resource).values() {
            let attributes = &folded.root.attributes;
            assert!(!attributes.get("id").is_some_and(Attribute::is_argument));
            assert!(!attributes.contains_key("tags_all"));
        }
    }

    #[test]
    fn write_only_secret_has_no_ordinary_argument() {
        for (type_name, folded) in fixed().types(Mode::Resource) {
            for name in folded.root.attributes.keys() {
                assert!(
                    !folded.root.attributes.contains_key(&format!("{name}_wo")),
                    "{type_name}.{name}"
                );
            }
        }
    }

    #[test]
    fn combined_statements_are_recursive() {
        let catalog = fixed();
        let acl = "aws_wafv2_web_acl";
        let combined = &block(&catalog, acl, "and_statement").block_types["statement"].block;
        for combination in ["and_statement", "not_statement", "or_statement"] {
            let of_combined = &block(&catalog, acl, combined).block_types[combination].block;
            let of_rule = &block(&catalog, acl, "rule_statement").block_types[combination].block;
            assert_eq!(of_combined, of_rule);
            let inner = &block(&catalog, acl, of_combined).block_types["statement"].block;
            assert_eq!(inner, combined);
        }
    }

    #[test]
    fn rate_limit_is_in_a_rule_only() {
        let catalog = fixed();
        let holds = |label| {
            let block = block(&catalog, "aws_wafv2_web_acl", label);
            block.block_types.contains_key("rate_based_statement")
        };
        assert!(holds("rule_statement"));
        assert!(!holds("and_statement_statement"));
        assert!(!holds("scope_down_statement"));
    }

    #[test]
    fn bucket_has_no_inline_configuration() {
        let catalog = fixed();
        let bucket = &catalog.types(Mode::Resource)["aws_s3_bucket"].root;
        let blocks: Vec<&str> = bucket.block_types.keys().map(String::as_str).collect();
        assert_eq!(blocks, ["timeouts"]);
    }
}
