//! The world of the browser's chapters: the demo's case in a fiftieth of its size, with its three people.

use std::path::Path;

use server::demo::case::{self, DemoPerson};
use server::demo::{self, Scale};
use server::world::SystemDice;
use tempfile::TempDir;

use super::page::Page;
use crate::world::World;

/// A server with the demo's project.
pub(super) struct Demo {
    pub(super) world: World,
    people: Vec<DemoPerson>,
    sources: TempDir,
}

impl Demo {
    /// Makes the data and starts the server.
    pub(super) async fn start() -> Self {
        Self::start_with(&Scale::SMALL).await
    }

    /// The same with more or less data.
    pub(super) async fn start_with(scale: &Scale) -> Self {
        let sources = tempfile::tempdir().expect("a folder");
        let files = demo::generate(sources.path(), demo::SEED, scale).expect("the data");
        let folder = sources.path().display().to_string();
        let world = World::start_with(&[("CLEW_SQLITE_DIR", &folder)]).await;
        let people = case::people(&SystemDice);
        case::install(&world.server, &files, &people).await.expect("the project");
        Self { world, people, sources }
    }

    /// Where the databases of the demo lie.
    pub(super) fn folder(&self) -> &Path {
        self.sources.path()
    }

    /// Opens a browser's window.
    pub(super) async fn page(&self) -> Page {
        self.page_with(&[]).await
    }

    /// Opens a window of a browser with further flags.
    pub(super) async fn page_with(&self, flags: &[&str]) -> Page {
        Page::start(self.world.origin(), flags).await
    }

    /// The password of somebody.
    pub(super) fn password(&self, name: &str) -> &str {
        let person = self.people.iter().find(|person| person.name == name).expect("somebody of the demo");
        &person.password
    }

    /// Opens an address and signs in there, through the issuer's page.
    pub(super) async fn sign_in(&self, page: &Page, path: &str, name: &str) {
        page.sign_in(path, name, self.password(name)).await;
    }

    /// Answers the issuer's page.
    pub(super) async fn enter(&self, page: &Page, name: &str) {
        page.enter(name, self.password(name)).await;
    }
}
