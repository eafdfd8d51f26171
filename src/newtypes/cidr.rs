//! IPv4 CIDR blocks.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use ipnet::Ipv4Net;

use super::{InvalidValue, text};

/// An IPv4 CIDR block without host bits.
///
/// AWS rejects blocks with host bits, or changes them silently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr(Ipv4Net);

impl Cidr {
    /// The block of all addresses, `0.0.0.0/0`.
    pub fn anywhere() -> Self {
        Self(Ipv4Net::default())
    }

    /// Whether the blocks have an address in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.contains(other) || other.contains(self)
    }

    /// Whether this block contains `other`.
    pub fn contains(self, other: Self) -> bool {
        self.0.contains(&other.0)
    }

    /// The prefix length, 0 to 32.
    pub fn prefix(self) -> u8 {
        self.0.prefix_len()
    }

    /// The part `index`, from 0, of the block divided into `2^bits` equal parts.
    pub(crate) fn part(self, bits: u8, index: usize) -> Option<Self> {
        let prefix = self.prefix().checked_add(bits)?;
        self.0.subnets(prefix).ok()?.nth(index).map(Self)
    }

    /// The block at the same place within `supernet`: its first bits are those of `supernet`. `None` if it is larger.
    pub fn within(self, supernet: Self) -> Option<Self> {
        let host_bits = u32::from(supernet.0.hostmask());
        let address = u32::from(supernet.0.network()) | (u32::from(self.0.network()) & host_bits);
        (self.prefix() >= supernet.prefix())
            .then(|| Ipv4Net::new(address.into(), self.prefix()).ok())
            .flatten()
            .map(Self)
    }

    /// The block with dashes instead of dots and slash: a component of construct paths.
    pub fn dashed(self) -> String {
        self.to_string().replace(['.', '/'], "-")
    }

    /// The resolver of a VPC with this block: the base address plus two.
    ///
    /// Source: AWS VPC guide, "Amazon DNS server".
    pub fn resolver(self) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.0.network()).wrapping_add(2))
    }
}

impl FromStr for Cidr {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let Ok(net) = text.parse::<Ipv4Net>() else {
            return Err(InvalidValue::new(format!(
                "`{text}` is not an IPv4 CIDR block such as 10.0.0.0/16"
            )));
        };
        if net == net.trunc() {
            return Ok(Self(net));
        }
        let prefix = net.prefix_len();
        Err(InvalidValue::new(format!(
            "`{text}` has host bits set beyond its prefix /{prefix}"
        ))
        .suggest(format!("did you mean `{}`?", net.trunc())))
    }
}

/// The block of one address.
impl From<Ipv4Addr> for Cidr {
    fn from(address: Ipv4Addr) -> Self {
        Self(address.into())
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

text!(
    Cidr,
    r"^([0-9]{1,3}\.){3}[0-9]{1,3}/([0-9]|[12][0-9]|3[0-2])$",
    "An IPv4 CIDR block without host bits, such as 10.0.0.0/16"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_bits_are_refused_with_the_block_that_was_meant() {
        let error = "10.0.1.0/16".parse::<Cidr>().unwrap_err().to_string();
        assert!(error.ends_with("did you mean `10.0.0.0/16`?"), "{error}");
    }

    #[test]
    fn a_block_keeps_its_place_in_another_supernet() {
        let cidr = |text: &str| text.parse::<Cidr>().unwrap();
        let moved = |block: &str| cidr(block).within(cidr("10.16.0.0/12"));
        assert_eq!(moved("10.1.16.0/20"), Some(cidr("10.17.16.0/20")));
        assert_eq!(moved("172.17.0.0/16"), Some(cidr("10.17.0.0/16")));
        assert_eq!(moved("10.0.0.0/8"), None);
    }

    #[test]
    fn blocks_overlap_when_one_holds_the_other() {
        let cidr = |text: &str| text.parse::<Cidr>().unwrap();
        assert!(cidr("10.0.0.0/8").overlaps(cidr("10.1.0.0/16")));
        assert!(!cidr("10.0.0.0/16").overlaps(cidr("10.1.0.0/16")));
    }
}
