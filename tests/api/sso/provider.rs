//! npm's `oidc-provider`, a certified OpenID provider, as a process on loopback.
use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use super::browser::{BASE, Browser};

/// A running provider.
pub struct Provider {
    process: Child,
    /// Kept open: the provider prints notices.
    _printed: BufReader<ChildStdout>,
    pub issuer: String,
}

/// An account at the provider, and how its owner logs in there.
#[derive(Clone, Copy)]
pub struct Person<'a> {
    pub subject: &'a str,
    pub email: &'a str,
    pub is_verified: bool,
    /// Methods of authentication.
    pub methods: &'a str,
}

impl<'a> Person<'a> {
    pub fn new(subject: &'a str, email: &'a str) -> Self {
        Self { subject, email, is_verified: true, methods: "pwd" }
    }
}

/// The folder with the installed package; `None`, with a message, if it cannot be installed.
fn installed() -> Option<PathBuf> {
    static FOLDER: std::sync::OnceLock<Option<PathBuf>> = std::sync::OnceLock::new();
    let install = || {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("oidc-provider");
        std::fs::create_dir_all(&folder).unwrap();
        if !folder.join("node_modules/oidc-provider").exists() {
            let installed = Command::new("npm")
                .args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "oidc-provider@8"])
                .current_dir(&folder)
                .output();
            if !installed.is_ok_and(|i| i.status.success()) {
                assert!(
                    std::env::var_os("HOICHO_TEST_REQUIRE_CHROMIUM").is_none(),
                    "oidc-provider cannot be installed"
                );
                eprintln!("SKIPPED: oidc-provider cannot be installed (npm is needed once)");
                return None;
            }
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/sso/provider.mjs");
        std::fs::copy(script, folder.join("provider.mjs")).unwrap();
        Some(folder)
    };
    FOLDER.get_or_init(install).clone()
}

impl Provider {
    /// Starts it; with `userinfo` it tells addresses at that endpoint only.
    pub fn start(options: &[&str]) -> Option<Self> {
        let mut process = Command::new("node")
            .args(["provider.mjs", &format!("{BASE}/login/sso/callback")])
            .args(options)
            .current_dir(installed()?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut issuer = String::new();
        let mut printed = BufReader::new(process.stdout.take().unwrap());
        printed.read_line(&mut issuer).unwrap();
        assert!(issuer.starts_with("http://127.0.0.1:"), "the provider did not start: {issuer}");
        Some(Self { process, _printed: printed, issuer: issuer.trim().to_owned() })
    }

    pub fn stop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Logs somebody in at the provider, as a browser without its cookies does; returns the path that it leads back to.
    pub fn log_in(&self, url: &url::Url, person: Person) -> String {
        let Person { subject, email, is_verified, methods } = person;
        let verified = is_verified.to_string();
        let form = [("sub", subject), ("email", email), ("verified", &verified), ("amr", methods)];
        self.answer(url, &form)
    }

    /// Somebody does not want to log in.
    pub fn cancel(&self, url: &url::Url) -> String {
        self.answer(url, &[("cancel", "1")])
    }

    fn answer(&self, url: &url::Url, form: &[(&str, &str)]) -> String {
        assert!(url.as_str().starts_with(&self.issuer), "{url}");
        let config = ureq::Agent::config_builder().max_redirects(0).max_redirects_will_error(false).build();
        let agent = ureq::Agent::new_with_config(config);
        let cookies: RefCell<BTreeMap<String, String>> = RefCell::default();
        let follow = |url: url::Url| -> url::Url {
            let sent: Vec<String> = cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
            let response = agent.get(url.as_str()).header("cookie", sent.join("; ")).call().unwrap();
            for cookie in response.headers().get_all("set-cookie") {
                let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
                cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
            let to = response.headers().get("location").unwrap_or_else(|| panic!("{url}: {}", response.status()));
            url.join(to.to_str().unwrap()).unwrap()
        };
        let mut login = follow(url.clone());
        login.query_pairs_mut().extend_pairs(form);
        let back = follow(follow(login));
        back.as_str().strip_prefix(BASE).unwrap_or_else(|| panic!("{back}")).to_owned()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Browser<'_> {
    /// Logs in at the provider and comes back: the response to the callback.
    pub async fn log_in_at(&self, provider: &Provider, begin: &str, person: Person<'_>) -> super::browser::Page {
        let url = self.begin(begin).await;
        self.get(&provider.log_in(&url, person)).await
    }
}
