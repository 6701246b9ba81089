//! Reads an answer as a client does: every frame, every batch, every value.

use std::time::{Duration, Instant};

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Decimal128Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array as _, RecordBatch};
use arrow_ipc::reader::StreamDecoder;
use reqwest::Response;
use wire::frame::{Decoder, Frame};

use crate::Outcome;
use crate::database::Checks;

/// What was read.
pub(crate) struct Read {
    pub(crate) checks: Checks,
    pub(crate) bytes: u64,
    /// When the first row had been decoded.
    pub(crate) first_row: Option<Instant>,
}

/// Reads to the end, at most so many bytes a second, or until `enough` bytes have come.
pub(crate) async fn read(mut answer: Response, bytes_per_sec: Option<u64>, enough: u64) -> Outcome<Read> {
    let (mut frames, mut arrow) = (Decoder::new(), StreamDecoder::new());
    let mut read = Read { checks: vec![0; 9], bytes: 0, first_row: None };
    let start = Instant::now();
    while let Some(piece) = answer.chunk().await? {
        read.bytes += piece.len() as u64;
        frames.push(&piece);
        while let Some(frame) = frames.next_frame()? {
            match frame {
                Frame::Arrow(_, bytes) => take(&mut arrow, bytes, &mut read)?,
                Frame::Done => return Ok(read),
                Frame::Failed(fault) => return Err(format!("{fault:?}").into()),
                _ => {}
            }
        }
        if read.bytes >= enough {
            return Ok(read);
        }
        if let Some(speed) = bytes_per_sec {
            let due = Duration::from_secs_f64(read.bytes as f64 / speed as f64);
            tokio::time::sleep(due.saturating_sub(start.elapsed())).await;
        }
    }
    Err("the answer was cut off".into())
}

/// The texts of the first column.
pub(crate) async fn first_texts(answer: Response) -> Outcome<Vec<String>> {
    let (mut frames, mut arrow, mut texts) = (Decoder::new(), StreamDecoder::new(), Vec::new());
    frames.push(&answer.bytes().await?);
    while let Some(frame) = frames.next_frame()? {
        let Frame::Arrow(_, bytes) = frame else { continue };
        let mut bytes = bytes.into();
        while let Some(batch) = arrow.decode(&mut bytes)? {
            let column = batch.columns().first().ok_or("rows without columns")?.as_string::<i32>();
            texts.extend(column.iter().flatten().map(str::to_owned));
        }
    }
    Ok(texts)
}

/// The texts of every row, column by column, where there are some.
pub(crate) async fn texts_of_rows(answer: Response) -> Outcome<Vec<Vec<String>>> {
    let (mut frames, mut arrow, mut rows) = (Decoder::new(), StreamDecoder::new(), Vec::new());
    frames.push(&answer.bytes().await?);
    while let Some(frame) = frames.next_frame()? {
        let Frame::Arrow(_, bytes) = frame else { continue };
        let mut bytes = bytes.into();
        while let Some(batch) = arrow.decode(&mut bytes)? {
            let texts: Vec<_> = batch.columns().iter().filter_map(|column| column.as_string_opt::<i32>()).collect();
            for row in 0..batch.num_rows() {
                let told = texts.iter().filter(|column| column.is_valid(row));
                rows.push(told.map(|column| column.value(row).to_owned()).collect());
            }
        }
    }
    Ok(rows)
}

/// The whole numbers of the first column, as texts; an answer that does not end well is an error.
pub(crate) async fn first_numbers(answer: Response) -> Outcome<Vec<String>> {
    let (mut frames, mut arrow, mut numbers) = (Decoder::new(), StreamDecoder::new(), Vec::new());
    frames.push(&answer.bytes().await?);
    while let Some(frame) = frames.next_frame()? {
        match frame {
            Frame::Arrow(_, bytes) => {
                let mut bytes = bytes.into();
                while let Some(batch) = arrow.decode(&mut bytes)? {
                    let column = batch.columns().first().ok_or("rows without columns")?.as_primitive::<Int64Type>();
                    numbers.extend(column.iter().flatten().map(|number| number.to_string()));
                }
            }
            Frame::Done => return Ok(numbers),
            Frame::Failed(fault) => return Err(format!("{fault:?}").into()),
            _ => {}
        }
    }
    Err("the answer was cut off".into())
}

fn take(arrow: &mut StreamDecoder, bytes: Vec<u8>, read: &mut Read) -> Outcome {
    let mut bytes = bytes.into();
    while let Some(batch) = arrow.decode(&mut bytes)? {
        if batch.num_rows() > 0 {
            read.first_row.get_or_insert_with(Instant::now);
            add(&batch, &mut read.checks)?;
        }
    }
    Ok(())
}

/// The sums of `checks.sql`.
fn add(batch: &RecordBatch, checks: &mut Checks) -> Outcome {
    let [id, from, to, amount, currency, booked_at, flagged, note] = batch.columns() else {
        return Err(format!("{} columns instead of 8", batch.num_columns()).into());
    };
    let ids = id.as_primitive::<Int64Type>();
    let (from, to, currency, note) =
        (from.as_string::<i32>(), to.as_string::<i32>(), currency.as_string::<i32>(), note.as_string::<i32>());
    let (amount, booked_at) =
        (amount.as_primitive::<Decimal128Type>(), booked_at.as_primitive::<TimestampMicrosecondType>());
    let hundredths = 10_i128.pow(u32::try_from(amount.scale() - 2)?);
    let flagged = flagged.as_boolean();
    for row in 0..batch.num_rows() {
        let id = i128::from(ids.value(row));
        let sums = [
            1,
            id,
            id * number(from.value(row), 2)?,
            id * number(to.value(row), 2)?,
            id * (amount.value(row) / hundredths),
            id * i128::from(currency.value(row).bytes().next().unwrap_or(0)),
            id * i128::from(booked_at.value(row) / 1_000_000),
            if flagged.value(row) { id } else { 0 },
            if note.is_null(row) { 0 } else { id * (1 + number(note.value(row), 8)?) },
        ];
        checks.iter_mut().zip(sums).for_each(|(check, sum)| *check += sum);
    }
    Ok(())
}

/// The number behind so many letters.
fn number(text: &str, letters: usize) -> Outcome<i128> {
    Ok(text.get(letters..).ok_or("a short text")?.parse::<i64>()?.into())
}
