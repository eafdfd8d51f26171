//! What is built into Terraform: the provider `terraform.io/builtin/terraform`.

use crate::tree::Any;

crate::tree::resource! {
    /// [`terraform_data`](https://developer.hashicorp.com/terraform/language/resources/terraform-data).
    resource TerraformData "terraform_data" {
        required {}
        optional {
            input: Any,
            triggers_replace: Any,
        }
        write_only {}
        computed {
            id: String,
            output: Any,
        }
        required_blocks {}
        blocks {}
    }
}
