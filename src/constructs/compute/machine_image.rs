//! Machine images: the latest at the time of the first apply, updated only on request.

use crate::aws::data;
use crate::aws::data::ami::{Filter, FilterArgs};
use crate::config::{Architecture, ExistingAmi};
use crate::constructs::core::with_ignored_changes;
use crate::terraform::builtin::TerraformData;
use crate::terraform::tree::{Any, Block, Handle, Object, Scope, Value};

/// A machine image.
#[derive(Clone, Copy, Debug)]
pub struct MachineImage {
    taken: Handle<TerraformData>,
}

/// Configuration of a machine image.
#[derive(Clone, Copy, Debug)]
pub struct MachineImageProps<'a> {
    /// The section of the stack file.
    pub config: &'a ExistingAmi,
    /// A text whose change looks up the image again.
    pub revision: &'a str,
}

impl MachineImage {
    /// Looks up the latest image, and keeps it until `revision` changes: an image that AWS publishes in between must
    /// not be deployed with a traffic shift.
    pub fn new(scope: &mut Scope<'_>, props: MachineImageProps<'_>) -> Self {
        let MachineImageProps { config, revision } = props;
        let architecture = match config.architecture {
            Architecture::Arm64 => "arm64",
            Architecture::X8664 => "x86_64",
        };
        let latest = data::Ami::new()
            .most_recent(true)
            .owners([config.owner.clone()])
            .filter([
                filter("name", config.name.clone()),
                filter("architecture", architecture),
                filter("root-device-type", "ebs"),
                filter("state", "available"),
                filter("virtualization-type", "hvm"),
            ]);
        let latest = scope.add("latest", latest);
        let image = Object::from_iter([
            (ID, latest.id().into_term()),
            (ROOT_DEVICE, latest.root_device_name().into_term()),
        ]);
        let taken = TerraformData::new()
            .input(Value::<Any>::from(image))
            .triggers_replace(revision.to_owned());
        Self {
            taken: scope.add("image", with_ignored_changes(taken)),
        }
    }

    /// Its id.
    pub fn id(&self) -> Value<String> {
        self.taken.output().key(ID).to_text()
    }

    /// The name of the device that it starts from.
    pub fn root_device(&self) -> Value<String> {
        self.taken.output().key(ROOT_DEVICE).to_text()
    }
}

const ID: &str = "id";
const ROOT_DEVICE: &str = "root_device";

fn filter(name: &'static str, value: impl Into<Value<String>>) -> Block<Filter> {
    Filter::new(FilterArgs {
        name: name.into(),
        values: [value].into(),
    })
}
