//! Letters: put into a folder by batch, with a list that a printer or a hybrid mail service goes by.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Channel, Connection, Outgoing, Refusal};

/// The list of a batch.
const MANIFEST: &str = "manifest.csv";

pub(super) struct Print {
    folder: PathBuf,
    is_registered: bool,
    manifest: Arc<Mutex<Option<File>>>,
}

impl Print {
    /// A batch below that folder.
    pub(super) fn new(folder: &Path, code: &str, batch: &str) -> Self {
        let is_registered = code == "registered_letter";
        Self { folder: folder.join(format!("{batch}-{code}")), is_registered, manifest: Arc::default() }
    }
}

impl Channel for Print {
    fn open(&self) -> Result<Box<dyn Connection>, String> {
        let failed = |cause: io::Error| format!("`{}`: {cause}", self.folder.display());
        let mut manifest = self.manifest.lock().unwrap_or_else(PoisonError::into_inner);
        if manifest.is_none() {
            fs::create_dir_all(&self.folder).map_err(failed)?;
            let path = self.folder.join(MANIFEST);
            let is_new = !path.exists();
            let file = OpenOptions::new().create(true).append(true).open(&path).map_err(failed)?;
            if is_new {
                let mut head = csv::Writer::from_writer(&file);
                head.write_record(["message_id", "file_name", "is_registered", "address_text"])
                    .map_err(io::Error::from)
                    .and_then(|()| head.flush())
                    .map_err(failed)?;
            }
            *manifest = Some(file);
        }
        Ok(Box::new(Batch {
            folder: self.folder.clone(),
            is_registered: self.is_registered,
            manifest: self.manifest.clone(),
        }))
    }
}

struct Batch {
    folder: PathBuf,
    is_registered: bool,
    manifest: Arc<Mutex<Option<File>>>,
}

impl Batch {
    fn put(&self, message: &Outgoing, bytes: &[u8]) -> io::Result<String> {
        let name = format!("{}.pdf", message.message_id);
        let path = self.folder.join(&name);
        let mut file = File::create(&path)?;
        io::Write::write_all(&mut file, bytes)?;
        file.sync_all()?;
        let mut manifest = self.manifest.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(manifest) = manifest.as_mut() else { return Err(io::Error::other("the batch is closed")) };
        let mut line = Vec::new();
        {
            let mut csv = csv::Writer::from_writer(&mut line);
            let is_registered = self.is_registered.to_string();
            csv.write_record([&message.message_id, &name, &is_registered, &message.address])?;
            csv.flush()?;
        }
        io::Write::write_all(manifest, &line)?;
        manifest.sync_data()?;
        Ok(format!("put into the batch {}", self.folder.display()))
    }
}

impl Connection for Batch {
    fn send(&mut self, message: &Outgoing, bytes: &[u8]) -> Result<String, Refusal> {
        self.put(message, bytes).map_err(|cause| Refusal::Later(format!("`{}`: {cause}", self.folder.display())))
    }
}
