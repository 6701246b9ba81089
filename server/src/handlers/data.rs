//! stub
use crate::Server;
use crate::gate::{Allowed, File, Pieces};
use std::sync::Arc;
use wire::Fault;
use wire::data::*;
pub async fn search(_s: Arc<Server>, _c: Allowed<Search>) -> Result<Pieces, Fault> {
    Err(Fault::not_found())
}
pub async fn run_query(_s: Arc<Server>, _c: Allowed<RunQuery>) -> Result<Pieces, Fault> {
    Err(Fault::not_found())
}
pub async fn count_links(_s: Arc<Server>, _c: Allowed<CountLinks>) -> Result<Pieces, Fault> {
    Err(Fault::not_found())
}
pub async fn expand(_s: Arc<Server>, _c: Allowed<Expand>) -> Result<Pieces, Fault> {
    Err(Fault::not_found())
}
pub async fn export_rows(_s: Arc<Server>, _c: Allowed<ExportRows>) -> Result<File, Fault> {
    Err(Fault::not_found())
}
pub async fn announce_picture(_s: Arc<Server>, _c: Allowed<AnnouncePicture>) -> Result<PictureStamp, Fault> {
    Err(Fault::not_found())
}
