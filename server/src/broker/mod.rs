//! stub
use crate::connectors::Target;
use crate::world::Clock;
use access::SourceId;
use futures::future::BoxFuture;
use std::sync::Arc;
use wire::Fault;
pub trait Targets: Send + Sync {
    fn target<'a>(&'a self, source: &'a SourceId) -> BoxFuture<'a, Result<Target, Fault>>;
    fn revision(&self) -> u64;
}
pub struct Broker;
impl Broker {
    pub fn new(_c: Arc<dyn Clock>) -> Self {
        Self
    }
    pub async fn catalogue(
        &self,
        _p: Arc<model::Project>,
        _s: &SourceId,
        _t: Arc<dyn Targets>,
    ) -> Result<model::catalogue::Catalogue, Fault> {
        Err(Fault::not_found())
    }
    pub async fn sample_table(
        &self,
        _p: Arc<model::Project>,
        _s: &wire::source::SampleTable,
        _t: Arc<dyn Targets>,
    ) -> Result<crate::gate::Pieces, Fault> {
        Err(Fault::not_found())
    }
}
