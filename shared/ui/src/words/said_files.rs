//! What a file that is brought in has and cannot be used, in the person's language.

use super::Word;

/// The sentences of graphs in files; of two that fit one, the more particular stands first.
pub(super) const SAID_OF_FILES: [Word; 7] = [
    Word::SaidFileNotText,
    Word::SaidFileNoGraph,
    Word::SaidFileDocumentType,
    Word::SaidFileCutOff,
    Word::SaidFileAttribute,
    Word::SaidFileJson,
    Word::SaidFileXml,
];
