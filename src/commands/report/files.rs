//! The files of a report: whole once they bear their names.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use chrono::Datelike;
use tempfile::NamedTempFile;

use crate::commands::shared;
use crate::error::{Error, Outcome};
use crate::model::processors::{processor_count, share_out};
use crate::outreach::Typesetter;
use crate::report::{PageInput, Templates, board_page, render_html, render_workbook};
use crate::store::Readers;

/// The files of a report, and whether its figures tie out.
pub(in crate::commands) struct Written {
    pub page: PathBuf,
    pub workbook: PathBuf,
    pub outcome: Outcome,
}

impl Written {
    /// Says where the files are.
    pub(in crate::commands) fn print(&self) -> Result<(), Error> {
        shared::print(&self.page.display().to_string())?;
        shared::print(&self.workbook.display().to_string())
    }
}

/// A page and a workbook that wait to be written.
pub(in crate::commands) struct Prepared<'a> {
    pub(super) input: PageInput<'a>,
    pub(super) templates: &'a Templates,
    pub(super) readers: Readers,
    pub(super) files: Written,
}

impl Prepared<'_> {
    /// Page and workbook are made of the same answers, side by side. They stand in their places once both are whole.
    pub(in crate::commands) fn write(self) -> Result<Written, Error> {
        let Self { input, templates, readers, files } = self;
        let (mut html, xlsx) = (begun(&files.page, readers)?, begun(&files.workbook, readers)?);
        std::thread::scope(|scope| {
            let written = scope.spawn(|| render_workbook(&input, templates, xlsx.as_file()));
            let text = render_html(&input, templates)?;
            html.write_all(text.as_bytes()).map_err(|cause| Error::Disk(files.page.clone(), cause))?;
            match written.join() {
                Ok(written) => Ok::<_, Error>(written?),
                Err(cause) => std::panic::resume_unwind(cause),
            }
        })?;
        put(html, &files.page)?;
        put(xlsx, &files.workbook)?;
        Ok(files)
    }

    /// The page as one sheet of paper too: a PDF beside it, dated as the page is.
    pub(super) fn write_board(self) -> Result<(Written, PathBuf), Error> {
        let unset = |cause: String| {
            Error::Plain(
                format!("the board's page cannot be set: {cause}"),
                "correct `board.typ` in your folder of reports, or remove it to use the built-in one".to_owned(),
            )
        };
        let (template, data) = board_page(&self.input, self.templates)?;
        let day = self.input.as_of;
        let ymd = (day.year(), u8::try_from(day.month()).unwrap_or(1), u8::try_from(day.day()).unwrap_or(1));
        let pdf = Typesetter::new().and_then(|setter| setter.pdf(&template, data.to_string().as_bytes(), ymd));
        let (path, readers) = (self.files.page.with_extension("pdf"), self.readers);
        write_file(&path, readers, &pdf.map_err(unset)?)?;
        Ok((self.write()?, path))
    }

    /// The page alone.
    pub(super) fn write_page(self) -> Result<PathBuf, Error> {
        let mut html = begun(&self.files.page, self.readers)?;
        let text = render_html(&self.input, self.templates)?;
        html.write_all(text.as_bytes()).map_err(|cause| Error::Disk(self.files.page.clone(), cause))?;
        put(html, &self.files.page)?;
        Ok(self.files.page)
    }
}

/// Writes pages and workbooks, as many at once as there are processors; they come back in their order.
pub(in crate::commands) fn write_all(prepared: Vec<Prepared<'_>>) -> Result<Vec<Written>, Error> {
    let written = Mutex::new(BTreeMap::new());
    share_out(processor_count(), prepared.into_iter().enumerate(), |(position, prepared)| {
        let files = prepared.write()?;
        written.lock().unwrap_or_else(PoisonError::into_inner).insert(position, files);
        Ok::<_, Error>(())
    })?;
    Ok(written.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect())
}

/// Writes a file that is whole once it bears its name.
pub(in crate::commands) fn write_file(path: &Path, readers: Readers, content: &[u8]) -> Result<(), Error> {
    let mut file = begun(path, readers)?;
    file.write_all(content).map_err(|cause| Error::Disk(path.to_owned(), cause))?;
    put(file, path)
}

/// Puts a file that is written in its place.
fn put(file: NamedTempFile, path: &Path) -> Result<(), Error> {
    let failed = |cause| Error::Disk(path.to_owned(), cause);
    // who may read what stood there may read what stands there now
    if let Ok(before) = fs::metadata(path) {
        file.as_file().set_permissions(before.permissions()).map_err(failed)?;
    }
    file.persist(place_of(path)).map_err(|refused| failed(refused.error))?;
    Ok(())
}

/// Where a file stands: a link stays one.
fn place_of(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// A file in the folder of another, without a name that anybody looks for.
fn begun(path: &Path, readers: Readers) -> Result<NamedTempFile, Error> {
    let path = &*place_of(path);
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let mut begun = tempfile::Builder::new();
    begun.prefix(".encours-");
    #[cfg(unix)]
    begun.permissions(std::os::unix::fs::PermissionsExt::from_mode(readers.file_mode()));
    begun.tempfile_in(folder).map_err(|cause| Error::Disk(folder.to_owned(), cause))
}
