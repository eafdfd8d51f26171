//! Macros that expand the generated tables of `aws`.
//!
//! A table lists the arguments and attributes of one type. This table
//!
//! ```text
//! resource! {
//!     resource Vpc "aws_vpc" {
//!         required {}
//!         optional { cidr_block: String, }
//!         write_only {}
//!         computed { arn: String, }
//!         required_blocks {}
//!         blocks {}
//!     }
//! }
//! ```
//!
//! expands to the kind `Vpc`, `Vpc::new()`, `Declared<Vpc>::cidr_block(value)`, `Handle<Vpc>::{cidr_block, arn}()`,
//! `View<Vpc>::cidr_block()` and `Argument<Vpc>::cidr_block()`.
//!
//! `required { a: T, }` expands to `new(a)`. `required by VpcArgs { a: T, b: T, }` expands to `new(VpcArgs { a, b })`,
//! so that two arguments of one type cannot be swapped. Required blocks do the same. The file of the table imports the
//! types that it uses: `List`, `Map`, `Number`.

/// Declares a resource type, a data source or an ephemeral resource type.
macro_rules! resource {
    (
        $(#[$doc:meta])*
        $mode:ident $Kind:ident $type_name:literal {
            required $(by $Arguments:ident)? { $($required:ident: $Required:ty,)* }
            optional { $($optional:ident: $Optional:ty,)* }
            write_only { $($write_only:ident: $WriteOnly:ty,)* }
            computed { $($computed:ident: $Computed:ty,)* }
            required_blocks { $($required_arity:ident $required_block:ident: $RequiredBlock:ty,)* }
            blocks { $($arity:ident $block:ident: $Block:ty,)* }
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $Kind {}

        $crate::terraform::tree::binding::kind!($mode $Kind $type_name);

        $crate::terraform::tree::binding::constructor! {
            $mode Declared $Kind [$($Arguments)?]
            { $($required: $Required,)* } { $($required_arity $required_block: $RequiredBlock,)* }
        }

        impl $crate::terraform::tree::Declared<$Kind> {
            $($crate::terraform::tree::binding::argument!($mode $optional: $Optional);)*
            $($crate::terraform::tree::binding::argument!(ephemeral $write_only: $WriteOnly);)*
            $($crate::terraform::tree::binding::block_argument!($arity $block: $Block);)*
        }

        impl $crate::terraform::tree::Argument<$Kind> {
            $($crate::terraform::tree::binding::argument_name!($required);)*
            $($crate::terraform::tree::binding::argument_name!($optional);)*
            $($crate::terraform::tree::binding::argument_name!($required_block);)*
            $($crate::terraform::tree::binding::argument_name!($block);)*
        }

        impl $crate::terraform::tree::Handle<$Kind> {
            $($crate::terraform::tree::binding::attribute!($mode $required: $Required);)*
            $($crate::terraform::tree::binding::attribute!($mode $optional: $Optional);)*
            $($crate::terraform::tree::binding::attribute!($mode $computed: $Computed);)*
        }

        impl<'t> $crate::terraform::tree::View<'t, $Kind> {
            $($crate::terraform::tree::binding::read!($required: $Required);)*
            $($crate::terraform::tree::binding::read!($optional: $Optional);)*
            $($crate::terraform::tree::binding::read!($write_only: $WriteOnly);)*
            $($crate::terraform::tree::binding::read_block!($required_arity $required_block: $RequiredBlock);)*
            $($crate::terraform::tree::binding::read_block!($arity $block: $Block);)*
        }
    };
}

/// Declares a nested block.
macro_rules! block {
    (
        $(#[$doc:meta])*
        $Kind:ident {
            required $(by $Arguments:ident)? { $($required:ident: $Required:ty,)* }
            optional { $($optional:ident: $Optional:ty,)* }
            write_only { $($write_only:ident: $WriteOnly:ty,)* }
            required_blocks { $($required_arity:ident $required_block:ident: $RequiredBlock:ty,)* }
            blocks { $($arity:ident $block:ident: $Block:ty,)* }
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $Kind {}

        $crate::terraform::tree::binding::constructor! {
            resource Block $Kind [$($Arguments)?]
            { $($required: $Required,)* } { $($required_arity $required_block: $RequiredBlock,)* }
        }

        impl $crate::terraform::tree::Block<$Kind> {
            $($crate::terraform::tree::binding::argument!(resource $optional: $Optional);)*
            $($crate::terraform::tree::binding::argument!(ephemeral $write_only: $WriteOnly);)*
            $($crate::terraform::tree::binding::block_argument!($arity $block: $Block);)*
        }

        impl<'t> $crate::terraform::tree::View<'t, $Kind> {
            $($crate::terraform::tree::binding::read!($required: $Required);)*
            $($crate::terraform::tree::binding::read!($optional: $Optional);)*
            $($crate::terraform::tree::binding::read!($write_only: $WriteOnly);)*
            $($crate::terraform::tree::binding::read_block!($required_arity $required_block: $RequiredBlock);)*
            $($crate::terraform::tree::binding::read_block!($arity $block: $Block);)*
        }
    };
}

/// Declares the object type of an attribute. References have its fields.
macro_rules! object {
    ($(#[$doc:meta])* $Kind:ident { $($field:ident: $Field:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $Kind {}

        impl $crate::terraform::tree::Value<$Kind> {
            $(
                #[doc = concat!("`", stringify!($field), "`")]
                pub fn $field(self) -> $crate::terraform::tree::Value<$Field> {
                    self.field($crate::terraform::tree::binding::name(stringify!($field)))
                }
            )*
        }
    };
}

macro_rules! kind {
    (resource $Kind:ident $type_name:literal) => {
        $crate::terraform::tree::binding::kind!(@ Managed $Kind $type_name);
        impl $crate::terraform::tree::Managed for $Kind {}
    };
    (data $Kind:ident $type_name:literal) => {
        $crate::terraform::tree::binding::kind!(@ Data $Kind $type_name);
    };
    (ephemeral $Kind:ident $type_name:literal) => {
        $crate::terraform::tree::binding::kind!(@ Ephemeral $Kind $type_name);
    };
    (@ $Mode:ident $Kind:ident $type_name:literal) => {
        impl $crate::terraform::tree::Kind for $Kind {
            const MODE: $crate::terraform::tree::Mode = $crate::terraform::tree::Mode::$Mode;
            const TYPE: &'static str = $type_name;
            const USES_PROVIDER: bool = $crate::terraform::tree::binding::is_from_provider($type_name);
        }
    };
}

macro_rules! constructor {
    (
        $mode:ident $Holder:ident $Kind:ident [$Arguments:ident]
        { $($required:ident: $Required:ty,)* } { $($arity:ident $block:ident: $Block:ty,)* }
    ) => {
        #[doc = concat!("The required arguments of [`", stringify!($Kind), "`].")]
        #[derive(Clone, Debug)]
        pub struct $Arguments {
            $(
                #[doc = concat!("`", stringify!($required), "`")]
                pub $required: $crate::terraform::tree::binding::accepted!($mode $Required),
            )*
            $(
                #[doc = concat!("`", stringify!($block), "`")]
                pub $block: $crate::terraform::tree::binding::blocks!($arity $Block),
            )*
        }

        impl $Kind {
            /// Declares one.
            pub fn new(arguments: $Arguments) -> $crate::terraform::tree::$Holder<Self> {
                let mut declared = $crate::terraform::tree::$Holder::empty();
                $($crate::terraform::tree::binding::set!(declared $required: arguments.$required);)*
                $($crate::terraform::tree::binding::set_block!($arity declared $block: arguments.$block);)*
                declared
            }
        }
    };
    (
        $mode:ident $Holder:ident $Kind:ident []
        { $($required:ident: $Required:ty,)? } { $($arity:ident $block:ident: $Block:ty,)? }
    ) => {
        impl $Kind {
            /// Declares one.
            pub fn new(
                $($required: impl Into<$crate::terraform::tree::binding::accepted!($mode $Required)>,)?
                $($block: $crate::terraform::tree::binding::blocks!($arity $Block),)?
            ) -> $crate::terraform::tree::$Holder<Self> {
                let declared = $crate::terraform::tree::$Holder::empty();
                $(let declared = {
                    let mut declared = declared;
                    $crate::terraform::tree::binding::set!(declared $required: $required.into());
                    declared
                };)?
                $(let declared = {
                    let mut declared = declared;
                    $crate::terraform::tree::binding::set_block!($arity declared $block: $block);
                    declared
                };)?
                declared
            }
        }
    };
}

/// The type that an argument accepts. Only arguments that Terraform does not store accept ephemeral values.
macro_rules! accepted {
    (ephemeral $T:ty) => { $crate::terraform::tree::Ephemeral<$T> };
    ($mode:ident $T:ty) => { $crate::terraform::tree::Value<$T> };
}

macro_rules! blocks {
    (one $B:ty) => { $crate::terraform::tree::Block<$B> };
    (many $B:ty) => { Vec<$crate::terraform::tree::Block<$B>> };
}

macro_rules! set {
    ($declared:ident $name:ident: $value:expr) => {
        $crate::terraform::tree::Arguments::arguments_mut(&mut $declared).set(
            $crate::terraform::tree::binding::name(stringify!($name)),
            $value.into_term(),
        )
    };
}

macro_rules! set_block {
    (one $declared:ident $name:ident: $block:expr) => {
        $crate::terraform::tree::binding::set!($declared $name: $block)
    };
    (many $declared:ident $name:ident: $blocks:expr) => {
        for block in $blocks {
            $crate::terraform::tree::Arguments::arguments_mut(&mut $declared)
                .push($crate::terraform::tree::binding::name(stringify!($name)), block.into_term());
        }
    };
}

macro_rules! argument {
    ($mode:ident $name:ident: $T:ty) => {
        #[doc = concat!("Sets `", stringify!($name), "`.")]
        pub fn $name(
            mut self,
            value: impl Into<$crate::terraform::tree::binding::accepted!($mode $T)>,
        ) -> Self {
            $crate::terraform::tree::binding::set!(self $name: value.into());
            self
        }
    };
}

macro_rules! block_argument {
    (one $name:ident: $B:ty) => {
        #[doc = concat!("Sets the block `", stringify!($name), "`.")]
        pub fn $name(mut self, block: $crate::terraform::tree::Block<$B>) -> Self {
            $crate::terraform::tree::binding::set_block!(one self $name: block);
            self
        }
    };
    (many $name:ident: $B:ty) => {
        #[doc = concat!("Adds a block `", stringify!($name), "`, or several.")]
        pub fn $name(
            mut self,
            blocks: impl IntoIterator<Item = $crate::terraform::tree::Block<$B>>,
        ) -> Self {
            $crate::terraform::tree::binding::set_block!(many self $name: blocks);
            self
        }
    };
}

macro_rules! argument_name {
    ($name:ident) => {
        #[doc = concat!("`", stringify!($name), "`")]
        pub const fn $name() -> Self {
            Self::new($crate::terraform::tree::binding::name(stringify!($name)))
        }
    };
}

macro_rules! attribute {
    ($mode:ident $name:ident: $T:ty) => {
        #[doc = concat!("`", stringify!($name), "`")]
        pub fn $name(self) -> $crate::terraform::tree::binding::accepted!($mode $T) {
            <$crate::terraform::tree::binding::accepted!($mode $T)>::attribute(
                self.into(),
                $crate::terraform::tree::binding::name(stringify!($name)),
            )
        }
    };
}

macro_rules! read {
    ($name:ident: $T:ty) => {
        #[doc = concat!("`", stringify!($name), "`, if it was set.")]
        pub fn $name(&self) -> Option<$crate::terraform::tree::Read<'t, $T>> {
            self.argument_at($crate::terraform::tree::binding::name(stringify!($name)))
        }
    };
}

macro_rules! read_block {
    (one $name:ident: $B:ty) => {
        #[doc = concat!("The block `", stringify!($name), "`, if it was set.")]
        pub fn $name(&self) -> Option<$crate::terraform::tree::View<'t, $B>> {
            self.block_at($crate::terraform::tree::binding::name(stringify!($name)))
        }
    };
    (many $name:ident: $B:ty) => {
        #[doc = concat!("The blocks `", stringify!($name), "`.")]
        pub fn $name(&self) -> Vec<$crate::terraform::tree::View<'t, $B>> {
            self.blocks_at($crate::terraform::tree::binding::name(stringify!($name)))
        }
    };
}

pub(crate) use {
    accepted, argument, argument_name, attribute, block, block_argument, blocks, constructor, kind,
    object, read, read_block, resource, set, set_block,
};

/// Whether a provider has the type. Terraform itself has `terraform_data` and `terraform_remote_state`.
pub(crate) const fn is_from_provider(type_name: &str) -> bool {
    !matches!(
        type_name.as_bytes(),
        b"terraform_data" | b"terraform_remote_state"
    )
}

/// Converts a Rust identifier into the Terraform name: `r#type` is `type`.
pub(crate) const fn name(identifier: &'static str) -> &'static str {
    match identifier.as_bytes() {
        [b'r', b'#', ..] => identifier.split_at(2).1,
        _ => identifier,
    }
}
