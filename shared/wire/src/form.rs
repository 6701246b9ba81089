//! Forms that a connector describes and a screen draws.

use serde::{Deserialize, Serialize};

/// What a connector says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its name in configuration: `postgresql`.
    pub kind: String,
    /// Its name for people: `PostgreSQL`.
    pub name: String,
    /// What it is for, in a sentence.
    pub help: String,
    /// Whether its data lies inside Clew (an uploaded file).
    pub internal: bool,
    /// What it must be told.
    pub fields: Vec<FormField>,
    /// Whether it has accounts whose rights are looked at.
    #[serde(default)]
    pub accounts: bool,
}

/// One question of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormField {
    /// Its name in configuration.
    pub name: String,
    /// Its label for people.
    pub label: String,
    /// What to enter, in a sentence.
    pub help: String,
    /// What can be entered.
    pub input: Input,
    /// Whether it must be filled.
    pub required: bool,
    /// What is taken when it is left empty.
    pub default: String,
}

/// What can be entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// A line of text.
    Text,
    /// A secret: stored sealed, never shown again.
    Secret,
    /// A whole number.
    Number {
        /// The smallest.
        least: i64,
        /// The greatest.
        most: i64,
    },
    /// One of these values, each with a label.
    Choice(Vec<(String, String)>),
    /// Several lines of text: a certificate.
    Lines,
}
