//! Instance classes and types of AWS.

use std::fmt;
use std::str::FromStr;

use super::{InvalidValue, text};

macro_rules! class {
    ($type:ident, $prefix:literal, $example:literal, $pattern:literal, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(String);

        impl $type {
            /// The name in AWS.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The family: `r6g` in `db.r6g.large`, `m7g` in `m7g.large`.
            pub fn family(&self) -> &str {
                self.0
                    .strip_prefix($prefix)
                    .and_then(|rest| rest.split('.').next())
                    .unwrap_or_default()
            }
        }

        impl FromStr for $type {
            type Err = InvalidValue;

            fn from_str(text: &str) -> Result<Self, InvalidValue> {
                if has_class_syntax(text, $prefix) {
                    return Ok(Self(text.to_owned()));
                }
                let invalid = InvalidValue::new(format!(
                    "`{text}` is not {}",
                    concat!("a class such as ", $example)
                ));
                let prefixed = format!("{}{text}", $prefix);
                Err(if has_class_syntax(&prefixed, $prefix) {
                    invalid.suggest(format!("did you mean `{prefixed}`?"))
                } else {
                    invalid
                })
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        text!($type, $pattern, $doc);
    };
}

/// Whether `text` is the prefix, a family and a size.
fn has_class_syntax(text: &str, prefix: &str) -> bool {
    let word = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    text.strip_prefix(prefix).is_some_and(|rest| {
        let mut parts = rest.split('.');
        let family = parts.next().is_some_and(word);
        family && (parts.next().is_some_and(word) || rest == "serverless") && parts.next().is_none()
    })
}

class!(
    DatabaseClass,
    "db.",
    "db.r6g.large",
    r"^db\.([a-z0-9]+\.[a-z0-9]+|serverless)$",
    "An RDS instance class, such as db.r6g.large, or db.serverless for Aurora Serverless v2."
);
class!(
    ReplicationClass,
    "dms.",
    "dms.r6i.large",
    r"^dms\.[a-z0-9]+\.[a-z0-9]+$",
    "A DMS replication instance class, such as dms.r6i.large."
);
class!(
    InstanceType,
    "",
    "m7g.large",
    r"^[a-z0-9-]+\.[a-z0-9-]+$",
    "An EC2 instance type, such as m7g.large."
);

impl DatabaseClass {
    /// Whether Aurora Global Database supports this class: memory-optimized (r5 and newer, x) or Serverless v2. A plan
    /// accepts other classes, and the apply fails.
    ///
    /// Source: Aurora user guide, "Requirements for Aurora global databases".
    pub fn serves_global_database(&self) -> bool {
        matches!(self.family().as_bytes().first(), Some(b'r' | b'x')) || self.is_serverless()
    }

    /// Whether this is Aurora Serverless v2.
    pub fn is_serverless(&self) -> bool {
        self.0 == "db.serverless"
    }
}

impl DatabaseClass {
    /// Memory of an instance in GiB. None for serverless and for families of an unknown ratio.
    ///
    /// Source: Aurora user guide, "Hardware specifications for DB instance classes for Aurora".
    pub fn memory_gib(&self) -> Option<u32> {
        let (family, size) = self.0.strip_prefix("db.")?.split_once('.')?;
        let burstable = family.starts_with('t');
        let large = match family.as_bytes().first()? {
            b't' => 8,
            b'r' => 16,
            b'x' => 32,
            _ => return None,
        };
        match size {
            "small" if burstable => Some(large / 4),
            "medium" if burstable => Some(large / 2),
            "large" => Some(large),
            "xlarge" => Some(large * 2),
            _ => {
                let count: u32 = size.strip_suffix("xlarge")?.parse().ok()?;
                Some(large * 2 * count)
            }
        }
    }
}

impl InstanceType {
    /// Whether its processor is Graviton: a `g` follows the generation, as in `m7g` or `c6gn`.
    ///
    /// Source: EC2 instance types guide, "Naming conventions".
    pub fn is_graviton(&self) -> bool {
        let family = self.family();
        let attributes = family
            .split_once(|c: char| c.is_ascii_digit())
            .map_or("", |(_, attributes)| attributes);
        family == "a1" || attributes.contains('g')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_of_another_service_is_an_error() {
        let error = "dms.r6i.xlarge".parse::<DatabaseClass>().unwrap_err();
        let message = "`dms.r6i.xlarge` is not a class such as db.r6g.large";
        assert!(error.to_string().starts_with(message), "{error}");
        assert!("a.b.c".parse::<ReplicationClass>().is_err());
    }

    #[test]
    fn a_forgotten_prefix_is_suggested() {
        let error = "r6g.large".parse::<DatabaseClass>().unwrap_err();
        assert!(error.to_string().ends_with("did you mean `db.r6g.large`?"));
    }

    #[test]
    fn graviton_has_a_g_after_the_generation() {
        let graviton = |text: &str| text.parse::<InstanceType>().unwrap().is_graviton();
        for arm in [
            "m7g.large",
            "t4g.small",
            "c6gn.xlarge",
            "im4gn.large",
            "a1.large",
            "g5g.xlarge",
        ] {
            assert!(graviton(arm), "{arm}");
        }
        for intel in [
            "m7i.large",
            "t3.small",
            "g4dn.xlarge",
            "m7a.large",
            "c7i-flex.large",
        ] {
            assert!(!graviton(intel), "{intel}");
        }
    }

    #[test]
    fn memory_follows_from_family_and_size() {
        let memory = |class: &str| class.parse::<DatabaseClass>().unwrap().memory_gib();
        assert_eq!(memory("db.t4g.medium"), Some(4));
        assert_eq!(memory("db.r6g.large"), Some(16));
        assert_eq!(memory("db.r6g.2xlarge"), Some(64));
        assert_eq!(memory("db.x2g.large"), Some(32));
        assert_eq!(memory("db.serverless"), None);
    }

    #[test]
    fn burstable_classes_do_not_serve_a_global_database() {
        let class = |text: &str| text.parse::<DatabaseClass>().unwrap();
        assert!(!class("db.t4g.medium").serves_global_database());
        assert!(class("db.r6g.large").serves_global_database());
        assert!(class("db.serverless").serves_global_database());
    }
}
