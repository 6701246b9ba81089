//! From the bytes of a file to UTF-8 text, piece by piece, remembering where bytes made no sense.

use std::collections::VecDeque;
use std::io::Read;

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::layout::Note;
use super::problems::Refusal;

const PIECE_BYTES: usize = 64 * 1024;

/// A file as UTF-8 text.
pub(super) struct Decoded<R> {
    reader: R,
    decoder: Decoder,
    piece: Box<[u8]>,
    limit_bytes: u64,
    taken_bytes: u64,
    /// Text written so far, in bytes.
    written: u64,
    /// Where in the text a U+FFFD stands for bytes that the encoding does not know, in rising order.
    malformed: VecDeque<u64>,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    pub(super) fn new(reader: R, encoding: &'static Encoding, limit_bytes: u64) -> Self {
        Self {
            reader,
            decoder: encoding.new_decoder_with_bom_removal(),
            piece: vec![0; PIECE_BYTES].into(),
            limit_bytes,
            taken_bytes: 0,
            written: 0,
            malformed: VecDeque::new(),
            ended: false,
        }
    }

    /// Adds the next piece of text to `out`; false when there is no more.
    pub(super) fn fill(&mut self, out: &mut Vec<u8>) -> Result<bool, Refusal> {
        if self.ended {
            return Ok(false);
        }
        let count = self.read_piece()?;
        self.taken_bytes += count as u64;
        if self.taken_bytes > self.limit_bytes {
            return Err(Refusal::TooLarge { limit_bytes: self.limit_bytes });
        }
        self.ended = count == 0;
        self.decode(count, out);
        Ok(true)
    }

    /// Whether the text from `start` to `end` held bytes that could not be read. Forgets everything before `end`.
    pub(super) fn malformed_within(&mut self, start: u64, end: u64) -> bool {
        let mut found = false;
        while let Some(place) = self.malformed.pop_front_if(|place| *place < end) {
            found |= place >= start;
        }
        found
    }

    fn read_piece(&mut self) -> Result<usize, Refusal> {
        loop {
            match self.reader.read(&mut self.piece) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                other => return other.map_err(Refusal::Reading),
            }
        }
    }

    fn decode(&mut self, count: usize, out: &mut Vec<u8>) {
        let mut rest = self.piece.get(..count).unwrap_or_default();
        loop {
            let start = out.len();
            let room = self.decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(PIECE_BYTES * 4);
            out.resize(start + room, 0);
            let target = out.get_mut(start..).unwrap_or_default();
            let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(rest, target, self.ended);
            out.truncate(start + written);
            self.written += written as u64;
            rest = rest.get(read..).unwrap_or_default();
            match result {
                DecoderResult::InputEmpty => return,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    self.malformed.push_back(self.written);
                    out.extend_from_slice("\u{fffd}".as_bytes());
                    self.written += 3;
                }
            }
        }
    }
}

/// The encoding of a file by its byte order mark, by trying UTF-8, by where its NULs stand, and last by letter statistics.
pub(super) fn guess_encoding(sample: &[u8], whole: bool) -> (&'static Encoding, Option<Note>) {
    if let Some((encoding, _)) = Encoding::for_bom(sample) {
        return (encoding, Some(Note::new("byte_order_mark", format!("A byte order mark says {}.", encoding.name()))));
    }
    let valid = match std::str::from_utf8(sample) {
        Ok(_) => true,
        // The sample may end within a character.
        Err(error) => !whole && error.error_len().is_none(),
    };
    match guess_utf_16(sample) {
        Some(encoding) => (encoding, Some(guessed(encoding))),
        None if valid => (UTF_8, None),
        None => {
            let encoding = guess_by_letters(sample, whole);
            (encoding, Some(guessed(encoding)))
        }
    }
}

fn guessed(encoding: &'static Encoding) -> Note {
    Note::new(
        "encoding_guessed",
        format!("The encoding looks like {}. Look at letters with accents before you confirm.", encoding.name()),
    )
}

/// Text in UTF-16 without a mark: mostly Latin, so that every other byte is a NUL.
fn guess_utf_16(sample: &[u8]) -> Option<&'static Encoding> {
    let pairs = sample.as_chunks::<2>().0;
    let share = |count: usize| pairs.len() >= 2 && count * 10 >= pairs.len() * 4;
    let high_first = pairs.iter().filter(|[high, low]| *high == 0 && *low != 0).count();
    let low_first = pairs.iter().filter(|[low, high]| *high == 0 && *low != 0).count();
    match (share(high_first), share(low_first)) {
        (true, false) => Some(UTF_16BE),
        (false, true) => Some(UTF_16LE),
        _ => None,
    }
}

fn guess_by_letters(sample: &[u8], whole: bool) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(sample, whole);
    detector.guess(None, chardetng::Utf8Detection::Deny)
}

/// Refuses what is not a text file, by its first bytes or by how many control characters it has.
pub(super) fn check_text(sample: &[u8], encoding: &'static Encoding) -> Result<(), Refusal> {
    const KNOWN: [(&[u8], &str); 9] = [
        (b"PK\x03\x04", "a ZIP archive or an Excel workbook"),
        (b"\xd0\xcf\x11\xe0", "an old Office file"),
        (b"%PDF", "a PDF"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"\x28\xb5\x2f\xfd", "a zstd archive"),
        (b"PAR1", "a Parquet file"),
        (b"SQLite format 3\0", "a SQLite database"),
        (b"\xff\xfe\0\0", "UTF-32 text"),
        (b"\0\0\xfe\xff", "UTF-32 text"),
    ];
    if sample.is_empty() {
        return Err(Refusal::Empty);
    }
    if let Some((_, name)) = KNOWN.iter().find(|(magic, _)| sample.starts_with(magic)) {
        return Err(Refusal::NotText(name));
    }
    let wide = encoding == UTF_16LE || encoding == UTF_16BE;
    let odd = |byte: &&u8| matches!(byte, 0..=8 | 14..=25 | 28..=31) && !(wide && **byte < 32);
    // A stray NUL or two is a bad row, not another kind of file.
    let count = sample.iter().filter(odd).count();
    if count > 8 && count * 50 > sample.len() {
        return Err(Refusal::NotText("binary data"));
    }
    Ok(())
}
