//! A PostgreSQL cluster with its default durability that a test can kill, freeze, replicate and measure.
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use diesel::{Connection, PgConnection, RunQueryDsl};

use super::{
    postgres::{binaries, unprivileged},
    wait::wait_until,
};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A running cluster; dropping it stops and deletes it.
pub struct Cluster {
    pub bin: PathBuf,
    folder: PathBuf,
    pub port: u16,
    settings: Vec<String>,
    server: Option<Child>,
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn done(command: &mut Command) {
    unprivileged(command);
    let output = command.current_dir("/").output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Cluster {
    /// A new cluster with an empty database `hoicho`; `None` if PostgreSQL is neither installed nor required.
    pub fn start(settings: &[&str]) -> Option<Self> {
        let Some(bin) = binaries() else {
            assert!(std::env::var("HOICHO_TEST_REQUIRE_POSTGRES").is_err(), "no PostgreSQL");
            return None;
        };
        let folder = Self::folder();
        let data = folder.join("data");
        let init = ["--no-sync", "-A", "trust", "-U", "hoicho", "-E", "UTF8", "--locale=C.UTF-8", "-D"];
        done(Command::new(bin.join("initdb")).args(init).arg(&data));
        let settings = settings.iter().map(|s| (*s).to_owned()).collect();
        let mut cluster = Self { bin, folder, port: free_port(), settings, server: None };
        cluster.start_again();
        cluster.run("postgres", "CREATE DATABASE hoicho");
        Some(cluster)
    }

    fn folder() -> PathBuf {
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("hoicho-cluster-{}-{n}", std::process::id()));
        done(Command::new("mkdir").arg("-m700").arg(&folder));
        folder
    }

    /// Starts the server on its port and waits until it accepts connections.
    pub fn start_again(&mut self) {
        let mut command = Command::new(self.bin.join("postgres"));
        unprivileged(&mut command);
        let log = self.folder.join("log");
        // The log is created by this process, which may run as another user than the server.
        let log = std::fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
        command.current_dir("/").arg("-D").arg(self.folder.join("data")).arg("-k").arg(&self.folder);
        command.args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"]);
        for setting in &self.settings {
            command.args(["-c", setting]);
        }
        let server = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let server = self.server.insert(server);
        let (log, url) = (self.folder.join("log"), format!("postgres://hoicho@127.0.0.1:{}/postgres", self.port));
        wait_until("PostgreSQL accepts connections", || {
            if let Some(status) = server.try_wait().unwrap() {
                panic!("PostgreSQL exited with {status}: {}", std::fs::read_to_string(&log).unwrap_or_default());
            }
            PgConnection::establish(&url).is_ok()
        });
    }

    /// URL of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://hoicho@127.0.0.1:{}/{database}", self.port)
    }

    /// Executes a statement.
    pub fn run(&self, database: &str, statement: &str) {
        let mut admin = PgConnection::establish(&self.url(database)).unwrap();
        diesel::sql_query(statement).execute(&mut admin).unwrap();
    }

    /// The column `number` of a query's only row.
    pub fn number(&self, query: &str) -> i64 {
        #[derive(diesel::QueryableByName)]
        struct Said {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            number: i64,
        }
        let mut admin = PgConnection::establish(&self.url("postgres")).unwrap();
        diesel::sql_query(query).get_result::<Said>(&mut admin).unwrap().number
    }

    /// Identifiers of all its processes, the postmaster first.
    fn processes(&self) -> Vec<u32> {
        let Some(server) = &self.server else { return Vec::new() };
        let parent = |stat: &str| {
            let after_name = stat.rsplit_once(')')?.1;
            after_name.split_whitespace().nth(1)?.parse::<u32>().ok()
        };
        let all = std::fs::read_dir("/proc").unwrap().flatten();
        let mut found: Vec<u32> = all
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(|pid: &u32| {
                std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|s| parent(&s) == Some(server.id()))
            })
            .collect();
        found.insert(0, server.id());
        found
    }

    fn signal(&self, signal: &str) {
        let all = self.processes().iter().map(u32::to_string).collect::<Vec<_>>();
        drop(Command::new("kill").arg(signal).args(all).stderr(Stdio::null()).status());
    }

    /// Kills all its processes at once, so that nothing more is written.
    pub fn kill(&mut self) {
        // They are stopped first: otherwise the postmaster would restart the processes that die before it.
        self.signal("-STOP");
        let all = self.processes();
        self.signal("-KILL");
        wait_until("every process of the cluster has ended", || {
            !all.iter().skip(1).any(|pid| Path::new(&format!("/proc/{pid}/exe")).exists())
        });
        if let Some(mut server) = self.server.take() {
            server.wait().unwrap();
        }
    }

    /// Stops the server in good order; its folder stays.
    pub fn stop(&mut self) {
        let Some(mut server) = self.server.take() else { return };
        done(Command::new("kill").args(["-INT", &server.id().to_string()]));
        assert!(server.wait().unwrap().success(), "PostgreSQL did not stop in good order");
    }

    /// Starts a copy of this cluster, which must be stopped.
    pub fn start_copy(&self, settings: &[&str]) -> Self {
        assert!(self.server.is_none(), "a running cluster cannot be copied");
        let folder = Self::folder();
        done(Command::new("cp").arg("-a").arg(self.folder.join("data")).arg(&folder));
        let settings = settings.iter().map(|s| (*s).to_owned()).collect();
        let mut copy = Self { bin: self.bin.clone(), folder, port: free_port(), settings, server: None };
        copy.start_again();
        copy
    }

    /// Suspends all processes: connections stay open and nothing responds.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Resumes all processes.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    /// A hot standby of this cluster.
    pub fn standby(&self, name: &str) -> Self {
        let folder = Self::folder();
        let from = format!("{} application_name={name}", self.conninfo());
        let copy = ["--no-sync", "-R", "-X", "stream", "-c", "fast", "-D"];
        done(Command::new(self.bin.join("pg_basebackup")).arg("-d").arg(from).args(copy).arg(folder.join("data")));
        let mut standby =
            Self { bin: self.bin.clone(), folder, port: free_port(), settings: self.settings.clone(), server: None };
        standby.settings.push("hot_standby=on".to_owned());
        standby.start_again();
        standby
    }

    fn conninfo(&self) -> String {
        format!("host=127.0.0.1 port={} user=hoicho", self.port)
    }

    /// Promotes a standby to primary.
    pub fn promote(&self) {
        self.run("postgres", "SELECT pg_promote(true)");
    }

    /// Folder of the cluster.
    pub fn data(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.thaw();
        self.kill();
        drop(std::fs::remove_dir_all(&self.folder));
    }
}
