//! Real servers on loopback, gone at the end of a test: a mail server, a mailbox, a gateway.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::company::files_below;
use crate::desk::Desk;
use crate::skips::skip;

/// A mail server on loopback that keeps what it gets, gone at the end of the test.
pub struct MailServer {
    pub process: Child,
    pub port: String,
    pub folder: PathBuf,
}

impl MailServer {
    /// `None` where the packages it needs are not there: a skip.
    pub fn start(desk: &Desk, credentials: &[&str]) -> Option<Self> {
        let home = std::env::var("HOME").unwrap_or_default();
        let python = std::env::var("ENCOURS_MAIL").unwrap_or(format!("{home}/.cache/encours/mail/bin/python"));
        if !Command::new(&python).args(["-c", "import aiosmtpd"]).output().is_ok_and(|said| said.status.success()) {
            skip("aiosmtpd is not there; tests/run says how to have it");
            return None;
        }
        let folder = desk.path("mail");
        let mut process = Command::new(python)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mail/server.py"))
            .arg(&folder)
            .args(credentials)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Some(Self { process, port: port.trim().to_owned(), folder })
    }

    /// How the program reaches it.
    pub fn channels(&self, desk: &Desk, more: &str) {
        desk.file(
            "channels.toml",
            format!(
                "[email]\nlive = true\nserver = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nfrom = \"compta@nous.example\"\n{more}\n[retry]\ntries = 2\npause_seconds = 0.05\n",
                self.port
            ),
        );
    }

    /// Recipients of what it took, each as often as it took something for it.
    pub fn recipients(&self) -> Vec<String> {
        let mut recipients: Vec<String> = self.messages().into_iter().map(|(recipient, _)| recipient).collect();
        recipients.sort();
        recipients
    }

    pub fn messages(&self) -> Vec<(String, String)> {
        let names = files_below(&self.folder);
        let texts = names.into_iter().map(|name| std::fs::read_to_string(self.folder.join(name)).unwrap());
        texts.map(|text| text.split_once('\n').map(|(to, mail)| (to.to_owned(), mail.to_owned())).unwrap()).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// An IMAP server on loopback, gone at the end of the test.
pub struct Mailbox {
    pub process: Child,
    pub port: u16,
}

impl Mailbox {
    /// `None` where it is not there, or may not be started: a skip.
    pub fn start(folder: &Path) -> Option<Self> {
        let is_root = Command::new("id").arg("-u").output().is_ok_and(|said| said.stdout == b"0\n");
        if !is_root || !Path::new("/usr/sbin/dovecot").exists() {
            skip("dovecot-imapd is not there, or this is not root; tests/run says how to have it");
            return None;
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let configuration = include_str!("../mail/dovecot.conf").replace("FOLDER", folder.to_str().unwrap());
        std::fs::write(folder.join("conf"), configuration.replace("PORT", &port.to_string())).unwrap();
        // it reads as the user `mail`, who must come this far
        for path in folder.ancestors().take(2) {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let owned =
            Command::new("chown").args(["-R", "mail:mail"]).args(["Maildir", "home"]).current_dir(folder).status();
        assert!(owned.unwrap().success());
        let process = Command::new("/usr/sbin/dovecot").arg("-F").arg("-c").arg(folder.join("conf")).spawn().unwrap();
        let mailbox = Self { process, port };
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(mailbox);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the mailbox did not start: {}", std::fs::read_to_string(folder.join("log")).unwrap_or_default())
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        // its children end with it
        drop(Command::new("kill").arg(self.process.id().to_string()).status());
        drop(self.process.wait());
    }
}

/// A gateway that keeps what it is posted, answers as the number says, throttles, and calls back to a second address of its own.
pub struct Gateway {
    process: Child,
    pub port: String,
    pub folder: PathBuf,
}

impl Gateway {
    /// `None` where there is no Python: a skip.
    pub fn start(desk: &Desk) -> Option<Self> {
        let folder = desk.path("gateway");
        let process = Command::new("python3")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mail/gateway.py"))
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut process) = process else {
            skip("python3 is not there");
            return None;
        };
        let mut port = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Some(Self { process, port: port.trim().to_owned(), folder })
    }

    /// Numbers that it took something for, each as often as it did.
    pub fn numbers(&self) -> Vec<String> {
        let mut numbers: Vec<String> =
            self.posts().into_iter().map(|post| post["to"].as_str().unwrap().to_owned()).collect();
        numbers.sort();
        numbers
    }

    /// What it took.
    pub fn posts(&self) -> Vec<serde_json::Value> {
        let names = files_below(&self.folder).into_iter().filter(|name| name.starts_with("post-"));
        names.map(|name| serde_json::from_slice(&std::fs::read(self.folder.join(name)).unwrap()).unwrap()).collect()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
