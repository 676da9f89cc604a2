//! Sends the e-mails of the outbox.
use std::{path::Path, time::Duration};

use lettre::{
    Address, AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
    transport::smtp::authentication::Credentials,
};
use secrecy::ExposeSecret;

use super::render::render;
use hoicho_core::{
    config::{self, MailTransport, SmtpSecurity},
    db::Database,
    values::{clock::Instant, ids::OutboxId},
};
use hoicho_web::{
    http::Problem,
    outbox::{self, OutgoingEmail},
};

/// Max e-mails claimed per run.
const BATCH_SIZE: i64 = 20;
/// Timeout of one send. The e-mail is retried later.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);

enum Transport {
    Files(AsyncFileTransport<Tokio1Executor>),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

/// Renders and sends e-mails.
pub struct Mailer {
    transport: Transport,
    from: Mailbox,
    public_url: String,
}

impl Mailer {
    /// Fails at startup with the name of the invalid setting. `folder` is the target of the `files` transport.
    pub fn new(settings: &config::Mail, public_url: String, folder: &Path) -> Result<Self, String> {
        let from = parse_from(settings)?;
        let transport = match settings.transport {
            MailTransport::Files => {
                std::fs::create_dir_all(folder)
                    .map_err(|e| format!("cannot create the mail folder {}: {e}", folder.display()))?;
                Transport::Files(AsyncFileTransport::new(folder))
            }
            MailTransport::Smtp => Transport::Smtp(smtp(settings)?),
        };
        Ok(Self { transport, from, public_url })
    }

    async fn send(&self, id: OutboxId, mail: &OutgoingEmail) -> Result<(), String> {
        let rendered = render(mail, &self.public_url).map_err(|e| e.to_string())?;
        let address: Address = mail.to.parse().map_err(|e| format!("{}: {e}", mail.to))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(Some(mail.name.clone()), address))
            // The same in every attempt, so that mail servers can detect duplicates.
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .subject(rendered.subject)
            .multipart(MultiPart::alternative_plain_html(rendered.text, rendered.html))
            .map_err(|e| e.to_string())?;
        let send = async {
            match &self.transport {
                Transport::Files(transport) => transport.send(message).await.map(|_| ()).map_err(|e| e.to_string()),
                Transport::Smtp(transport) => transport.send(message).await.map(|_| ()).map_err(|e| e.to_string()),
            }
        };
        tokio::time::timeout(SEND_TIMEOUT, send).await.map_err(|_| "timeout".to_owned())?
    }
}

fn parse_from(settings: &config::Mail) -> Result<Mailbox, String> {
    settings.from.parse().map_err(|e| format!("[mail] from: {e}"))
}

/// Checks the settings without connecting or creating the folder of the `files` transport.
///
/// # Errors
/// The invalid setting and what is wrong with it.
pub fn check_settings(settings: &config::Mail) -> Result<(), String> {
    parse_from(settings)?;
    match settings.transport {
        MailTransport::Files => Ok(()),
        MailTransport::Smtp => smtp(settings).map(drop),
    }
}

/// Connects to the SMTP server, negotiates TLS and logs in as for sending, and sends nothing.
///
/// # Errors
/// The step that failed, without the password.
pub async fn check_login(settings: &config::Mail) -> Result<(), String> {
    let password = settings.smtp_password.expose_secret();
    let hide_password = |text: String| if password.is_empty() { text } else { text.replace(password, "***") };
    match smtp(settings)?.test_connection().await {
        Ok(true) => Ok(()),
        Ok(false) => Err("the server closed the connection".to_owned()),
        Err(error) => Err(hide_password(error.to_string())),
    }
}

fn smtp(settings: &config::Mail) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
    let host = settings.smtp_host.as_str();
    if host.is_empty() {
        return Err("[mail] smtp_host: required for transport smtp".to_owned());
    }
    let invalid_host = |e: lettre::transport::smtp::Error| format!("[mail] smtp_host: {e}");
    let builder = match settings.smtp_security {
        SmtpSecurity::Starttls => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(host).map_err(invalid_host)?,
        SmtpSecurity::Tls => AsyncSmtpTransport::<Tokio1Executor>::relay(host).map_err(invalid_host)?,
        SmtpSecurity::None => AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host),
    };
    let builder = builder.port(settings.smtp_port).timeout(Some(SEND_TIMEOUT));
    let user = settings.smtp_user.clone();
    Ok(if user.is_empty() {
        builder.build()
    } else {
        builder.credentials(Credentials::new(user, settings.smtp_password.expose_secret().to_owned())).build()
    })
}

/// Sends due e-mails; returns how many were sent. A failed e-mail is retried later and does not block the others.
pub async fn send_due(db: &Database, mailer: &Mailer, now: Instant) -> Result<usize, Problem> {
    let claimed = db.write(move |tx| outbox::claim(tx, now, BATCH_SIZE).map_err(Problem::from)).await?;
    let mut sent = 0;
    for email in claimed {
        let outcome = match &email.email {
            Some(mail) => mailer.send(email.id, mail).await,
            None => Err("the stored email cannot be parsed".to_owned()),
        };
        match outcome {
            Ok(()) => {
                db.write(move |tx| outbox::mark_sent(tx, email.id, now).map_err(Problem::from)).await?;
                sent += 1;
            }
            Err(error) => {
                tracing::warn!(id = %email.id, attempt = email.attempts, %error, "failed to send email");
                db.write(move |tx| outbox::mark_failed(tx, &email, &error, now).map_err(Problem::from)).await?;
            }
        }
    }
    Ok(sent)
}
