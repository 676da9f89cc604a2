//! PostgreSQL for tests: the server of `HOICHO_TEST_POSTGRES_URL`, else a temporary one from the installed binaries. A shell
//! that reads a pipe stops it when the test process ends, however that ends.
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use diesel::{Connection, PgConnection, RunQueryDsl};
use hoicho_core::db::DatabaseUrl;
use parking_lot::Mutex;

use super::wait::wait_until;

struct Server {
    /// URL up to and including the slash before the database's name.
    base: String,
    /// Log of a temporary server.
    log: Option<PathBuf>,
    _keeper: Option<Child>,
}

static SERVER: OnceLock<Option<Server>> = OnceLock::new();
static TURN: Mutex<()> = Mutex::new(());
static NEXT: AtomicU32 = AtomicU32::new(0);

/// A database that is filled once by this process and copied for each test.
pub struct Template {
    name: &'static str,
    /// Its name on the server.
    database: OnceLock<String>,
}

impl Template {
    pub const fn new(name: &'static str) -> Self {
        Self { name, database: OnceLock::new() }
    }

    /// A copy; `fill` fills the template, which is empty, and leaves no connection to it.
    pub fn copy(&self, fill: impl FnOnce(&DatabaseUrl)) -> Option<DatabaseUrl> {
        let server = SERVER.get_or_init(start).as_ref()?;
        let template = self.database.get_or_init(|| {
            let name = format!("hoicho_{}_{}", std::process::id(), self.name);
            server.run(&format!("CREATE DATABASE {name}"));
            fill(&server.url(&name));
            name
        });
        let name = format!("hoicho_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        server.run(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
        Some(server.url(&name))
    }
}

static MIGRATED: Template = Template::new("migrated");

/// A new, migrated database.
pub fn database() -> Option<DatabaseUrl> {
    MIGRATED.copy(|url| {
        hoicho_core::db::migrate::run_pending(url).unwrap();
    })
}

/// A new, empty database.
pub fn empty_database() -> Option<DatabaseUrl> {
    let server = SERVER.get_or_init(start).as_ref()?;
    let name = format!("hoicho_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    server.run(&format!("CREATE DATABASE {name}"));
    Some(server.url(&name))
}

impl Server {
    fn url(&self, name: &str) -> DatabaseUrl {
        format!("{}{name}", self.base).parse().unwrap()
    }
    fn run(&self, statement: &str) {
        self.try_run(statement).unwrap_or_else(|reason| panic!("{statement}: {reason}\n{}", self.end_of_log()));
    }
    fn try_run(&self, statement: &str) -> Result<(), String> {
        // One at a time: PostgreSQL cannot copy a template that has other connections.
        let _turn = TURN.lock();
        let admin = PgConnection::establish(&format!("{}postgres", self.base));
        let mut admin = admin.map_err(|error| error.to_string())?;
        diesel::sql_query(statement).execute(&mut admin).map(|_| ()).map_err(|error| error.to_string())
    }
    /// The last lines of a temporary server's log, which say why it stopped.
    fn end_of_log(&self) -> String {
        let log = self.log.as_deref().and_then(|log| std::fs::read(log).ok()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().rev().take(20).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

/// Drops a database at the end of its test: hundreds of copies kept until the end of the process would fill the disk.
pub struct DropAtEnd(pub DatabaseUrl);

impl Drop for DropAtEnd {
    fn drop(&mut self) {
        let DatabaseUrl::Postgres(url) = &self.0 else { return };
        let name = url.rsplit_once('/').map_or("", |(_, name)| name);
        let Some(server) = SERVER.get().and_then(Option::as_ref) else { return };
        if let Err(reason) = server.try_run(&format!("DROP DATABASE {name} WITH (FORCE)")) {
            eprintln!("cannot drop the database {name}: {reason}");
        }
    }
}

fn start() -> Option<Server> {
    if let Ok(url) = std::env::var("HOICHO_TEST_POSTGRES_URL") {
        let base = url.rsplit_once('/').expect("HOICHO_TEST_POSTGRES_URL ends in a database's name").0;
        return Some(Server { base: format!("{base}/"), log: None, _keeper: None });
    }
    let Some(bin) = binaries() else {
        let said = "NO POSTGRESQL FOUND: its tests are SKIPPED. Install it, or set HOICHO_TEST_POSTGRES_URL.";
        assert!(std::env::var("HOICHO_TEST_REQUIRE_POSTGRES").is_err(), "{said}");
        eprintln!("\n*** {said} ***\n");
        return None;
    };
    Some(throwaway(&bin))
}

pub fn binaries() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path().join("bin"))
        .collect();
    versions.sort();
    let on_path = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect::<Vec<_>>();
    versions.into_iter().rev().chain(on_path).find(|bin| bin.join("initdb").exists() && bin.join("postgres").exists())
}

/// Runs a command as `nobody` if this process is root, which `initdb` rejects.
pub fn unprivileged(command: &mut Command) {
    let root = std::fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0);
    if root {
        std::os::unix::process::CommandExt::uid(command, 65_534);
        std::os::unix::process::CommandExt::gid(command, 65_534);
    }
}

fn throwaway(bin: &Path) -> Server {
    let folder = std::env::temp_dir().join(format!("hoicho-postgres-{}", std::process::id()));
    let mut made = Command::new("mkdir");
    unprivileged(&mut made);
    assert!(made.arg("-m700").arg(&folder).status().unwrap().success());
    let data = folder.join("data");
    let mut init = Command::new(bin.join("initdb"));
    unprivileged(&mut init);
    let init = init
        .args(["--no-sync", "-A", "trust", "-U", "hoicho", "-E", "UTF8", "--locale=C.UTF-8", "-D"])
        .arg(&data)
        .output()
        .unwrap();
    assert!(init.status.success(), "initdb: {}", String::from_utf8_lossy(&init.stderr));
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut keeper = Command::new("sh");
    unprivileged(&mut keeper);
    let script = r#"
"$1/postgres" -D "$2/data" -p "$3" -k "$2" -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off \
    -c full_page_writes=off -c max_connections=500 -c max_wal_size=512MB -c wal_level=minimal -c max_wal_senders=0 >"$2/log" 2>&1 & p=$!
cat >/dev/null
kill -INT $p
wait $p
rm -rf "$2""#;
    let keeper = keeper
        .args(["-c", script, "keeper"])
        .arg(bin)
        .arg(&folder)
        .arg(port.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let base = format!("postgres://hoicho@127.0.0.1:{port}/");
    let log = folder.join("log");
    wait_until(&format!("PostgreSQL accepts connections (log: {})", log.display()), || {
        PgConnection::establish(&format!("{base}postgres")).is_ok()
    });
    Server { base, log: Some(log), _keeper: Some(keeper) }
}
