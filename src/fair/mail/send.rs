//! Sends the e-mails of the outbox.
use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use lettre::{
    Address, AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
    transport::smtp::authentication::Credentials,
};
use secrecy::ExposeSecret;

use super::render::render;
use hoicho_core::{
    config::{self, MailTransport, SmtpSecurity},
    db::{Database, Tx},
    values::{clock::Clock, ids::OutboxId},
};
use hoicho_web::{
    http::Problem,
    outbox::{self, ClaimedEmail, Delivery, OutgoingEmail, SlotLimits},
};

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

/// E-mails of the outbox, to be sent by a [`Dispatcher`](hoicho_web::outbox::Dispatcher).
#[derive(Clone)]
pub struct Emails {
    /// Database.
    pub db: Database,
    /// Sends them.
    pub mailer: Arc<Mailer>,
    /// Tells the time of each try.
    pub clock: Clock,
}

impl Emails {
    /// Sends an e-mail and records the result.
    async fn send(self, email: ClaimedEmail) -> bool {
        let outcome = match &email.email {
            Some(mail) => self.mailer.send(email.id, mail).await,
            None => Err("the stored email cannot be parsed".to_owned()),
        };
        let (is_success, id, now) = (outcome.is_ok(), email.id, self.clock.now());
        if let Err(error) = &outcome {
            tracing::warn!(%id, attempt = email.attempts, %error, "failed to send email");
        }
        let recorded = self.db.write(move |tx| match outcome {
            Ok(()) => Ok::<_, Problem>(outbox::mark_sent(tx, email.id, now)?),
            Err(error) => Ok(outbox::mark_failed(tx, &email, &error, now)?),
        });
        if let Err(error) = recorded.await {
            tracing::warn!(%error, %id, "failed to record an email");
        }
        is_success
    }
}

impl Delivery for Emails {
    /// The sender: of a mass mail and a single one that are due at the same time neither waits for all of the other.
    type Owner = String;
    type Queue = String;
    type Claimed = ClaimedEmail;

    const LIMITS: SlotLimits = SlotLimits { total: 8, reserved: 2, per_owner: 4, per_queue: 4 };

    async fn list_waiting(&self) -> Result<Vec<(String, String)>, Problem> {
        let now = self.clock.now();
        let senders = self.db.read(move |tx| Ok::<_, Problem>(outbox::list_waiting_senders(tx, now)?)).await?;
        Ok(senders.into_iter().map(|sender| (sender.clone(), sender)).collect())
    }

    async fn claim(&self, slots: Vec<String>) -> Result<Vec<(String, ClaimedEmail)>, Problem> {
        let now = self.clock.now();
        let mut by_sender: BTreeMap<String, i64> = BTreeMap::new();
        slots.into_iter().for_each(|sender| *by_sender.entry(sender).or_default() += 1);
        let work = move |tx: &mut Tx<'_>| {
            let mut claimed = Vec::new();
            for (sender, limit) in by_sender {
                let emails = outbox::claim(tx, &sender, now, limit)?;
                claimed.extend(emails.into_iter().map(|email| (sender.clone(), email)));
            }
            Ok::<_, Problem>(claimed)
        };
        self.db.write(work).await
    }

    fn attempt(&self, claimed: ClaimedEmail) -> impl Future<Output = bool> + Send + 'static {
        self.clone().send(claimed)
    }
}
