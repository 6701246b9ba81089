//! `clew demo`: a generated case, three people and a key of its own.
//!
//! Everything lies in one folder: the store, the generated files, and `demo.json` (readable by its owner alone) with the
//! key and the passwords, which are printed at every start.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{other, say, serve, world};
use crate::demo::{self, DemoFiles, Scale, case};
use crate::settings::{Given, MasterKey, SettingFault, Settings, names};
use crate::start::Outside;
use crate::store::Alone;
use crate::world::{Dice, random};
use crate::{Server, StartFault};

/// Where the demo answers unless it is told otherwise.
const PUBLIC_URL: &str = "http://localhost:14445";

/// What was asked for on the command line.
pub(super) struct Options {
    /// Make everything anew.
    pub(super) fresh: bool,
}

/// What `demo.json` holds.
#[derive(Serialize, Deserialize)]
struct Secrets {
    key: String,
    people: Vec<case::DemoPerson>,
}

/// Makes what is missing, prints the sign-ins, and answers.
pub(super) async fn run(mut given: Given, options: Options) -> Result<(), StartFault> {
    let folder = folder(&given)?;
    refuse_what_no_demo_made(&folder)?;
    if options.fresh && folder.is_dir() {
        // Not under a demo that runs.
        drop(Alone::with(&folder.join("clew.db"))?);
        forget(&folder)?;
    }
    make_folder(&folder)?;
    let (clock, dice) = world();
    let secrets = secrets(&folder, dice.as_ref())?;
    let files = files(&folder)?;
    complete(&mut given, &folder, &secrets);
    let mut settings = Settings::read(&given)?;
    settings.clear_text_anywhere = true;
    serve::start_log(&settings);
    let server = Server::start(&settings, Outside::open(&settings, clock, dice)?).await?;
    if server.keeper.current().projects().next().is_none() {
        case::install(&server, &files, &secrets.people).await?;
    }
    introduce(&settings, &secrets);
    if settings.is_clear_text_beyond_this_machine() {
        say("Warning: the demo answers beyond this machine without encryption; what it says can be overheard.\n");
    }
    serve::answer(server, &settings, None).await
}

fn folder(given: &Given) -> Result<PathBuf, StartFault> {
    let named = given.flags.get("data").or_else(|| given.environment.get(names::DATA));
    match named {
        Some(folder) => Ok(PathBuf::from(folder)),
        None => crate::settings::user_data_folder()
            .map(|folder| folder.join("clew-demo"))
            .ok_or_else(|| other(format!("there is no home folder; set {} to a folder for the demo", names::DATA))),
    }
}

/// `CLEW_DATA` may be set for the real server: a store or sources without the demo's own `demo.json` are somebody's.
fn refuse_what_no_demo_made(folder: &Path) -> Result<(), StartFault> {
    let is_filled = |folder: &Path| fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if folder.join("demo.json").exists() {
        return Ok(());
    }
    let what = match (folder.join("clew.db").exists(), is_filled(&folder.join("sources"))) {
        (true, _) => "the store clew.db",
        (false, true) => "the folder sources",
        (false, false) => return Ok(()),
    };
    let fault = format!("is {}, and {what} there was not made by a demo (there is no demo.json)", folder.display());
    let remedy = "unset it, or name a folder for the demo alone; nothing was changed";
    Err(SettingFault::new(names::DATA, fault, remedy).into())
}

/// Removes what the demo made, and nothing else; last of all what says that it was the demo.
fn forget(folder: &Path) -> Result<(), StartFault> {
    let made = ["clew.db", "clew.db-wal", "clew.db-shm", "sources", "demo.json"];
    for name in made {
        let path = folder.join(name);
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(other(format!("{} cannot be removed: {error}", path.display())));
            }
            _ => {}
        }
    }
    Ok(())
}

fn make_folder(folder: &Path) -> Result<(), StartFault> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder.join("sources"));
    made.map_err(|error| other(format!("{} cannot be made: {error}", folder.display())))
}

fn secrets(folder: &Path, dice: &dyn Dice) -> Result<Secrets, StartFault> {
    let path = folder.join("demo.json");
    let broken = |what: String| other(format!("{} {what}; start with --fresh", path.display()));
    match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| broken(format!("cannot be read: {error}"))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = MasterKey::from_random(random::<32>(dice)).to_base64().expose().to_owned();
            let secrets = Secrets { key, people: case::people(dice) };
            let text = serde_json::to_vec_pretty(&secrets).map_err(|error| broken(error.to_string()))?;
            let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
            file.and_then(|mut file| file.write_all(&text))
                .map_err(|error| broken(format!("cannot be written: {error}")))?;
            Ok(secrets)
        }
        Err(error) => Err(broken(format!("cannot be read: {error}"))),
    }
}

/// The generated files; made on the first start.
fn files(folder: &Path) -> Result<DemoFiles, StartFault> {
    let sources = folder.join("sources");
    let files = DemoFiles {
        bank: sources.join("bank.sqlite"),
        register: sources.join("company_register.csv"),
        roles: sources.join("company_roles.csv"),
        sanctions: sources.join("sanctions.csv"),
    };
    let is_whole = [&files.bank, &files.register, &files.roles, &files.sanctions].iter().all(|file| file.is_file())
        && sources.join("complete").is_file();
    if is_whole {
        return Ok(files);
    }
    say("Making the demo's data: 20,000 people, 5,000 companies, 30,000 accounts, 500,000 transfers …");
    let files = demo::generate(&sources, demo::SEED, &Scale::FULL).map_err(|error| other(error.to_string()))?;
    fs::write(sources.join("complete"), b"").map_err(|error| other(error.to_string()))?;
    Ok(files)
}

/// What the demo settles by itself, unless the person said otherwise.
fn complete(given: &mut Given, folder: &Path, secrets: &Secrets) {
    let path = |path: PathBuf| path.to_string_lossy().into_owned();
    given.environment.insert(names::ENCRYPTION_KEY.to_owned(), secrets.key.clone());
    given.environment.remove(&format!("{}_FILE", names::ENCRYPTION_KEY));
    given.environment.insert(names::DATA.to_owned(), path(folder.to_owned()));
    given.environment.insert(names::SQLITE_DIR.to_owned(), path(folder.join("sources")));
    given.environment.remove(names::STORE);
    given.environment.entry(names::PUBLIC_URL.to_owned()).or_insert_with(|| PUBLIC_URL.to_owned());
    // Whoever tries it has a database on the same machine, if any.
    let here = "localhost:*, 127.0.0.1:*, [::1]:*";
    given.environment.entry(names::EGRESS_ALLOW.to_owned()).or_insert_with(|| here.to_owned());
    // Its passwords are printed; a code would be asked for on a telephone that nobody wants to set up for a demo.
    given.environment.entry(names::LOCAL_SECOND_FACTOR.to_owned()).or_insert_with(|| "nobody".to_owned());
    given.environment.entry(names::LOG_LEVEL.to_owned()).or_insert_with(|| "warn".to_owned());
}

fn introduce(settings: &Settings, secrets: &Secrets) {
    let address = settings.public_url.as_ref().map_or(PUBLIC_URL, |url| url.as_str());
    say(&format!("\nClew is at  {address}\n\nSign in as"));
    for person in &secrets.people {
        say(&format!("  {:<8} {}   {}", person.name, person.password, person.what));
    }
    say("\nEnd it with Ctrl+C. `--fresh` makes the demo anew.\n");
}
