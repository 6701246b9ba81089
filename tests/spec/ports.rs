//! Ports for programs that are told on which one to listen.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

/// Below those that systems give out by themselves (Linux from 32,768): nobody is given one of these between the moment
/// at which it is chosen and that at which the program listens.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// A port that nobody listens on, and that is given once in this process.
pub(crate) fn free_port() -> u16 {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    // Test programs that run beside each other begin apart.
    let begin = (std::process::id().wrapping_mul(7) % u32::from(COUNT)) as u16;
    let mut ports = (0..COUNT).map(|_| FIRST + (begin + GIVEN.fetch_add(1, Ordering::Relaxed) % COUNT) % COUNT);
    ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("a port")
}
