//! From a name to its addresses: asked once per connection, and what was answered is what is used.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;

/// A way from names to addresses.
pub trait Resolve: Send + Sync {
    /// Every address of `name`; `port` is where one wants to go.
    ///
    /// # Errors
    /// What the system said, when there is no answer.
    fn resolve(&self, name: &str, port: u16) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The machine's own.
pub struct System;

impl Resolve for System {
    #[expect(clippy::disallowed_methods, reason = "the one place that resolves names")]
    fn resolve(&self, name: &str, port: u16) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let place = (name.to_owned(), port);
        async move { Ok(tokio::net::lookup_host(place).await?.map(|found| found.ip()).collect()) }.boxed()
    }
}

/// Whether a name, or an address, leads anywhere; for those who look at how a server is set up.
pub async fn has_an_address(host: &str, port: u16, wait: Duration) -> bool {
    if host.parse::<IpAddr>().is_ok() {
        return true;
    }
    let found = tokio::time::timeout(wait, System.resolve(host, port)).await;
    found.is_ok_and(|found| found.is_ok_and(|addresses| !addresses.is_empty()))
}

/// Whether an address is one of this machine's: only those can be bound. Nothing is sent.
#[expect(clippy::disallowed_methods, reason = "a socket that is closed again says whose the address is")]
pub async fn is_this_machine(ip: IpAddr) -> bool {
    ip.is_loopback() || ip.is_unspecified() || tokio::net::UdpSocket::bind((ip, 0)).await.is_ok()
}
