//! Serves the files of a folder to the browser of this machine, for pages that need no server of ours.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::Outcome;

/// Files by their addresses, with their types.
type Files = HashMap<String, (String, Vec<u8>)>;

/// The longest head of a request.
const LONGEST_HEAD: usize = 16 * 1024;

/// Serves until it goes.
pub(crate) struct Host {
    pub(crate) origin: String,
    serving: JoinHandle<()>,
}

impl Host {
    /// Serves what the manifest of a page names; `index.html` at `/`.
    pub(crate) async fn start(folder: &Path) -> Outcome<Self> {
        let files = Arc::new(read(folder)?);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let origin = format!("http://localhost:{}", listener.local_addr()?.port());
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let files = files.clone();
                tokio::spawn(async move { drop(answer(stream, &files).await) });
            }
        });
        Ok(Self { origin, serving })
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn read(folder: &Path) -> Outcome<Files> {
    let manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.join("manifest.json"))?)?;
    let listed = manifest.get("files").and_then(serde_json::Value::as_array).ok_or("a page without files")?;
    let mut files = Files::new();
    for file in listed {
        let text = |field: &str| file.get(field).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        let (path, kind) = (text("path"), text("type"));
        let bytes = std::fs::read(folder.join(&path))?;
        files.insert(if path == "index.html" { String::new() } else { path }, (kind, bytes));
    }
    Ok(files)
}

/// One request and its answer, after which the connection ends.
async fn answer(mut stream: TcpStream, files: &Files) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < LONGEST_HEAD {
        if stream.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let head = String::from_utf8_lossy(&head);
    let address = head.split(' ').nth(1).unwrap_or_default();
    let path = address.split('?').next().unwrap_or_default().trim_start_matches('/');
    let none = (String::from("text/plain"), Vec::new());
    let (status, (kind, bytes)) = match files.get(path) {
        Some(file) => ("200 OK", file),
        None => ("404 Not Found", &none),
    };
    let length = bytes.len();
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(bytes).await?;
    stream.shutdown().await
}
