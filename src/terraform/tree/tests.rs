//! Tests of building and reading a tree.

use super::*;
use crate::terraform::builtin::TerraformData;

fn finish_errors(tree: Tree) -> Vec<String> {
    let errors = tree.finish().expect_err("an error in the tree");
    errors.into_iter().map(|error| error.message).collect()
}

#[test]
fn element_has_the_path_of_its_scope() {
    let mut tree = Tree::new("us-east-1");
    tree.root()
        .child("network")
        .child("production")
        .add("vpc", TerraformData::new());
    let (tree, _) = tree.finish().unwrap();
    let node = &tree.nodes()[0];
    assert_eq!(tree.path(node), "network/production/vpc");
    assert_eq!(
        node.address(),
        "terraform_data.network_production_vpc_6AD5F531"
    );
}

#[test]
fn duplicate_path_is_an_error() {
    let mut tree = Tree::new("us-east-1");
    tree.root().add("x", TerraformData::new());
    tree.root().add("x", TerraformData::new());
    assert_eq!(
        finish_errors(tree),
        ["two constructs at the path `x`: `terraform_data` and `terraform_data`"]
    );
}

#[test]
fn duplicate_logical_id_is_an_error_that_names_both_paths() {
    let mut tree = Tree::new("us-east-1");
    tree.root().add("a.b", TerraformData::new());
    tree.root().add("ab", TerraformData::new());
    assert_eq!(
        finish_errors(tree),
        ["the construct paths `a.b` and `ab` give the same name `ab`"]
    );
}

#[test]
fn path_of_reserved_components_is_an_error() {
    let mut tree = Tree::new("us-east-1");
    tree.root()
        .child("Default")
        .add("Default", TerraformData::new());
    let errors = finish_errors(tree);
    assert!(
        errors[0].contains("`Default/Default` has no name"),
        "{errors:?}"
    );
}

#[test]
fn name_that_terraform_rejects_is_an_error() {
    let mut tree = Tree::new("us-east-1");
    tree.root().add("1", TerraformData::new());
    let errors = finish_errors(tree);
    assert!(
        errors[0].contains("the name `1`, which Terraform rejects"),
        "{errors:?}"
    );
}

#[test]
fn handle_of_another_tree_is_an_error() {
    let mut other = Tree::new("us-east-1");
    let foreign = other.root().add("x", TerraformData::new());
    let mut tree = Tree::new("us-east-1");
    tree.root()
        .add("y", TerraformData::new().input(foreign.id()));
    assert_eq!(
        finish_errors(tree),
        ["`y` refers to a construct of another tree"]
    );
}

#[test]
fn renamed_scope_adds_moved_blocks() {
    let mut tree = Tree::new("us-east-1");
    let section = ConstructId::renamed("payments", Some("main"));
    tree.root()
        .child("database")
        .child(section)
        .add("cluster", TerraformData::new());
    let (tree, _) = tree.finish().unwrap();
    let [moved] = tree.moved() else {
        panic!("expected one moved block: {:?}", tree.moved())
    };
    assert!(
        moved
            .from
            .starts_with("terraform_data.database_main_cluster_")
    );
    assert!(
        moved
            .to
            .starts_with("terraform_data.database_payments_cluster_")
    );
}

#[test]
fn provider_is_inherited_and_unique_per_region() {
    let mut tree = Tree::new("us-east-1");
    let west = tree.provider_for("us-west-2");
    assert_eq!(tree.provider_for("us-west-2"), west);
    let mut root = tree.root();
    let mut replica = root.child("replica").in_provider(west);
    assert_eq!(replica.child("deeper").provider(), west);
    assert_ne!(root.provider(), west);
    assert_eq!(tree.providers().len(), 2);
}

#[test]
fn elements_are_read_by_kind() {
    let mut tree = Tree::new("us-east-1");
    let a = tree.root().add("a", TerraformData::new().input("x"));
    tree.root()
        .add("b", TerraformData::new().input(a.id()).depends_on(a));
    let inputs: Vec<bool> = tree
        .each::<TerraformData>()
        .filter_map(|(_, data)| Some(data.input()?.refers_to(a)))
        .collect();
    assert_eq!(inputs, [false, true]);
}
