//! `clew audit verify --from FILE`: whether a sink's copy of the audit log is whole, and says the same as the store.
//!
//! Each line is proven by itself, follows the line before it by number and mark, and has the mark of its entry in the
//! store. A line that came twice is counted and is no fault. Lines from before a roll of the key are under another key:
//! their links are followed, their proofs are not looked at, and the count is told.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Arg, ArgAction, ArgMatches};
use serde_json::json;

use super::keeping::{Opened, pruned};
use super::{say, world};
use crate::StartFault;
use crate::audit::sinks::line::{PURPOSE, ReadLine, read};
use crate::settings::{EXIT_SETTING, Settings};
use crate::start::keyring;
use crate::store::vault::Keyed;
use crate::store::{EXIT_STORAGE_FAILED, SEARCH_LIMIT, Store, StoreError};

/// The longest line, in bytes: an entry's details are at most 2 MB, and JSON may make six bytes of one.
const LONGEST_LINE: u64 = 16 << 20;

/// What the command takes beside anchors.
pub(super) fn arguments() -> [Arg; 2] {
    [
        Arg::new("from")
            .long("from")
            .value_name("FILE")
            .help("Verify this copy instead, which a sink wrote as JSON lines, and compare it with the store"),
        Arg::new("alone")
            .long("alone")
            .action(ArgAction::SetTrue)
            .requires("from")
            .help("With --from: open no store, and believe nothing but the copy and the key"),
    ]
}

/// What was asked for.
pub(super) struct Asked {
    file: PathBuf,
    alone: bool,
}

impl Asked {
    pub(super) fn of(matches: &ArgMatches) -> Self {
        let file = matches.get_one::<String>("from").map(PathBuf::from).unwrap_or_default();
        Self { file, alone: matches.get_flag("alone") }
    }
}

/// Goes through the copy.
pub(super) async fn verify(settings: Settings, asked: Asked) -> Result<(), StartFault> {
    let lines = open(&asked.file)?;
    let (dice, opened) = (world().1, if asked.alone { None } else { Some(Opened::existing(&settings)?) });
    let (keyed, key) = match &opened {
        Some(opened) => (Keyed::new(&opened.store.derive(PURPOSE)), opened.store.key_id().to_string()),
        None => {
            let vault = keyring(&settings, dice)?.main();
            (Keyed::new(&vault.derive(PURPOSE)), vault.key_id().to_string())
        }
    };
    let mut check = Check { keyed, key, kept: None, last: None, told: Told::default() };
    if let Some(opened) = &opened {
        let (end, pruned) = (opened.audit.anchor().await?.seq, pruned(opened.store.as_ref()).await?);
        check.kept = Some(Kept { store: opened.store.clone(), marks: Vec::new(), end, pruned });
    }
    let fault = check.through(lines, &asked.file).await?;
    let Told { lines, twice, other_key, first } = check.told;
    if let Some(opened) = &opened {
        opened.note("audit verify", json!({ "file": asked.file, "entries": lines, "broken": fault.is_some() })).await?;
        opened.store.close().await?;
    }
    if let Some(sentence) = fault {
        return Err(StartFault::Other { sentence, code: EXIT_STORAGE_FAILED });
    }
    let (first, last) = (first.unwrap_or(0), check.last.map_or(0, |last| last.number));
    say(&format!("{lines} entries, from number {first} to {last}, each proven, none missing between them."));
    if twice > 0 {
        say(&format!("{twice} lines came twice."));
    }
    if other_key > 0 {
        say(&format!("{other_key} of them are under another key, from before a roll: only their order was looked at."));
    }
    match check.kept {
        Some(kept) => say(&format!("They are those of the store, which goes to number {}.", kept.end)),
        None => say("They were not compared with a store."),
    }
    Ok(())
}

fn open(file: &PathBuf) -> Result<BufReader<File>, StartFault> {
    let opened = File::open(file).map_err(|error| StartFault::Other {
        sentence: format!("--from: {} cannot be read ({error}); see its name and rights", file.display()),
        code: EXIT_SETTING,
    })?;
    Ok(BufReader::new(opened))
}

#[derive(Default)]
struct Told {
    lines: u64,
    twice: u64,
    other_key: u64,
    first: Option<u64>,
}

struct Check {
    keyed: Keyed,
    key: String,
    kept: Option<Kept>,
    last: Option<ReadLine>,
    told: Told,
}

/// The store's side.
struct Kept {
    store: Arc<dyn Store>,
    /// Number and mark of entries that follow each other.
    marks: Vec<(u64, [u8; 32])>,
    end: u64,
    /// Entries up to this number are gone.
    pruned: u64,
}

impl Kept {
    /// The mark of an entry; `None` if the store has none of this number.
    async fn mark(&mut self, number: u64) -> Result<Option<[u8; 32]>, StoreError> {
        let find = |marks: &[(u64, [u8; 32])]| marks.iter().find(|(seq, _)| *seq == number).map(|(_, mark)| *mark);
        if let Some(mark) = find(&self.marks) {
            return Ok(Some(mark));
        }
        if number == 0 || number > self.end {
            return Ok(None);
        }
        let read = self.store.audit_rows(number - 1, SEARCH_LIMIT).await?;
        self.marks = read.rows.iter().map(|row| (row.seq, row.mark)).collect();
        Ok(find(&self.marks))
    }
}

impl Check {
    /// The first fault, in a sentence.
    async fn through(
        &mut self,
        mut lines: BufReader<File>,
        file: &std::path::Path,
    ) -> Result<Option<String>, StartFault> {
        let (mut number, mut text) = (0_u64, Vec::new());
        loop {
            text.clear();
            let read = std::io::Read::take(&mut lines, LONGEST_LINE).read_until(b'\n', &mut text);
            let read = read.map_err(|error| super::other(format!("{}: {error}", file.display())))?;
            if read == 0 {
                let none = self.told.lines == 0;
                return Ok(none.then(|| format!("{} holds no entry; name a file that a sink wrote", file.display())));
            }
            number += 1;
            if let Some(fault) = self.line(&String::from_utf8_lossy(&text)).await? {
                let before =
                    self.last.as_ref().map_or(String::new(), |last| format!(" (behind entry {})", last.number));
                return Ok(Some(format!("line {number}{before}: {fault}; what is before it is as it was written")));
            }
        }
    }

    async fn line(&mut self, text: &str) -> Result<Option<String>, StartFault> {
        let Some(line) = read(text, &self.keyed) else {
            return Ok(Some("it is no entry of a copy".to_owned()));
        };
        let is_own_key = line.key == self.key;
        if is_own_key && !line.is_proven {
            return Ok(Some(format!("entry {} is not as it was written", line.number)));
        }
        if let Some(last) = &self.last {
            if line.number <= last.number {
                self.told.twice += 1;
                return Ok(self.differs(&line).await?);
            }
            if line.number != last.number + 1 {
                return Ok(Some(format!("entry {} is missing", last.number + 1)));
            }
            // A roll makes every mark anew, also that of the entry before.
            if line.key == last.key && line.before != last.mark {
                return Ok(Some(format!("entry {} does not follow entry {}", line.number, last.number)));
            }
        }
        if let Some(fault) = self.differs(&line).await? {
            return Ok(Some(fault));
        }
        self.told.lines += 1;
        self.told.other_key += u64::from(!is_own_key);
        self.told.first = self.told.first.or(Some(line.number));
        self.last = Some(line);
        Ok(None)
    }

    /// Whether the store says something else of this entry.
    async fn differs(&mut self, line: &ReadLine) -> Result<Option<String>, StoreError> {
        let Some(kept) = &mut self.kept else { return Ok(None) };
        if line.key != self.key {
            return Ok(None);
        }
        Ok(match kept.mark(line.number).await? {
            Some(mark) if mark == line.mark => None,
            Some(_) => Some(format!("entry {} is another one in the store", line.number)),
            None if line.number <= kept.pruned => None,
            None => Some(format!("entry {} is not in the store, which ends with number {}", line.number, kept.end)),
        })
    }
}
