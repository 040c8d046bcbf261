//! E-mail by SMTP (RFC 5321): the bytes as they were written, one message after the other on a connection.

use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;

use super::config::{Smtp as Server, Tls};
use super::{Channel, Connection, Outgoing, Refusal};

pub(super) struct Smtp {
    server: Server,
}

impl Smtp {
    pub(super) const fn new(server: Server) -> Self {
        Self { server }
    }

    fn connect(&self) -> Result<SmtpConnection, String> {
        let Server { server, port, tls, timeout_seconds, .. } = &self.server;
        let name = ClientId::default();
        let parameters = || TlsParameters::new(server.clone()).map_err(|cause| cause.to_string());
        let encrypted = if *tls == Tls::Tls { Some(parameters()?) } else { None };
        let timeout = Some(Duration::from_secs(*timeout_seconds));
        let mut connection =
            SmtpConnection::connect((server.as_str(), *port), timeout, &name, encrypted.as_ref(), None)
                .map_err(|cause| told(&cause))?;
        if *tls == Tls::Starttls {
            connection.starttls(&parameters()?, &name).map_err(|cause| told(&cause))?;
        }
        if let (Some(user), Some(password)) = (&self.server.user_from, &self.server.password_from) {
            let credentials = Credentials::new(secret(user)?, secret(password)?);
            connection.auth(DEFAULT_MECHANISMS, &credentials).map_err(|cause| told(&cause))?;
        }
        Ok(connection)
    }
}

/// What stands in an environment variable.
///
/// # Errors
/// When it is not set.
pub fn secret(variable: &str) -> Result<String, String> {
    std::env::var(variable).map_err(|_| format!("the environment variable `{variable}` that it names is not set"))
}

/// An error with its causes.
fn told(error: &SmtpError) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

impl Channel for Smtp {
    fn open(&self) -> Result<Box<dyn Connection>, String> {
        let from =
            self.server.from.parse().map_err(|cause| format!("`{}` is no address: {cause}", self.server.from))?;
        Ok(Box::new(Open { connection: self.connect()?, from }))
    }
}

struct Open {
    connection: SmtpConnection,
    from: Address,
}

impl Connection for Open {
    fn send(&mut self, message: &Outgoing, bytes: &[u8]) -> Result<String, Refusal> {
        let to: Address =
            message.address.parse().map_err(|cause| Refusal::Never(format!("`{}`: {cause}", message.address)))?;
        self.announce(to).map_err(|cause| {
            // until its bytes leave nothing can have arrived; the next message begins anew
            drop(self.connection.command(Rset));
            if cause.is_permanent() { Refusal::Never(told(&cause)) } else { Refusal::Later(told(&cause)) }
        })?;
        let answer = self.connection.message(bytes).map_err(|cause| {
            if cause.is_permanent() {
                Refusal::Never(told(&cause))
            } else if cause.is_transient() {
                Refusal::Later(told(&cause))
            } else {
                Refusal::Unknown(told(&cause))
            }
        })?;
        Ok(answer.message().collect::<Vec<_>>().join(" "))
    }
}

impl Open {
    /// All that is said before the bytes of a message.
    fn announce(&mut self, to: Address) -> Result<(), SmtpError> {
        self.connection.command(Mail::new(Some(self.from.clone()), vec![]))?;
        self.connection.command(Rcpt::new(to, vec![]))?;
        self.connection.command(Data)?;
        Ok(())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        // a server that is gone needs no farewell
        drop(self.connection.quit());
    }
}
