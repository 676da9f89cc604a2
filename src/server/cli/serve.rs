//! `hoicho serve`.
use actix_web::{App, HttpServer};

use super::Place;
use crate::{
    app::{self, Services},
    jobs::{self, Jobs},
};
use hoicho_core::{
    config::{self, Settings},
    db::Db,
    values::clock::Clock,
};
use hoicho_fair::mail::Mailer;

/// Serves until a stop signal; requests under way finish first.
pub fn serve(place: &Place) -> Result<(), String> {
    let (settings, db) = super::open(place)?;
    run(place, settings, db)
}

/// Serves an opened database.
pub fn run(place: &Place, settings: Settings, db: Db) -> Result<(), String> {
    let address = (settings.server.address.clone(), place.port.unwrap_or(settings.server.port));
    let said = format!("http://{}:{}", address.0, address.1);
    let public_url = match settings.server.public_url.trim_end_matches('/') {
        "" => said.clone(),
        url => url.to_owned(),
    };
    let mailer = Mailer::new(&settings.mail, public_url, &config::folder_or("".as_ref(), &place.data_dir, "mail"))?;
    let services = Services::new(&settings, db.clone(), Clock::System, &place.data_dir)?;
    let stopped = actix_web::rt::System::new().block_on(async move {
        let telling = services.clone();
        let jobs = Jobs { services: services.clone(), mailer };
        let live = services.streams.clone();
        let server = HttpServer::new(move || App::new().configure(app::routes(services.clone())))
            .shutdown_timeout(settings.server.stop_timeout_s)
            // Ours, because streams that never end by themselves must be ended first.
            .disable_signals()
            .bind(address)
            .map_err(|e| {
                format!("cannot listen on {said}: {e}. Is another program using the port? Choose one with --port.")
            })?;
        let working = actix_web::rt::spawn(jobs.run());
        let telling = actix_web::rt::spawn(jobs::tell(telling));
        tracing::info!("serving at {said} (API at {said}/api/docs/)");
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(async move {
            signalled().await;
            tracing::info!("stopping: requests under way finish first");
            live.close();
            handle.stop(true).await;
        });
        let stopped = server.await.map_err(|e| e.to_string());
        working.abort();
        telling.abort();
        stopped
    });
    // Every write that was taken is committed before the program ends.
    db.close();
    stopped
}

/// Ends at an interrupt, or where there is one, a request to terminate.
async fn signalled() {
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
        tracing::error!(%error, "signals cannot be heard");
        std::future::pending::<()>().await;
    }
}
