//! Parts about what the person knows by name only: no source is asked, and the part says why it is empty.

use model::completeness::{Cause, Completeness};
use model::{LinkTypeId, ObjectTypeId};
use wire::Fault;
use wire::frame::{Close, Open, PartRows};

use super::Asking;
use super::part::Part;
use super::pieces::Out;

/// A part of a search.
pub(super) async fn objects(asking: &Asking, id: &ObjectTypeId, number: u16, out: &Out) -> Result<(), Fault> {
    empty(asking, PartRows::Objects(id.clone()), Cause::Withheld(id.clone()), number, out).await
}

/// A part of counting links.
pub(super) async fn links(asking: &Asking, id: &LinkTypeId, number: u16, out: &Out) -> Result<(), Fault> {
    empty(asking, PartRows::Counts, Cause::LinksWithheld(id.clone()), number, out).await
}

async fn empty(asking: &Asking, rows: PartRows, cause: Cause, number: u16, out: &Out) -> Result<(), Fault> {
    let part = Part::open(out, number, Open { rows, source: None }, &asking.clock).await;
    let mut completeness = Completeness::exact();
    completeness.note(cause);
    part.close(Close { completeness, ..Close::default() }).await
}
