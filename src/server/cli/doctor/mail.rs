//! The mail server, up to the login. Nothing is sent.
use std::{
    io,
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    path::Path,
    time::Duration,
};

use super::report::{Finding, or_ok};
use hoicho_core::{
    config::{Mail, MailTransport, SmtpSecurity},
    db::url::is_loopback,
};
use hoicho_fair::mail;

/// Timeout of connecting to one address.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// Timeout of TLS and login.
const LOGIN_TIMEOUT: Duration = Duration::from_secs(10);

/// `folder` is where the transport `files` writes.
pub(super) fn check(settings: &Mail, folder: &Path) -> Vec<Finding> {
    match settings.transport {
        MailTransport::Files => vec![Finding::Warning(format!(
            "no mail server is configured: e-mails are files in {}, so nobody can verify an address; set transport = \"smtp\" \
             and smtp_host in [mail]",
            folder.display()
        ))],
        // The check of the settings reports what is wrong with them.
        MailTransport::Smtp if mail::check_settings(settings).is_err() => Vec::new(),
        MailTransport::Smtp => {
            let mut findings = Vec::from_iter(sends_plain_text(settings));
            findings.extend(connect_and_log_in(settings).err().map(Finding::Error));
            let (host, port) = (&settings.smtp_host, settings.smtp_port);
            let login = if settings.smtp_user.is_empty() { "without" } else { "with" };
            or_ok(findings, || format!("{host}:{port} accepts the connection {login} login"))
        }
    }
}

fn sends_plain_text(settings: &Mail) -> Option<Finding> {
    let host = &settings.smtp_host;
    (settings.smtp_security == SmtpSecurity::None && !is_loopback(host)).then(|| {
        Finding::Warning(format!(
            "e-mails and the password travel to {host} in plain text; set smtp_security to \"starttls\" or \"tls\""
        ))
    })
}

fn connect_and_log_in(settings: &Mail) -> Result<(), String> {
    let (host, port) = (settings.smtp_host.as_str(), settings.smtp_port);
    let addresses: Vec<SocketAddr> = (host, port)
        .to_socket_addrs()
        .map_err(|e| format!("cannot resolve {host}: {e}; check [mail] smtp_host and DNS"))?
        .collect();
    // As for sending, one address that accepts is enough.
    let mut connected = Err(io::Error::other("the name has no address"));
    for address in addresses {
        connected = TcpStream::connect_timeout(&address, CONNECT_TIMEOUT).map(drop);
        if connected.is_ok() {
            break;
        }
    }
    connected.map_err(|e| {
        format!("cannot connect to {host}:{port}: {e}; check [mail] smtp_host, smtp_port, the server and the firewall")
    })?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    let login = runtime.block_on(async { tokio::time::timeout(LOGIN_TIMEOUT, mail::check_login(settings)).await });
    login.unwrap_or_else(|_| Err("timeout".to_owned())).map_err(|e| {
        format!(
            "{host}:{port} rejects the login: {e}; check [mail] smtp_security, smtp_user and HOICHO_MAIL__SMTP_PASSWORD"
        )
    })
}
