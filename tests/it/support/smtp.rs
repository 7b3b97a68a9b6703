//! A mail server for tests: slow or mute as it is told, and it keeps in which order it was offered what.

use std::{
    sync::{Arc, Mutex, atomic::AtomicUsize, atomic::Ordering},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::Notify,
};

/// How it behaves.
#[derive(Debug, Clone, Copy)]
pub enum Manner {
    /// Takes so long for each message, and never answers one to an address that begins with `stall`.
    Slow(Duration),
    /// Takes connections, and says nothing.
    Mute,
}

#[derive(Clone)]
pub struct MailServer {
    pub port: u16,
    /// Whom it was offered mail for, in order.
    pub offered: Arc<Mutex<Vec<String>>>,
    pub connections: Arc<AtomicUsize>,
    taken: Arc<Notify>,
}

impl MailServer {
    pub async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Self { port, offered: Arc::default(), connections: Arc::default(), taken: Arc::default() };
        let here = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                here.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(here.clone().speak(stream, manner));
            }
        });
        server
    }

    pub fn url(&self) -> url::Url {
        format!("smtp://127.0.0.1:{}?tls=none", self.port).parse().unwrap()
    }

    /// Waits until mail for this address was offered; how many were offered before.
    pub async fn offered_to(&self, address: &str) -> usize {
        loop {
            let next = self.taken.notified();
            if let Some(at) = self.offered.lock().unwrap().iter().position(|to| to == address) {
                return at;
            }
            tokio::time::timeout(Duration::from_secs(20), next).await.expect("mail for the address");
        }
    }

    async fn speak(self, stream: TcpStream, manner: Manner) -> Option<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let Manner::Slow(pause) = manner else {
            // Until the other side has had enough.
            while lines.next_line().await.ok()?.is_some() {}
            return None;
        };
        write.write_all(b"220 mail.example\r\n").await.ok()?;
        let mut to = String::new();
        while let Some(line) = lines.next_line().await.ok()? {
            let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" => "250 mail.example",
                "RCPT" => {
                    to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    self.offered.lock().unwrap().push(to.clone());
                    self.taken.notify_waiters();
                    "250 ok"
                }
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.ok()?;
                    while lines.next_line().await.ok()?? != "." {}
                    if to.starts_with("stall") {
                        std::future::pending::<()>().await;
                    }
                    tokio::time::sleep(pause).await;
                    "250 taken"
                }
                "QUIT" => "221 bye",
                _ => "250 ok",
            };
            write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        }
        None
    }
}
