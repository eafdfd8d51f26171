//! Types built into Terraform: the provider `terraform.io/builtin/terraform`.

use crate::terraform::tree::{Any, Map};

crate::terraform::tree::resource! {
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

crate::terraform::tree::resource! {
    /// [`terraform_remote_state`](https://developer.hashicorp.com/terraform/language/state/remote-state-data).
    data TerraformRemoteState "terraform_remote_state" {
        required {
            backend: String,
        }
        optional {
            config: Map<String>,
            defaults: Map<String>,
            workspace: String,
        }
        write_only {}
        computed {
            // Outputs may have any type. Those of paymig are texts.
            outputs: Map<String>,
        }
        required_blocks {}
        blocks {}
    }
}
