//! A server that speaks PostgreSQL's protocol and means ill: each question fails by itself, in time, and nothing ends with it.

use std::time::Duration;

use futures::StreamExt as _;
use model::kind::Kind;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep};

use super::fixture::{peak_kib, statement};
use crate::connectors::postgresql::PostgreSql;
use crate::connectors::{Bounds, Connector as _, Failure, Target};
use crate::egress::tests::open_here;

/// What it does instead of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Nothing: it answers as it should.
    Honest,
    /// A row with fewer cells than were told.
    FewerCells,
    /// A row that ends inside a cell.
    ShortRow,
    /// A cell of four gigabytes, as its length says.
    GreatCell,
    /// A message of two gigabytes, as its length says, that never comes.
    GreatMessage,
    /// A row of two gigabytes, as its length says, that comes as fast as it is taken.
    GreatRow,
    /// A message whose length is shorter than itself.
    TinyMessage,
    /// Bytes that are no text, in a text.
    NoText,
    /// Bytes that are no text, in the name of a column.
    NoTextInName,
    /// A whole number of three bytes.
    WrongWidth,
    /// A type that nobody knows, and no answer about it.
    WrongType,
    /// Notices without an end.
    Notices,
    /// Errors without an end.
    Errors,
    /// A message of a kind that there is not.
    UnknownMessage,
    /// The same row without an end, after every other row was sent.
    NeverDone,
    /// It asks for the password again and again.
    SignInLoop,
    /// It closes in the middle of a row.
    Closes,
    /// It says nothing any more.
    Silent,
}

const MANNERS: [Manner; 17] = [
    Manner::FewerCells,
    Manner::ShortRow,
    Manner::GreatCell,
    Manner::GreatMessage,
    Manner::GreatRow,
    Manner::TinyMessage,
    Manner::NoText,
    Manner::NoTextInName,
    Manner::WrongWidth,
    Manner::WrongType,
    Manner::Notices,
    Manner::Errors,
    Manner::UnknownMessage,
    Manner::NeverDone,
    Manner::SignInLoop,
    Manner::Closes,
    Manner::Silent,
];

const TEXT: u32 = 25;
const BOOL: u32 = 16;
const INT4: u32 = 23;

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).expect("a short body");
    [&[kind], length.to_be_bytes().as_slice(), body].concat()
}

fn ready() -> Vec<u8> {
    message(b'Z', b"I")
}

fn described(columns: &[(&[u8], u32)]) -> Vec<u8> {
    let mut body = u16::try_from(columns.len()).expect("few").to_be_bytes().to_vec();
    for (name, oid) in columns {
        body.extend([name, b"\0".as_slice(), &[0; 6], &oid.to_be_bytes(), &[0xff; 2], &[0xff; 4], &[0, 1]].concat());
    }
    message(b'T', &body)
}

fn row(cells: &[&[u8]]) -> Vec<u8> {
    let mut body = u16::try_from(cells.len()).expect("few").to_be_bytes().to_vec();
    for cell in cells {
        body.extend(u32::try_from(cell.len()).expect("short").to_be_bytes());
        body.extend(*cell);
    }
    message(b'D', &body)
}

/// Listens, and means ill with every session after the question that opens the source.
async fn hostile(manner: Manner) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move { drop(serve(stream, manner).await) });
        }
    });
    port
}

async fn serve(mut stream: TcpStream, manner: Manner) -> std::io::Result<()> {
    let length = stream.read_u32().await?;
    let mut start = vec![0; usize::try_from(length).unwrap_or_default().saturating_sub(4)];
    stream.read_exact(&mut start).await?;
    if manner == Manner::SignInLoop {
        loop {
            stream.write_all(&message(b'R', &[0, 0, 0, 3])).await?;
            sleep(Duration::from_millis(1)).await;
        }
    }
    stream.write_all(&[message(b'R', &[0; 4]), ready()].concat()).await?;
    let mut probes = false;
    loop {
        let kind = stream.read_u8().await?;
        let length = stream.read_u32().await?;
        let mut body = vec![0; usize::try_from(length).unwrap_or_default().saturating_sub(4)];
        stream.read_exact(&mut body).await?;
        let answer = match kind {
            b'Q' => [message(b'C', b"SET\0"), ready()].concat(),
            b'P' => {
                probes = String::from_utf8_lossy(&body).contains("server_version");
                message(b'1', b"")
            }
            b'D' => [message(b't', &[0, 0]), columns(probes, manner)].concat(),
            b'B' => message(b'2', b""),
            b'E' if probes => [row(&[b"15.0", &[0], &[0], &[0], &[0], &[0]]), message(b'C', b"SELECT 1\0")].concat(),
            b'E' => return misbehave(stream, manner).await,
            b'S' => ready(),
            b'C' => message(b'3', b""),
            _ => return Ok(()),
        };
        stream.write_all(&answer).await?;
    }
}

fn columns(probes: bool, manner: Manner) -> Vec<u8> {
    if probes {
        let flags = [b"a", b"b", b"c", b"d", b"e"].map(|name| (name.as_slice(), BOOL));
        return described(&[[(b"version".as_slice(), TEXT)].as_slice(), &flags].concat());
    }
    match manner {
        Manner::NoTextInName => described(&[(b"\xff\xfe", TEXT)]),
        Manner::WrongWidth => described(&[(b"n", INT4)]),
        Manner::WrongType => described(&[(b"n", 999_999)]),
        _ => described(&[(b"n", TEXT)]),
    }
}

async fn misbehave(mut stream: TcpStream, manner: Manner) -> std::io::Result<()> {
    let good = row(&[b"good"]);
    match manner {
        Manner::FewerCells => stream.write_all(&message(b'D', &[0, 0])).await?,
        Manner::ShortRow => stream.write_all(&message(b'D', &[0, 1, 0, 0, 0, 9, b'x'])).await?,
        Manner::GreatCell => stream.write_all(&message(b'D', &[0, 1, 0xff, 0xff, 0xff, 0xfe, b'x'])).await?,
        Manner::GreatMessage => stream.write_all(&[b'D', 0x7f, 0xff, 0xff, 0xff, 0, 1]).await?,
        Manner::GreatRow => {
            stream.write_all(&[b'D', 0x7f, 0xff, 0xff, 0xff, 0, 1, 0x7f, 0xff, 0xff, 0xf9]).await?;
            for _ in 0..2_047 {
                stream.write_all(&vec![b'x'; 1 << 20]).await?;
            }
        }
        Manner::TinyMessage => stream.write_all(&[b'D', 0, 0, 0, 1]).await?,
        Manner::NoText => end_well(&mut stream, row(&[b"\xff\xfe\x80"])).await?,
        Manner::WrongWidth => end_well(&mut stream, row(&[&[1, 2, 3]])).await?,
        Manner::Notices => loop {
            stream.write_all(&message(b'N', b"SNOTICE\0VNOTICE\0C00000\0Mnothing\0\0")).await?;
        },
        Manner::Errors => loop {
            stream.write_all(&message(b'E', b"SERROR\0VERROR\0C22000\0Mnothing\0\0")).await?;
        },
        Manner::UnknownMessage => stream.write_all(&message(b'!', b"what")).await?,
        Manner::NeverDone => loop {
            stream.write_all(&good).await?;
        },
        Manner::Closes => return stream.write_all(&good[..good.len() - 2]).await,
        Manner::Honest => end_well(&mut stream, good).await?,
        Manner::NoTextInName | Manner::WrongType | Manner::SignInLoop | Manner::Silent => {}
    }
    sleep(Duration::from_secs(60)).await;
    Ok(())
}

/// One row, the end of the statement, and that of the commit.
async fn end_well(stream: &mut TcpStream, row: Vec<u8>) -> std::io::Result<()> {
    stream.write_all(&[row, message(b'C', b"SELECT 1\0"), ready()].concat()).await?;
    let mut said = [0; 64];
    stream.read(&mut said).await.map(drop)?;
    stream.write_all(&[message(b'C', b"COMMIT\0"), ready()].concat()).await
}

fn target(port: u16) -> Target {
    let answers =
        [("host", "127.0.0.1"), ("database", "x"), ("user", "x"), ("tls", "off"), ("port", &port.to_string())];
    Target {
        settings: answers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        secrets: [].into(),
        image: None,
        sqlite_dir: None,
        store_file: None,
        store_database: None,
        copy_database: None,
        egress: open_here(),
        at_once: 2,
    }
}

/// Rows and unreadable cells of one question with half a second, or why it failed; at most so many rows are taken.
async fn ask(port: u16, most: u64) -> Result<(u64, u64), Failure> {
    let open = PostgreSql.open(target(port)).await?;
    let bounds = Bounds { timeout: Duration::from_millis(500), ..Bounds::default() };
    let mut answer = open.run(statement("select n", &[], &[Kind::Text]), bounds).await?;
    let (mut rows, mut unreadable) = (0, 0);
    while let Some(batch) = answer.batches.next().await {
        let batch = batch?;
        rows += batch.rows.num_rows() as u64;
        unreadable += batch.unreadable.iter().map(|(_, number)| number).sum::<u64>();
        if rows >= most {
            break;
        }
    }
    Ok((rows, unreadable))
}

/// In a process of its own: the memory of this one is that of every test that runs beside.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test program starts itself")]
fn a_database_that_means_ill_fails_one_question_in_time_and_in_little_memory() {
    let this = std::env::current_exe().expect("this program");
    let alone = ["--exact", "connectors::tests::hostile::each_manner_alone", "--ignored", "--nocapture"];
    let output = std::process::Command::new(this).args(alone).output().expect("a test program");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "is run by the test above, in a process of its own"]
async fn each_manner_alone() {
    assert_eq!(ask(hostile(Manner::Honest).await, 10).await.expect("the mock answers"), (1, 0));
    let before = peak_kib();
    for manner in MANNERS {
        let (port, began) = (hostile(manner).await, Instant::now());
        let came = ask(port, 1_000).await;
        let limit = if manner == Manner::SignInLoop { 16 } else { 8 };
        assert!(began.elapsed() < Duration::from_secs(limit), "{manner:?}: {:?}", began.elapsed());
        match manner {
            Manner::NoText | Manner::WrongWidth => assert_eq!(came, Ok((1, 1)), "{manner:?}"),
            Manner::GreatMessage | Manner::GreatRow => {
                let failure = came.expect_err("a failure");
                assert!(failure.sentence.contains("larger than Clew reads"), "{manner:?}: {failure:?}");
            }
            // More rows than are taken: whoever asks puts a limit on them.
            Manner::NeverDone => assert!(came.is_ok_and(|(rows, _)| rows >= 1_000), "{manner:?}"),
            _ => {
                let failure = came.expect_err("a failure");
                assert!(!failure.sentence.is_empty() && !failure.remedy.is_empty(), "{manner:?}: {failure:?}");
            }
        }
    }
    let grown = peak_kib().saturating_sub(before);
    assert!(grown < 64 * 1024, "it grew by {grown} KiB");
    assert_eq!(ask(hostile(Manner::Honest).await, 10).await.expect("it goes on"), (1, 0));
}
