//! Addresses that nothing may connect to, in every form that leads to them.
//!
//! | refused | why |
//! |---|---|
//! | `0.0.0.0/8`, `::` | "this machine", on most systems |
//! | `127.0.0.0/8`, `::1` | this machine; may be opened by its exact place |
//! | `169.254.0.0/16`, `fe80::/10`, `fec0::/10` | the link, and with it the metadata of clouds |
//! | `100.100.100.200`, `168.63.129.16`, `192.0.0.192`, `fd00:ec2::/32`, `fd20:ce::254` | metadata of clouds elsewhere |
//! | multicast, reserved | nobody is one of many |
//! | any of these inside an IPv6 address | mapped, compatible, translated, NAT64, 6to4, Teredo |

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// A machine elsewhere, private networks included.
    Elsewhere,
    /// This machine.
    Loopback,
    /// Never a place to connect to.
    Never,
}

/// What `address` is.
pub(super) fn nature(address: IpAddr) -> Nature {
    match address.to_canonical() {
        IpAddr::V4(address) => nature_v4(address),
        IpAddr::V6(address) => nature_v6(address),
    }
}

fn nature_v4(address: Ipv4Addr) -> Nature {
    const METADATA: [Ipv4Addr; 3] =
        [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16), Ipv4Addr::new(192, 0, 0, 192)];
    let [first, ..] = address.octets();
    if address.is_loopback() {
        Nature::Loopback
    } else if first == 0 || first >= 224 || address.is_link_local() || METADATA.contains(&address) {
        Nature::Never
    } else {
        Nature::Elsewhere
    }
}

fn nature_v6(address: Ipv6Addr) -> Nature {
    if address == Ipv6Addr::LOCALHOST {
        return Nature::Loopback;
    }
    if is_never_v6(address) {
        return Nature::Never;
    }
    match inner(address).map(nature_v4) {
        None | Some(Nature::Elsewhere) => Nature::Elsewhere,
        // Nobody writes this machine so who means no harm.
        Some(Nature::Loopback | Nature::Never) => Nature::Never,
    }
}

fn is_never_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let [first, second, ..] = parts;
    address.is_unspecified()
        || address.is_multicast()
        || first & 0xffc0 == 0xfe80
        || first & 0xffc0 == 0xfec0
        || (first, second) == (0xfd00, 0x0ec2)
        || address == Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)
        // Discard-only, and Teredo, whose inner address its server chooses.
        || parts.starts_with(&[0x100, 0, 0, 0])
        || (first, second) == (0x2001, 0)
}

/// The IPv4 address that an IPv6 address leads to.
fn inner(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Ipv4Addr::new(a, b, c, d)
    };
    match address.segments() {
        // Mapped is canonical already; compatible, translated (SIIT), NAT64 with its two prefixes, 6to4, ISATAP.
        [0, 0, 0, 0, 0, 0, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x64, 0xff9b, 1, _, _, _, high, low]
        | [0x2002, high, low, ..]
        | [_, _, _, _, 0 | 0x200, 0x5efe, high, low] => Some(of(high, low)),
        _ => None,
    }
}
