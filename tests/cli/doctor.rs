//! `hoicho doctor`: a healthy instance has no errors, and each fault has its line.
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection};
use hoicho_core::db::DatabaseUrl;
use tempfile::TempDir;

use crate::{
    postgres,
    server::{Server, free_port, hoicho, shown},
};

/// A data folder and the settings of its server.
struct Instance {
    folder: TempDir,
    /// Empty for SQLite.
    url: String,
}

/// What the command printed, and its exit code. How much space is free depends on the machine.
struct Outcome {
    code: i32,
    text: String,
}

impl Outcome {
    /// Each of `lines` is a severity, or nothing for any, and words of a line.
    #[track_caller]
    fn expect(&self, code: i32, lines: &[&str]) {
        assert_eq!(self.code, code, "{}", self.text);
        for line in lines {
            let (severity, words) = line.split_once(' ').unwrap();
            let is_there = |l: &str| l.starts_with(severity) && words.split(" … ").all(|word| l.contains(word));
            assert!(self.text.lines().any(is_there), "no line `{line}`:\n{}", self.text);
        }
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

impl Instance {
    /// A folder that only its owner can reach, whatever the umask.
    fn empty(url: String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        set_mode(folder.path(), 0o700);
        Self { folder, url }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn serve(&self) -> Server {
        Server::start(self.folder.path(), &["serve"], &[("HOICHO_DATABASE__URL", &self.url)])
    }

    fn doctor(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
        let mut command = hoicho(self.folder.path());
        // The defaults: cheap hashing would be a warning.
        command.env_remove("HOICHO_PASSWORD__MEMORY_KIB").env_remove("HOICHO_PASSWORD__ITERATIONS");
        command.arg("doctor").arg("--data-dir").arg(self.folder.path()).args(arguments);
        let output = command.env("HOICHO_DATABASE__URL", &self.url).envs(variables.iter().copied()).output().unwrap();
        Outcome { code: output.status.code().unwrap(), text: shown(&output.stdout) + &shown(&output.stderr) }
    }

    fn execute(&self, statement: &str) {
        let statement = diesel::sql_query(statement);
        if self.url.is_empty() {
            let file = self.path("hoicho.sqlite").display().to_string();
            statement.execute(&mut SqliteConnection::establish(&file).unwrap()).unwrap();
        } else {
            statement.execute(&mut PgConnection::establish(&self.url).unwrap()).unwrap();
        }
    }

    /// Size and mode of each file.
    fn files(&self) -> BTreeMap<PathBuf, (u64, u32)> {
        let (mut files, mut folders) = (BTreeMap::new(), vec![self.folder.path().to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let metadata = entry.metadata().unwrap();
                if metadata.is_dir() {
                    folders.push(entry.path());
                }
                files.insert(entry.path(), (metadata.len(), metadata.permissions().mode()));
            }
        }
        files
    }
}

/// An instance on each database that is there, with all migrations and a signing key.
fn instances() -> Vec<Instance> {
    let mut urls = vec![String::new()];
    if let Some(DatabaseUrl::Postgres(url)) = postgres::empty_database() {
        urls.push(url);
    }
    let start = |url| {
        let instance = Instance::empty(url);
        instance.serve().stop();
        instance
    };
    urls.into_iter().map(start).collect()
}

#[test]
fn healthy_instance_has_no_errors_and_is_not_changed() {
    for instance in instances() {
        let server = instance.serve();
        let public_url = server.address().url().to_owned();
        let port = public_url.rsplit_once(':').unwrap().1;
        let public = [("HOICHO_SERVER__PUBLIC_URL", public_url.as_str())];
        let names = || instance.files().into_keys().collect::<Vec<_>>();
        let before = names();
        let expected = [
            "ok settings:",
            "ok database: … has all migrations",
            "ok clock: … UTC, time zone data",
            "warning mail: no mail server is configured",
            "ok public URL: … responds",
            " disk:",
            "ok file modes:",
        ];
        instance.doctor(&["--port", port], &public).expect(0, &expected);
        assert_eq!(names(), before);
        server.stop();
        // An unreachable public URL is only a warning: the server may be stopped.
        let stopped = instance.doctor(&["--port", port], &public);
        stopped.expect(0, &["ok database: … has all migrations", "warning public URL: … does not run"]);
        instance.doctor(&[], &[]).expect(0, &["warning public URL: [server] public_url is not set"]);
    }
}

#[test]
fn stopped_instance_is_only_read() {
    for instance in instances() {
        let before = instance.files();
        instance.doctor(&[], &[]).expect(0, &["ok database:"]);
        assert_eq!(instance.files(), before);
    }
}

#[test]
fn each_fault_has_its_line() {
    for instance in instances() {
        let key = fs::read_dir(instance.path("keys")).unwrap().next().unwrap().unwrap().path();
        set_mode(&key, 0o644);
        // In a folder that others cannot search, it is not open to them.
        instance.doctor(&[], &[]).expect(0, &["ok file modes:"]);
        set_mode(key.parent().unwrap(), 0o755);
        instance.doctor(&[], &[]).expect(1, &["error file modes: a signing key … chmod 600", " disk:"]);
        set_mode(&key, 0o600);

        let port = free_port().to_string();
        let closed = [
            ("HOICHO_MAIL__TRANSPORT", "smtp"),
            ("HOICHO_MAIL__SMTP_HOST", "127.0.0.1"),
            ("HOICHO_MAIL__SMTP_PORT", &port),
        ];
        instance.doctor(&[], &closed).expect(1, &["error mail: cannot connect to 127.0.0.1 … smtp_port", " disk:"]);
        let unknown = [closed[0], ("HOICHO_MAIL__SMTP_HOST", "smtp.invalid")];
        instance.doctor(&[], &unknown).expect(1, &["error mail: cannot resolve smtp.invalid"]);

        let plain = [("HOICHO_SERVER__PUBLIC_URL", "http://hoicho.example.vn")];
        instance.doctor(&[], &plain).expect(1, &["error public URL: … not encrypted"]);
        let proxied = [("HOICHO_SERVER__TRUSTED_PROXIES", "1"), ("HOICHO_SERVER__ADDRESS", "0.0.0.0")];
        instance.doctor(&[], &proxied).expect(0, &["warning settings: [server] trusted_proxies"]);

        instance.execute("DELETE FROM __diesel_schema_migrations WHERE version = '20261201000200'");
        for _ in 0..2 {
            instance.doctor(&[], &[]).expect(1, &["error database: 1 pending migrations: restart", "ok clock:"]);
        }
        let by_hand = [("HOICHO_DATABASE__MIGRATE", "false")];
        instance.doctor(&[], &by_hand).expect(1, &["error database: 1 pending migrations: … `hoicho migrate`"]);
        instance
            .execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('20261201000200'), ('99990101000000')");
        instance.doctor(&[], &[]).expect(1, &["error database: 1 migrations are of a newer version"]);
    }
}

#[test]
fn broken_settings_are_reported_and_the_other_checks_run() {
    for instance in instances() {
        let file = instance.path("hoicho.toml");
        let arguments = ["--config", file.to_str().unwrap()];
        fs::write(&file, "[server]\nprot = 9090\n").unwrap();
        let rest = ["ok clock:", " disk:", "ok file modes:"];
        let outcome = instance.doctor(&arguments, &[]);
        outcome.expect(1, &["error settings: … prot"]);
        outcome.expect(1, &rest);
        fs::write(&file, "[mail]\nsmtp_password = geheim7391\n").unwrap();
        let outcome = instance.doctor(&arguments, &[]);
        outcome.expect(1, &["error settings: … hoicho.toml"]);
        assert!(!outcome.text.contains("7391"), "{}", outcome.text);
        fs::write(&file, "[mail]\nsmtp_password = 'geheim7391'\n").unwrap();
        let in_public_folder = tempfile::tempdir().unwrap();
        set_mode(in_public_folder.path(), 0o755);
        let public = in_public_folder.path().join("hoicho.toml");
        fs::copy(&file, &public).unwrap();
        set_mode(&public, 0o644);
        let outcome = instance.doctor(&["--config", public.to_str().unwrap()], &[]);
        outcome.expect(1, &["error file modes: the settings file … has a password … chmod 600"]);
        set_mode(&public, 0o600);
        instance.doctor(&["--config", public.to_str().unwrap()], &[]).expect(0, &["ok settings: … is valid"]);
    }
}

#[test]
fn unreachable_database_is_reported_without_its_password() {
    let instance = Instance::empty(String::new());
    let outcome = instance.doctor(&[], &[]);
    outcome.expect(1, &["error database: no database at … --data-dir", "warning mail:", " disk:"]);
    assert!(!instance.path("hoicho.sqlite").exists());
    let missing = ("HOICHO_DATABASE__URL", "sqlite:nowhere/a.sqlite");
    instance.doctor(&[], &[missing]).expect(1, &["error database: no database at nowhere/a.sqlite"]);
    assert!(!instance.path("nowhere").exists());
    let port = free_port();
    for (url, expected) in [
        (format!("postgres://u:geheim7391@127.0.0.1:{port}/d"), "no connection"),
        ("postgres://u:geheim7391%zz@127.0.0.1/d".to_owned(), "no connection"),
        ("mysql://u:geheim7391@127.0.0.1/d".to_owned(), "postgres://"),
    ] {
        let outcome = instance.doctor(&[], &[("HOICHO_DATABASE__URL", &url)]);
        outcome.expect(1, &[&format!("error database: … {expected}"), "ok clock:", " disk:"]);
        assert!(!outcome.text.contains("7391"), "{}", outcome.text);
    }
}

#[test]
fn damaged_file_is_reported() {
    let instance = Instance::empty(String::new());
    instance.serve().stop();
    // One file with everything, as after a restore.
    instance.execute("PRAGMA journal_mode = DELETE");
    instance.doctor(&[], &[]).expect(0, &["warning database: the file is not in WAL mode"]);
    let file = instance.path("hoicho.sqlite");
    let mut bytes = fs::read(&file).unwrap();
    let end = bytes.len();
    bytes[end / 2..].fill(0xff);
    fs::write(&file, bytes).unwrap();
    instance.doctor(&[], &[]).expect(1, &["error database: … restore the last backup", " disk:"]);
}

#[test]
fn replica_must_follow_the_primary() {
    let Some(primary) = instances().into_iter().find(|instance| !instance.url.is_empty()) else { return };
    let replica = ("HOICHO_DATABASE__REPLICA_URL", primary.url.as_str());
    primary.doctor(&[], &[replica]).expect(0, &["warning read replica: the server is not a standby"]);
    let closed = format!("postgres://hoicho@127.0.0.1:{}/hoicho", free_port());
    let outcome = primary.doctor(&[], &[("HOICHO_DATABASE__REPLICA_URL", &closed)]);
    outcome.expect(0, &["warning read replica: … the primary serves all reads"]);
}

/// A mail server without TLS that accepts the user `lan` and repeats what it refuses, on a port.
fn mail_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // The first connection of a check is closed at once.
            drop(stream.write_all(b"220 mail ready\r\n"));
            for line in BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok) {
                let response = match line.split(' ').next().unwrap() {
                    "EHLO" => "250-mail\r\n250 AUTH PLAIN\r\n".to_owned(),
                    // The user `lan` with the password `geheim7391`.
                    "AUTH" if line.ends_with("AGxhbgBnZWhlaW03Mzkx") => "235 welcome\r\n".to_owned(),
                    "AUTH" => "535 not geheim7391\r\n".to_owned(),
                    "NOOP" => "250 ok\r\n".to_owned(),
                    _ => "221 bye\r\n".to_owned(),
                };
                drop(stream.write_all(response.as_bytes()));
            }
        }
    });
    port
}

#[test]
fn mail_server_is_checked_up_to_the_login() {
    let instance = Instance::empty(String::new());
    instance.serve().stop();
    let port = mail_server().to_string();
    let check = |user: &str| {
        let variables = [
            ("HOICHO_MAIL__TRANSPORT", "smtp"),
            ("HOICHO_MAIL__SMTP_HOST", "127.0.0.1"),
            ("HOICHO_MAIL__SMTP_PORT", &port),
            ("HOICHO_MAIL__SMTP_SECURITY", "none"),
            ("HOICHO_MAIL__SMTP_USER", user),
            ("HOICHO_MAIL__SMTP_PASSWORD", "geheim7391"),
        ];
        instance.doctor(&[], &variables)
    };
    check("lan").expect(0, &["ok mail: 127.0.0.1 … with login"]);
    let refused = check("huong");
    refused.expect(1, &["error mail: 127.0.0.1 … 535 … smtp_user"]);
    assert!(!refused.text.contains("7391"), "{}", refused.text);
    let starttls = [
        ("HOICHO_MAIL__TRANSPORT", "smtp"),
        ("HOICHO_MAIL__SMTP_HOST", "127.0.0.1"),
        ("HOICHO_MAIL__SMTP_PORT", &port),
    ];
    instance.doctor(&[], &starttls).expect(1, &["error mail: … STARTTLS"]);
}

/// An OpenID provider with its discovery document and no keys; its issuer.
fn openid_provider() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let document = serde_json::json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"), "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let first = lines.next().unwrap_or_default();
            lines.find(|line| line.is_empty());
            let body = if first.contains("/jwks") { "{\"keys\":[]}".to_owned() } else { document.to_string() };
            let head =
                format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
            drop(stream.write_all(format!("{head}{body}").as_bytes()));
        }
    });
    issuer
}

#[test]
fn openid_provider_is_asked_for_its_discovery_document() {
    let instance = Instance::empty(String::new());
    instance.serve().stop();
    let check = |issuer: &str| {
        let variables = [
            ("HOICHO_SSO__ISSUER", issuer),
            ("HOICHO_SSO__CLIENT_ID", "hoicho"),
            ("HOICHO_SSO__CLIENT_SECRET", "geheim7391"),
            ("HOICHO_SERVER__PUBLIC_URL", "https://hoicho.example.invalid"),
        ];
        let outcome = instance.doctor(&[], &variables);
        assert!(!outcome.text.contains("7391"), "{}", outcome.text);
        outcome
    };
    let issuer = openid_provider();
    check(&issuer).expect(0, &["ok login through a provider: … https://hoicho.example.invalid/login/sso/callback"]);
    check(&format!("{issuer}/")).expect(1, &["error login through a provider: … no usable discovery document"]);
    let closed = format!("http://127.0.0.1:{}", free_port());
    check(&closed).expect(1, &["error login through a provider: … e-mail and password meanwhile"]);
    check("http://login.example.vn").expect(1, &["error settings: [sso] issuer"]);
    assert!(!instance.doctor(&[], &[]).text.contains("login through a provider"));
}
