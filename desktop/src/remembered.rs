//! What the program remembers for a person. It is little, and safe to copy to another machine: the server's address, no secret.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use serde::{Deserialize, Serialize};

use crate::address::ServerAddress;
use crate::trouble::{Trouble, wrong_setting};

/// What is remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// The server that was last reached.
    #[serde(default)]
    pub server: Option<ServerAddress>,
}

/// Where it is kept.
#[derive(Debug, Clone)]
pub struct Place(PathBuf);

impl Place {
    /// In the folder of this person's settings, which a roaming profile takes along.
    pub fn of_person() -> Option<Self> {
        let folders = ProjectDirs::from("org", "Clew", "Clew")?;
        Some(Self::in_folder(folders.config_dir()))
    }

    /// In a folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self(folder.join("desktop.toml"))
    }

    /// What was remembered. What cannot be read is as if there was nothing: it is asked for again.
    pub fn read(&self) -> Remembered {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        toml::from_str(&text).unwrap_or_else(|error| {
            tracing::warn!(file = %self.0.display(), %error, "what was remembered cannot be read");
            Remembered::default()
        })
    }

    /// Remembers something else. Two programs of one person may do so at once: each file is whole.
    ///
    /// # Errors
    /// [`Trouble`] when it cannot be written; the program goes on without.
    pub fn write(&self, remembered: &Remembered) -> Result<(), Trouble> {
        self.replace(remembered).map_err(|error| {
            let sentence = format!("The address could not be remembered in {}: {error}.", self.0.display());
            wrong_setting(sentence, "You will be asked for it again; look whether the disk is full.")
        })
    }

    fn replace(&self, remembered: &Remembered) -> std::io::Result<()> {
        let text = toml::to_string(remembered).map_err(std::io::Error::other)?;
        let folder = self.0.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let beside = folder.join(format!("desktop.toml.{}", std::process::id()));
        let written = std::fs::File::create(&beside).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        let replaced = written.and_then(|()| std::fs::rename(&beside, &self.0));
        if replaced.is_err() {
            // It may not even be there.
            drop(std::fs::remove_file(&beside));
        }
        replaced
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_comes_back_and_what_is_broken_is_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::in_folder(&folder.path().join("new"));
        assert_eq!(place.read(), Remembered::default());
        let remembered = Remembered { server: Some(ServerAddress::parse("clew.example.org").unwrap()) };
        place.write(&remembered).unwrap();
        assert_eq!(place.read(), remembered);
        assert_eq!(std::fs::read_dir(folder.path().join("new")).unwrap().count(), 1, "nothing is left beside it");
        std::fs::write(folder.path().join("new/desktop.toml"), "server = 5").unwrap();
        assert_eq!(place.read(), Remembered::default());
    }

    #[test]
    fn what_cannot_be_written_is_said_with_what_follows() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), "").unwrap();
        let trouble = Place::in_folder(&folder.path().join("file/under")).write(&Remembered::default()).unwrap_err();
        assert!(trouble.sentence.contains("desktop.toml") && trouble.remedy.contains("asked for it again"), "{trouble:?}");
    }
}
