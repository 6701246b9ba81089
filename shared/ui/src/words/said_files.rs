//! What a file that is brought in has and cannot be used, in the person's language.

use super::Word;

/// The sentences of graphs in files; of two that fit one, the more particular stands first.
pub(super) const SAID_OF_FILES: [Word; 14] = [
    Word::SaidFileNotText,
    Word::SaidFileEncoding,
    Word::SaidFileNoGraph,
    Word::SaidFileNewer,
    Word::SaidFileDocumentType,
    Word::SaidFileEntity,
    Word::SaidFileCutOff,
    Word::SaidFileTooManyNodes,
    Word::SaidFileTooManyLinks,
    Word::SaidFileTwice,
    Word::SaidFileNoNode,
    Word::SaidFileAttribute,
    Word::SaidFileJson,
    Word::SaidFileXml,
];
