//! `hoicho serve`: the HTTP server and the background jobs.
use std::time::Duration;

use actix_web::{App, HttpServer};
use clap::Args;

use super::setup::CommonArgs;
use crate::{
    app::{self, Services},
    jobs::BackgroundJobs,
    sample_data,
};
use hoicho_core::{
    config::{self, Settings},
    db::Database,
    values::clock::Clock,
};
use hoicho_fair::mail::Mailer;
use hoicho_web::identity::passwords::PasswordHasher;

/// What to serve.
#[derive(Args)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    place: CommonArgs,
    /// Serve a database with accounts of the demo, whose passwords are public
    #[arg(long)]
    allow_demo_accounts: bool,
}

/// Opens the database and serves until SIGINT or SIGTERM. Shutdown is graceful: requests in progress finish first.
///
/// # Errors
/// Also a database in which anybody can log in with the published password of the demo, unless that is allowed.
pub(super) fn serve(args: &ServeArgs) -> Result<(), String> {
    let (settings, db) = super::setup::open_database(&args.place)?;
    if !args.allow_demo_accounts {
        refuse_demo_accounts(&settings, &db)?;
    }
    run(&args.place, settings, db)
}

fn refuse_demo_accounts(settings: &Settings, db: &Database) -> Result<(), String> {
    let passwords = PasswordHasher::new(settings.password)?;
    let usable = db.write_blocking(|tx| sample_data::list_usable(tx, &passwords));
    match usable.map_err(|e| e.to_string())?.as_slice() {
        [] => Ok(()),
        emails => Err(format!(
            "the database has accounts of the demo with its published password ({}). Serve another --data-dir or database; or, \
             to keep this one, change the passwords of these accounts or erase them (`hoicho person erase`); or run `hoicho \
             demo`, or serve with --allow-demo-accounts, where nobody else reaches the server.",
            emails.join(", ")
        )),
    }
}

/// Time in which the head of a request must arrive. It also passes while the node has no time to read what has arrived: a shorter one
/// would close connections of honest clients when the node is busy.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);

/// Serves an open database.
pub fn run(place: &CommonArgs, settings: Settings, db: Database) -> Result<(), String> {
    let address = (settings.server.address.clone(), place.port.unwrap_or(settings.server.port));
    let base_url = format!("http://{}:{}", address.0, address.1);
    let public_url = match settings.server.public_url.trim_end_matches('/') {
        "" => base_url.clone(),
        url => url.to_owned(),
    };
    let mailer =
        Mailer::new(&settings.mail, public_url, &config::folder_or_default("".as_ref(), &place.data_dir, "mail"))?;
    let services = Services::new(&settings, db.clone(), Clock::System, &place.data_dir)?;
    let result = actix_web::rt::System::new().block_on(async move {
        let shared = services.clone();
        let live = services.streams.clone();
        let server = HttpServer::new(move || App::new().configure(app::routes(services.clone())))
            .client_request_timeout(HEAD_TIMEOUT)
            .shutdown_timeout(settings.server.stop_timeout_s)
            // Signals are handled below: event streams do not end on their own and must be closed before the shutdown.
            .disable_signals()
            .bind(address)
            .map_err(|e| {
                format!("cannot listen on {base_url}: {e}. If another program uses the port, choose one with --port.")
            })?;
        let jobs = BackgroundJobs::start(&shared, mailer);
        tracing::info!("serving at {base_url} (API documentation at {base_url}/api/docs/)");
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(async move {
            shutdown_signal().await;
            tracing::info!("stopping, waiting for requests in progress");
            live.close();
            handle.stop(true).await;
        });
        let result = server.await.map_err(|e| e.to_string());
        jobs.stop();
        result
    });
    // Queued writes are committed before the program ends.
    db.close();
    result
}

/// Waits for SIGINT, or on Unix SIGTERM.
async fn shutdown_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!(%error, "failed to install signal handlers");
        std::future::pending::<()>().await;
    }
}
