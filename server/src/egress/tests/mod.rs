//! The way out, tried at everything that must be shut; each time beside what must be open.

mod attempts;
mod bounds;
mod places;
mod proxies;
mod server;

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::*;
use crate::settings::Given;

/// A way out with these settings.
pub(crate) fn with(settings: &[(&str, &str)]) -> Egress {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let given = Given { environment: settings.iter().map(pair).collect(), flags: BTreeMap::new() };
    Egress::of_settings(&Settings::read(&given).expect("settings"))
}

/// A way out to sources on this machine, where those of the tests are.
pub(crate) fn open_here() -> Egress {
    with(&[("CLEW_EGRESS_ALLOW", "localhost:*, 127.0.0.1:*, [::1]:*")])
}

/// Answers each name with its lists of addresses, one after the other and from the first again.
pub(super) struct Told {
    names: Vec<(&'static str, Vec<Vec<IpAddr>>)>,
    pub(super) asked: AtomicUsize,
}

impl Told {
    pub(super) fn new(names: &[(&'static str, &[&[&str]])]) -> Arc<Self> {
        let addresses = |list: &&[&str]| list.iter().map(|text| text.parse().expect("an address")).collect();
        let names = names.iter().map(|(name, lists)| (*name, lists.iter().map(addresses).collect())).collect();
        Arc::new(Self { names, asked: AtomicUsize::new(0) })
    }
}

impl Resolve for Told {
    fn resolve(&self, name: &str, _port: u16) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let turn = self.asked.fetch_add(1, Ordering::Relaxed);
        let lists = self.names.iter().find(|(known, _)| *known == name).map(|(_, lists)| lists);
        let answer = lists.map(|lists| lists[turn % lists.len()].clone());
        async move { answer.ok_or_else(|| io::Error::other("no such name")) }.boxed()
    }
}
