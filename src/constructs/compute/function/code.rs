//! The code of a function: a deployment package or a container image.

use super::UploadedPackage;
use crate::aws;
use crate::constructs::compute::image::Image;
use crate::terraform::tree::Declared;

/// The runtime of the programs in `lambda/`.
const RUNTIME: &str = "python3.13";

/// The code of a function.
#[derive(Clone, Debug)]
pub enum Code {
    /// A program of `lambda/`.
    Package(UploadedPackage),
    /// A container image with its own runtime, handler and drivers.
    Image(Image),
}

impl Code {
    /// Sets the code of a function.
    pub(super) fn set_on(
        self,
        function: Declared<aws::LambdaFunction>,
    ) -> Declared<aws::LambdaFunction> {
        match self {
            Self::Package(package) => function
                .runtime(RUNTIME)
                .handler(package.program.handler())
                .s3_bucket(package.bucket)
                .s3_key(package.key)
                .s3_object_version(package.version)
                .source_code_hash(package.sha256)
                .when_some(package.drivers, |function, layer| function.layers([layer])),
            Self::Image(image) => function.package_type("Image").image_uri(image.uri()),
        }
    }
}
