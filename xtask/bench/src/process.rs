//! What a process uses, as the kernel tells it under `/proc`.

use std::fs;

use crate::Outcome;

/// The kernel counts processor time in hundredths of a second on every Linux there is.
const TICKS_PER_SECOND: f64 = 100.0;

/// Seconds of processor time that this process has used, without its children.
pub(crate) fn cpu_secs(process: u32) -> Outcome<f64> {
    let [user, system, _, _] = times(process)?;
    Ok((user + system) / TICKS_PER_SECOND)
}

/// Seconds of processor time of a database server: its first process, those that it has, and those that it had.
pub(crate) fn family_cpu_secs(parent: u32) -> Outcome<f64> {
    let mut ticks: f64 = times(parent)?.iter().sum();
    for child in children(parent)? {
        // A child may end between the two looks; its time is then in its parent's.
        ticks += times(child).map_or(0.0, |[user, system, _, _]| user + system);
    }
    Ok(ticks / TICKS_PER_SECOND)
}

/// Bytes that are resident now.
pub(crate) fn resident_bytes(process: u32) -> Outcome<u64> {
    status_bytes(process, "VmRSS:")
}

/// The most bytes that were resident since [`forget_peak`].
pub(crate) fn peak_bytes(process: u32) -> Outcome<u64> {
    status_bytes(process, "VmHWM:")
}

/// Lets the peak begin anew; only root may, because the server keeps its memory to itself.
pub(crate) fn forget_peak(process: u32) -> Outcome {
    let done = fs::write(format!("/proc/{process}/clear_refs"), "5");
    Ok(done.map_err(|error| format!("the peak of process {process} stays ({error}); measure memory as root"))?)
}

/// The process that started this one.
pub(crate) fn parent(process: u32) -> Outcome<u32> {
    let parent = stat(process)?.get(1).and_then(|text| text.parse().ok());
    parent.ok_or_else(|| format!("process {process} has no parent").into())
}

fn children(parent_process: u32) -> Outcome<Vec<u32>> {
    let entries = fs::read_dir("/proc")?.flatten();
    let processes = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    Ok(processes.filter(|process| parent(*process).is_ok_and(|parent| parent == parent_process)).collect())
}

/// User and system time of the process, then of its children that have ended, in ticks.
fn times(process: u32) -> Outcome<[f64; 4]> {
    let fields = stat(process)?;
    let mut times = [0.0; 4];
    for (time, field) in times.iter_mut().zip(fields.iter().skip(11)) {
        *time = field.parse()?;
    }
    Ok(times)
}

/// The fields of `/proc/PID/stat` from the state on, which is the third.
fn stat(process: u32) -> Outcome<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name before it stands in brackets and may hold blanks.
    let (_, rest) = text.rsplit_once(") ").ok_or("a process without a state")?;
    Ok(rest.split_whitespace().map(str::to_owned).collect())
}

fn status_bytes(process: u32, field: &str) -> Outcome<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(field)).ok_or("a process without memory")?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes * 1024)
}
