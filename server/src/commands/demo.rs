//! `clew demo`: a generated case, three people and a key of its own.
use crate::StartFault;
use crate::settings::Given;
pub(super) struct Options {
    pub(super) fresh: bool,
}
pub(super) async fn run(_given: Given, options: Options) -> Result<(), StartFault> {
    let _x = options.fresh;
    Ok(())
}
