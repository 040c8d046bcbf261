//! A mailbox read over IMAP (RFC 3501): what came since a day, nothing of it changed.

use std::sync::Arc;
use std::time::Duration;

use async_imap::Client;
use futures::TryStreamExt;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

use super::channels::config::{Mailbox, Tls};
use super::channels::secret;
use crate::model::Date;

/// E-mails that are asked for at a time.
const AT_A_TIME: usize = 200;

/// The e-mails that came since a day, each given to `read` as it comes.
///
/// # Errors
/// What the server says, or that it cannot be reached.
pub async fn mails_since(mailbox: &Mailbox, since: Date, read: &mut dyn FnMut(&[u8])) -> Result<usize, String> {
    let timeout = Duration::from_secs(mailbox.timeout_seconds);
    let reached = tokio::time::timeout(timeout, TcpStream::connect((mailbox.server.as_str(), mailbox.port)));
    let stream = reached.await.map_err(|_| "no answer in time".to_owned())?.map_err(|cause| cause.to_string())?;
    match mailbox.tls {
        Tls::None => fetched(stream, mailbox, since, read).await,
        Tls::Tls | Tls::Starttls => {
            let name = ServerName::try_from(mailbox.server.clone()).map_err(|cause| cause.to_string())?;
            let stream = connector()?.connect(name, stream).await.map_err(|cause| cause.to_string())?;
            fetched(stream, mailbox, since, read).await
        }
    }
}

/// Encrypted, with the certificates that the machine trusts.
fn connector() -> Result<TlsConnector, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|cause| cause.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

async fn fetched<S>(stream: S, mailbox: &Mailbox, since: Date, read: &mut dyn FnMut(&[u8])) -> Result<usize, String>
where
    S: AsyncRead + AsyncWrite + Unpin + std::fmt::Debug + Send,
{
    let mut client = Client::new(stream);
    let greeting = client.read_response().await.map_err(|cause| cause.to_string())?;
    if greeting.is_none() {
        return Err("the server hung up".to_owned());
    }
    let (user, password) = (secret(&mailbox.user_from)?, secret(&mailbox.password_from)?);
    let mut session = client.login(&user, &password).await.map_err(|(cause, _)| cause.to_string())?;
    // opened to be read only: nothing is marked as seen
    session.examine(&mailbox.folder).await.map_err(|cause| cause.to_string())?;
    let asked = format!("SINCE {}", since.format("%d-%b-%Y"));
    let found = session.uid_search(asked).await.map_err(|cause| cause.to_string())?;
    let mut numbers: Vec<String> = found.into_iter().map(|number| number.to_string()).collect();
    numbers.sort();
    let mut count = 0;
    for part in numbers.chunks(AT_A_TIME) {
        let mut mails = session.uid_fetch(part.join(","), "BODY.PEEK[]").await.map_err(|cause| cause.to_string())?;
        while let Some(mail) = mails.try_next().await.map_err(|cause| cause.to_string())? {
            if let Some(bytes) = mail.body() {
                count += 1;
                read(bytes);
            }
        }
    }
    // what was read was read, whether or not the server says goodbye
    drop(session.logout().await);
    Ok(count)
}
