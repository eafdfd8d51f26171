//! What a function runs: the archive of a program, or a container image.

use super::Archive;
use crate::aws;
use crate::constructs::compute::image::Image;
use crate::terraform::tree::Declared;

/// What `lambda/` is written for.
const RUNTIME: &str = "python3.13";

/// What a function runs.
#[derive(Clone, Debug)]
pub enum Code {
    /// A program of `lambda/`.
    Archive(Archive),
    /// An image, which brings its own runtime, handler and drivers.
    Image(Image),
}

impl Code {
    /// `function`, running it.
    pub(super) fn run(
        self,
        function: Declared<aws::LambdaFunction>,
    ) -> Declared<aws::LambdaFunction> {
        match self {
            Self::Archive(archive) => function
                .runtime(RUNTIME)
                .handler(archive.program.handler())
                .s3_bucket(archive.bucket)
                .s3_key(archive.key)
                .s3_object_version(archive.version)
                .source_code_hash(archive.sha256)
                .given(archive.drivers, |function, layer| function.layers([layer])),
            Self::Image(image) => function.package_type("Image").image_uri(image.uri()),
        }
    }
}
