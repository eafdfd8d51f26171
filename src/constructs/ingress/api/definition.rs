//! What an API is made of, gathered so that a change of any part is deployed.

use crate::aws;
use crate::terraform::tree::{
    Any, Arguments, Declared, Handle, Kind, NodeId, Object, Scope, Term, Value,
};

/// The parts of an API.
///
/// A stage serves a deployment, which is a snapshot: what changes later is served only by another
/// deployment (hashicorp/terraform-provider-aws #19805). So every part is added through here, and the
/// deployment is triggered by the arguments of all of them: their values, since a handle stays the
/// same while the part behind it changes.
#[derive(Debug, Default)]
pub(super) struct Definition {
    arguments: Vec<Term>,
    nodes: Vec<NodeId>,
}

impl Definition {
    /// Adds a part.
    pub(super) fn add<K: Kind>(
        &mut self,
        scope: &mut Scope<'_>,
        id: &'static str,
        mut part: Declared<K>,
    ) -> Handle<K> {
        self.arguments
            .push(Term::Object(part.arguments_mut().clone()));
        let handle = scope.add(id, part);
        self.nodes.push(handle.into());
        handle
    }

    /// Deploys the parts.
    pub(super) fn deploy(
        self,
        scope: &mut Scope<'_>,
        api: Handle<aws::ApiGatewayRestApi>,
    ) -> Handle<aws::ApiGatewayDeployment> {
        let parts = Object::from_iter([("parts", Term::List(self.arguments))]);
        let parts = Value::<Any>::from(parts).to_json().sha1();
        let deployment = aws::ApiGatewayDeployment::new(api.id())
            .triggers([("parts", parts)])
            .depends_on_all(self.nodes)
            // AWS refuses to delete the deployment that a stage serves.
            .create_before_destroy();
        scope.add("deployment", deployment)
    }
}
