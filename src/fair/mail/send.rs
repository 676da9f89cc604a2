//! Sending what is in the outbox.
use std::{path::Path, time::Duration};

use lettre::{
    Address, AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
    transport::smtp::authentication::Credentials,
};
use secrecy::ExposeSecret;

use super::words::words;
use hoicho_core::{
    config::{self, SmtpSecurity, Transport},
    db::Db,
    values::{clock::Instant, ids::OutboxId},
};
use hoicho_web::{
    http::Problem,
    outbox::{self, Mail},
};

/// Letters taken at once.
const BATCH: i64 = 20;
/// A mail server that says nothing for so long is given up until the next attempt.
const PATIENCE: Duration = Duration::from_secs(30);

enum Way {
    Files(AsyncFileTransport<Tokio1Executor>),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

/// Sends letters.
pub struct Mailer {
    way: Way,
    from: Mailbox,
    public_url: String,
}

impl Mailer {
    /// Fails, saying which setting is wrong, before the first mail is lost; `folder` is where files go.
    pub fn new(settings: &config::Mail, public_url: String, folder: &Path) -> Result<Self, String> {
        let from = settings.from.parse().map_err(|e| format!("[mail] from: {e}"))?;
        let way = match settings.transport {
            Transport::Files => {
                std::fs::create_dir_all(folder).map_err(|e| format!("the mail folder {}: {e}", folder.display()))?;
                Way::Files(AsyncFileTransport::new(folder))
            }
            Transport::Smtp => Way::Smtp(smtp(settings)?),
        };
        Ok(Self { way, from, public_url })
    }

    async fn send(&self, id: OutboxId, mail: &Mail) -> Result<(), String> {
        let words = words(mail, &self.public_url).map_err(|e| e.to_string())?;
        let address: Address = mail.to.parse().map_err(|e| format!("{}: {e}", mail.to))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(Some(mail.name.clone()), address))
            // The same at every attempt, so that a mail server can tell a repetition.
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .subject(words.subject)
            .multipart(MultiPart::alternative_plain_html(words.text, words.html))
            .map_err(|e| e.to_string())?;
        let sent = async {
            match &self.way {
                Way::Files(way) => way.send(message).await.map(|_| ()).map_err(|e| e.to_string()),
                Way::Smtp(way) => way.send(message).await.map(|_| ()).map_err(|e| e.to_string()),
            }
        };
        tokio::time::timeout(PATIENCE, sent).await.map_err(|_| "no answer in time".to_owned())?
    }
}

fn smtp(settings: &config::Mail) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
    let host = settings.smtp_host.as_str();
    if host.is_empty() {
        return Err("[mail] smtp_host: it is needed for smtp".to_owned());
    }
    let said = |e: lettre::transport::smtp::Error| format!("[mail] smtp_host: {e}");
    let builder = match settings.smtp_security {
        SmtpSecurity::Starttls => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(host).map_err(said)?,
        SmtpSecurity::Tls => AsyncSmtpTransport::<Tokio1Executor>::relay(host).map_err(said)?,
        SmtpSecurity::None => AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host),
    };
    let builder = builder.port(settings.smtp_port).timeout(Some(PATIENCE));
    let user = settings.smtp_user.clone();
    Ok(if user.is_empty() {
        builder.build()
    } else {
        builder.credentials(Credentials::new(user, settings.smtp_password.expose_secret().to_owned())).build()
    })
}

/// Sends what is due; returns how many letters left. One that fails is tried again later and stops no other.
pub async fn send_due(db: &Db, mailer: &Mailer, now: Instant) -> Result<usize, Problem> {
    let claimed = db.write(move |tx| outbox::claim(tx, now, BATCH).map_err(Problem::from)).await?;
    let mut sent = 0;
    for letter in claimed {
        let outcome = match &letter.mail {
            Some(mail) => mailer.send(letter.id, mail).await,
            None => Err("nobody can read this letter any more".to_owned()),
        };
        match outcome {
            Ok(()) => {
                db.write(move |tx| outbox::done(tx, letter.id, now).map_err(Problem::from)).await?;
                sent += 1;
            }
            Err(error) => {
                tracing::warn!(id = %letter.id, attempt = letter.attempts, %error, "a mail could not be sent");
                db.write(move |tx| outbox::failed(tx, &letter, &error, now).map_err(Problem::from)).await?;
            }
        }
    }
    Ok(sent)
}
