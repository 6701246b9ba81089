//! The demo's project: its text, its people, and how both come into an empty store.
//!
//! The project is kept as the same plain text that `clew project export` writes, so that it shows what a project looks
//! like. The CSV files go the way of every upload.

use std::io::Cursor;
use std::sync::Arc;

use access::{AppRole, Grant, Grantee, ProjectRole, SourceId, UploadId};
use bytes::Bytes;
use model::project::Project;
use model::text;
use serde::{Deserialize, Serialize};

use super::{DemoFiles, layout};
use crate::config::UploadRecord;
use crate::handlers::project::{json, put_project};
use crate::hash::hex;
use crate::people::Person;
use crate::sign_in::issuer::{NewPerson, REMEMBERED_AS};
use crate::store::{self, RecordKey, RecordKind, Write};
use crate::world::{Dice, random};
use crate::{Server, StartFault, intake};

macro_rules! project_text {
    ($($path:literal),* $(,)?) => {
        /// The project, file by file.
        const TEXT: &[(&str, &str)] = &[$(($path, include_str!(concat!("project/", $path)))),*];
    };
}

project_text![
    "access.toml",
    "project.toml",
    "sources/bank.toml",
    "sources/register.toml",
    "sources/roles.toml",
    "sources/sanctions.toml",
    "object_types/account.toml",
    "object_types/address.toml",
    "object_types/company.toml",
    "object_types/customer.toml",
    "object_types/listed.toml",
    "link_types/holds.toml",
    "link_types/lives_at.toml",
    "link_types/owned_by_company.toml",
    "link_types/registered_as.toml",
    "link_types/resembles_listed.toml",
    "link_types/run_by.toml",
    "link_types/transfer.toml",
];

/// Somebody who can sign in to the demo.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DemoPerson {
    /// The name to sign in with.
    pub name: String,
    /// What the person is in the demo, in words.
    pub what: String,
    /// App roles.
    pub roles: Vec<String>,
    /// The role in the project.
    pub project: Option<ProjectRole>,
    /// The password, drawn at random.
    pub password: String,
}

/// The three people of the demo, with fresh passwords.
pub fn people(dice: &dyn Dice) -> Vec<DemoPerson> {
    let person = |name: &str, what: &str, roles: &[&str], project| DemoPerson {
        name: name.to_owned(),
        what: what.to_owned(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        project,
        password: password(dice),
    };
    vec![
        person("ingrid", "reads the project", &["Task.Read"], Some(ProjectRole::Read)),
        person("astrid", "instance manager, Own of the project", &["Task.Read", "Task.Manage"], Some(ProjectRole::Own)),
        person("odd", "auditor", &["Task.Audit"], None),
    ]
}

/// Four groups of four letters that are not mistaken for each other: 73 bits of chance.
fn password(dice: &dyn Dice) -> String {
    const LETTERS: &[u8; 23] = b"abcdefghjkmnpqrstuvwxyz";
    let drawn = random::<16>(dice);
    let letters: Vec<char> = drawn
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(*byte) % LETTERS.len()))
        .map(|b| char::from(*b))
        .collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// Puts people and project into a store that has neither.
///
/// # Errors
/// [`StartFault`] when a file cannot be read or the store cannot be written.
pub async fn install(server: &Arc<Server>, files: &DemoFiles, people: &[DemoPerson]) -> Result<(), StartFault> {
    let mut project = read_project()?;
    for person in people {
        if let Some(grant) = add_person(server, person).await? {
            project.grants.push(grant);
        }
    }
    project.grants.sort();
    let astrid = project.grants.iter().find(|grant| grant.role == ProjectRole::Own).map(|grant| grant.to.clone());
    let Some(Grantee::Person(owner)) = astrid else { return Err(failed("the demo has no owner")) };
    let mut writes = Vec::new();
    for (source, file) in [("register", &files.register), ("roles", &files.roles), ("sanctions", &files.sanctions)] {
        let bytes =
            std::fs::read(file).map_err(|error| failed(format!("{} cannot be read: {error}", file.display())))?;
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (upload, record) = put_file(server, &owner, name, bytes).await?;
        let key = RecordKey::new(RecordKind::Upload, project.id.as_str(), upload.as_str());
        writes.push(Write::put(key, json(&record).map_err(|fault| failed(fault.to_string()))?));
        let id = SourceId::new(source).map_err(|error| failed(error.to_string()))?;
        if let Some(source) = project.sources.get_mut(&id) {
            source.upload = Some(upload);
        }
    }
    writes.push(put_project(&project).map_err(|fault| failed(fault.to_string()))?);
    server.keeper.commit(server.keeper.current().revision, writes, Vec::new()).await?;
    Ok(())
}

/// The project without files and people.
///
/// # Errors
/// [`StartFault`] when the text is no project: a mistake of ours, which a test finds.
pub fn read_project() -> Result<Project, StartFault> {
    let files: Vec<text::File> = TEXT.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    text::read(&files).map_err(|error| failed(error.to_string()))
}

async fn add_person(server: &Arc<Server>, person: &DemoPerson) -> Result<Option<Grant>, StartFault> {
    let issuer = server.sign_in.issuer().ok_or_else(|| failed("the demo needs the embedded issuer"))?;
    let new = NewPerson { name: person.name.clone(), email: None, roles: person.roles.clone() };
    let subject = issuer.people.add_with_password(new, &person.password).await?;
    let id =
        access::PersonId::new(hex(&random::<16>(server.dice.as_ref()))).map_err(|error| failed(error.to_string()))?;
    let known = Person {
        id: id.clone(),
        issuer: REMEMBERED_AS.to_owned(),
        subject,
        name: person.name.clone(),
        email: None,
        roles: Vec::new(),
        signed_in: None,
    };
    server.people.put(&known).await.map_err(|fault| failed(fault.to_string()))?;
    let roles_are_good = person.roles.iter().all(|role| AppRole::new(role.clone()).is_ok());
    if !roles_are_good {
        return Err(failed("a role of the demo cannot be used"));
    }
    Ok(person.project.map(|role| Grant { to: Grantee::Person(id), role }))
}

async fn put_file(
    server: &Arc<Server>,
    owner: &access::PersonId,
    name: String,
    bytes: Vec<u8>,
) -> Result<(UploadId, UploadRecord), StartFault> {
    let unreadable = |refusal: intake::Refusal| failed(refusal.to_string());
    let layout = layout(&bytes).map_err(unreadable)?;
    let (image, report) = intake::build(Cursor::new(bytes.as_slice()), &layout).map_err(unreadable)?;
    let upload = UploadId::new(hex(&random::<16>(server.dice.as_ref()))).map_err(|error| failed(error.to_string()))?;
    let image = Bytes::from(image.bytes);
    let record = UploadRecord {
        person: owner.clone(),
        name,
        at: server.clock.now().as_second(),
        chunks: store::put_image(server.store.as_ref(), upload.as_str(), image.clone()).await?,
        bytes: image.len() as u64,
        layout: Some(intake::to_form(&layout)),
        report: Some(intake::to_report(&report)),
    };
    Ok((upload, record))
}

fn failed(sentence: impl Into<String>) -> StartFault {
    StartFault::Other { sentence: sentence.into(), code: 1 }
}

#[cfg(test)]
mod tests {
    use model::check::check;
    use model::text;

    #[test]
    fn the_project_is_whole_and_written_as_it_is_exported() {
        let project = super::read_project().expect("a project");
        assert_eq!(check(&project), []);
        let again = text::read(&text::write(&project).expect("text")).expect("a project");
        assert_eq!(again, project);
    }
}
