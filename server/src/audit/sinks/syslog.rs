//! Syslog: RFC 5424 messages over TLS (RFC 5425), TCP (RFC 6587, octet counting) or UDP (RFC 5426).
//!
//! ```text
//! 412 <109>1 2026-11-20T10:00:00.000001Z clew.example.org clew 71 search - <BOM>{"clew_audit":1,…}
//! ```
//!
//! Facility 13 (log audit); severity 6 (informational), 5 (notice) for what was refused, 4 (warning) for what failed. The
//! message id is the call. A receiver never says what it has: when a connection breaks, the last [`LOST`] entries are sent
//! again, and their numbers tell which came twice.

use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::UdpSocket;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::cursors::Called;
use super::line::Line;
use super::{Sink, Trouble};
use crate::egress::{Egress, Purpose};
use crate::settings::{SyslogSink, SyslogWay};
use crate::tls::{self, Own};

const FACILITY: u8 = 13;
/// How long a connection may take to come up.
const CONNECTING: Duration = Duration::from_secs(5);
/// As many entries as may be on their way when a connection breaks.
const LOST: u64 = 500;
/// The longest line of a stream; receivers take at least 8 KB, and most of them much more.
const LONGEST_IN_STREAM: usize = 64 << 10;
/// The longest line of a datagram: below what a network carries, with room for the head.
const LONGEST_IN_DATAGRAM: usize = 60 << 10;
const LONGEST_NAME: usize = 255;
const LONGEST_ID: usize = 32;

/// The sink.
pub(super) struct Syslog {
    to: SyslogSink,
    host: String,
    egress: Egress,
    open: Option<Open>,
}

enum Open {
    Stream(Box<dyn Stream>),
    Datagrams(UdpSocket),
}

trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for T {}

impl Syslog {
    /// `host` is the name under which this server is known.
    pub(super) fn new(to: SyslogSink, host: &str, egress: &Egress) -> Self {
        let egress = egress.naming(&to.host, to.port);
        Self { to, host: word(host, LONGEST_NAME), egress, open: None }
    }

    async fn connect(&self) -> Result<Open, Trouble> {
        let (host, port) = (self.to.host.as_str(), self.to.port);
        let unreached = |why: String| Trouble::new(format!("{host}:{port} cannot be reached: {why}"));
        if self.to.way == SyslogWay::Udp {
            let socket = self.egress.udp(host, port).await.map_err(|error| unreached(error.to_string()))?;
            return Ok(Open::Datagrams(socket));
        }
        let stream = self.egress.tcp(host, port, Purpose::Database).await;
        let stream = stream.map_err(|error| unreached(error.to_string()))?;
        if self.to.way == SyslogWay::Tcp {
            return Ok(Open::Stream(Box::new(stream)));
        }
        let own = self.to.own.as_ref().map(Own::of);
        let config = tls::client(self.to.authorities.believe(), own);
        let config = config.map_err(|unfit| Trouble::new(unfit.to_string()))?;
        let name = ServerName::try_from(self.to.host.clone());
        let name = name.map_err(|_| unreached("its name cannot stand in a certificate".to_owned()))?;
        let secured = timeout(CONNECTING, TlsConnector::from(std::sync::Arc::new(config)).connect(name, stream)).await;
        let secured = secured.map_err(|_| unreached("it does not answer as TLS does".to_owned()))?;
        Ok(Open::Stream(Box::new(secured.map_err(|error| unreached(error.to_string()))?)))
    }

    fn message(&self, line: &Line) -> Vec<u8> {
        let severity = match line.outcome.as_str() {
            "denied" | "hidden" => 5,
            "failed" | "unknown" => 4,
            _ => 6,
        };
        let (host, call) = (&self.host, word(&line.call, LONGEST_ID));
        let process = std::process::id();
        let priority = FACILITY * 8 + severity;
        format!("<{priority}>1 {} {host} clew {process} {call} - \u{feff}{}", line.at, line.text).into_bytes()
    }

    async fn send(&mut self, lines: &[Line]) -> Result<(), Trouble> {
        let messages: Vec<Vec<u8>> = lines.iter().map(|line| self.message(line)).collect();
        if let Some(Open::Stream(stream)) = &mut self.open
            && has_ended(stream).await
        {
            self.open = None;
            return Err(Trouble { why: "the receiver closed the connection".to_owned(), lost: LOST });
        }
        if self.open.is_none() {
            self.open = Some(self.connect().await?);
        }
        let broken = |error: std::io::Error| Trouble { why: format!("the connection broke: {error}"), lost: LOST };
        match &mut self.open {
            Some(Open::Stream(stream)) => {
                let framed: Vec<u8> = messages.iter().flat_map(|message| framed(message)).collect();
                stream.write_all(&framed).await.map_err(broken)?;
                stream.flush().await.map_err(broken)
            }
            Some(Open::Datagrams(socket)) => {
                for message in &messages {
                    socket.send(message).await.map_err(broken)?;
                }
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl Sink for Syslog {
    fn take<'a>(&'a mut self, lines: &'a [Line]) -> BoxFuture<'a, Result<(), Trouble>> {
        async move {
            // What is cut off in the middle is not gone on with.
            let open = self.send(lines).await;
            if open.is_err() {
                self.open = None;
            }
            open
        }
        .boxed()
    }

    fn called(&mut self) -> BoxFuture<'_, Result<Option<Called>, Trouble>> {
        async { Ok(Some(Called::always("syslog"))) }.boxed()
    }

    fn reach(&mut self) -> BoxFuture<'_, Result<(), Trouble>> {
        self.take(&[])
    }

    fn longest(&self) -> usize {
        if self.to.way == SyslogWay::Udp { LONGEST_IN_DATAGRAM } else { LONGEST_IN_STREAM }
    }
}

/// A message with its length in front.
fn framed(message: &[u8]) -> Vec<u8> {
    [message.len().to_string().as_bytes(), b" ", message].concat()
}

/// Whether the other side has closed; a receiver never says anything else.
async fn has_ended(stream: &mut Box<dyn Stream>) -> bool {
    let mut bytes = [0; 64];
    match stream.read(&mut bytes).now_or_never() {
        None => false,
        Some(Ok(read)) => read == 0,
        Some(Err(_)) => true,
    }
}

/// Printable ASCII without spaces, as the head of a message wants it; `-` where nothing is left.
fn word(text: &str, longest: usize) -> String {
    let word: String =
        text.chars().map(|c| if c == ' ' { '_' } else { c }).filter(char::is_ascii_graphic).take(longest).collect();
    if word.is_empty() { "-".to_owned() } else { word }
}
