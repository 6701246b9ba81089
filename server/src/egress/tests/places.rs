//! Addresses that nothing may reach, and how they are written by those who try.

use std::net::Ipv4Addr;

/// Refused whoever asks; the first four are this machine.
pub(super) const SHUT_V4: [[u8; 4]; 14] = [
    [127, 0, 0, 1],
    [127, 0, 0, 2],
    [127, 1, 2, 3],
    [127, 255, 255, 254],
    [0, 0, 0, 0],
    [0, 1, 2, 3],
    [169, 254, 169, 254],
    [169, 254, 170, 2],
    [100, 100, 100, 200],
    [168, 63, 129, 16],
    [192, 0, 0, 192],
    [224, 0, 0, 1],
    [240, 0, 0, 1],
    [255, 255, 255, 255],
];

/// The same in IPv6, where they are not an IPv4 address inside.
pub(super) const SHUT_V6: [&str; 18] = [
    "::1",
    "0:0:0:0:0:0:0:1",
    "0000:0000:0000:0000:0000:0000:0000:0001",
    "::0001",
    "0::1",
    "::",
    "0:0::0",
    "fe80::1",
    "FE80::A9FE:A9FE",
    "febf:ffff::1",
    "fec0::1",
    "ff02::1",
    "ff05::2",
    "fd00:ec2::254",
    "fd00:0ec2:0:0::23",
    "fd20:ce::254",
    "2001:0:7f00:1::1",
    "100::1",
];

/// Open, so that what is shut is not all there is.
pub(super) const OPEN: [&str; 12] = [
    "10.0.0.1",
    "172.16.0.9",
    "192.168.1.1",
    "100.64.0.1",
    "203.0.113.7",
    "8.8.8.8",
    "::ffff:10.0.0.1",
    "64:ff9b::808:808",
    "2002:0a00:0001::1",
    "fd12:3456::1",
    "2001:db8::1",
    "2606:4700::1111",
];

/// How an IPv4 address may be written as the host of an address; those that no reader takes for a host are among them.
pub(super) fn spellings(parts: [u8; 4]) -> Vec<String> {
    let [a, b, c, d] = parts;
    let number = u32::from(Ipv4Addr::from(parts));
    let plain = format!("{a}.{b}.{c}.{d}");
    let (high, low) = (format!("{a:x}{b:02x}"), format!("{c:x}{d:02x}"));
    let swap = |digit: fn(u32) -> char, dot: char| -> String {
        plain.chars().map(|c| c.to_digit(10).map_or(dot, digit)).collect()
    };
    let wide = |digit: u32| char::from_u32(0xff10 + digit).expect("a digit");
    let circled = |digit: u32| if digit == 0 { '⓪' } else { char::from_u32(0x2460 + digit - 1).expect("a digit") };
    let percent: String = plain.bytes().map(|byte| format!("%{byte:02x}")).collect();
    vec![
        plain.clone(),
        format!("{plain}."),
        number.to_string(),
        format!("0x{number:x}"),
        format!("0X{number:X}"),
        format!("0{number:o}"),
        format!("0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("0x{a:x}.0{b:o}.{c}.{d}"),
        format!("{a}.{}", u32::from_be_bytes([0, b, c, d])),
        format!("{a}.{b}.{}", u32::from_be_bytes([0, 0, c, d])),
        format!("0x{a:x}.0x{:x}", u32::from_be_bytes([0, b, c, d])),
        format!("00000{a:o}.{b}.{c}.{d}"),
        swap(wide, '.'),
        swap(circled, '.'),
        swap(|digit| char::from_digit(digit, 10).expect("a digit"), '。'),
        swap(wide, '。'),
        swap(|digit| char::from_digit(digit, 10).expect("a digit"), '．'),
        percent,
        format!("[::ffff:{plain}]"),
        format!("[::ffff:{high}:{low}]"),
        format!("[0:0:0:0:0:ffff:{high}:{low}]"),
        format!("[::FFFF:{}:{}]", high.to_uppercase(), low.to_uppercase()),
        format!("[::{plain}]"),
        format!("[::ffff:0:{plain}]"),
        format!("[64:ff9b::{plain}]"),
        format!("[64:ff9b::{high}:{low}]"),
        format!("[64:ff9b:1::{high}:{low}]"),
        format!("[2002:{high}:{low}::1]"),
        format!("[fd12:3456::5efe:{plain}]"),
    ]
}
