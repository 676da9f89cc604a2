//! A Chromium of one's own, driven through ChromeDriver as a person would use it.
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use fantoccini::{Client, ClientBuilder, Locator, elements::Element};
use serde_json::{Value, json};

use super::server::free_port;

/// How long anything may take to appear.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program of this machine.
pub fn program(names: &[&str]) -> Option<PathBuf> {
    let paths: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    names.iter().find_map(|name| paths.iter().map(|p| p.join(name)).find(|file| file.is_file()))
}

/// Whether there is a browser. Where there must be one (`HOICHO_TEST_REQUIRE_CHROMIUM`) none is a failure.
pub fn is_there(test: &str) -> bool {
    let found = program(&["chromedriver"]).and(program(&["chromium", "chromium-browser", "google-chrome"]));
    if found.is_none() {
        assert!(std::env::var_os("HOICHO_TEST_REQUIRE_CHROMIUM").is_none(), "Chromium and ChromeDriver are not here");
        eprintln!("SKIPPED {test}: it needs Chromium and ChromeDriver (Debian: chromium, chromium-driver)");
    }
    found.is_some()
}

/// How a window looks.
#[derive(Clone, Copy)]
pub struct Look {
    pub width: u32,
    pub height: u32,
    pub is_dark: bool,
    pub language: &'static str,
}

pub const DESKTOP: Look = Look { width: 1280, height: 900, is_dark: false, language: "vi" };
pub const PHONE: Look = Look { width: 360, height: 740, is_dark: false, language: "vi" };

pub struct Browser {
    driver: Child,
    pub client: Client,
    base: String,
}

impl Browser {
    /// Opens a browser on a profile folder, which keeps what the browser keeps.
    pub async fn open(base: &str, profile: &Path, look: Look) -> Self {
        let port = free_port();
        let driver = Command::new(program(&["chromedriver"]).unwrap())
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let binary = program(&["chromium", "chromium-browser", "google-chrome"]).unwrap();
        let mut arguments: Vec<String> = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.push(format!("--window-size={},{}", look.width, look.height));
        arguments.push(format!("--user-data-dir={}", profile.display()));
        arguments.push(format!("--lang={}", look.language));
        arguments.push(format!("--accept-lang={}", look.language));
        if look.is_dark {
            arguments.push("--blink-settings=preferredColorScheme=0".to_owned());
        }
        let options = json!({ "binary": binary, "args": arguments });
        let capabilities = json!({ "goog:chromeOptions": options, "unhandledPromptBehavior": "ignore" });
        let Value::Object(capabilities) = capabilities else { unreachable!() };
        let begun = Instant::now();
        let client = loop {
            let connected = ClientBuilder::native()
                .capabilities(capabilities.clone())
                .connect(&format!("http://127.0.0.1:{port}"))
                .await;
            match connected {
                Ok(client) => break client,
                Err(error) => assert!(begun.elapsed() < PATIENCE, "no browser: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        let browser = Self { driver, client, base: base.to_owned() };
        // A window is never narrower than some hundred pixels; a phone is.
        let metrics =
            json!({ "width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": look.width < 700 });
        browser.chromium("Emulation.setDeviceMetricsOverride", metrics).await;
        browser
    }

    /// A command of Chromium's own tools.
    pub async fn chromium(&self, command: &str, parameters: Value) -> Value {
        self.client
            .issue_cmd(Cdp { command: command.to_owned(), parameters })
            .await
            .unwrap_or_else(|e| panic!("{command}: {e}"))
    }

    pub async fn go(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    /// Waits until something is there.
    pub async fn find(&self, css: &str) -> Element {
        let wait = self.client.wait().at_most(PATIENCE).every(Duration::from_millis(50));
        match wait.for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => panic!("no {css} at {}: {error}\n{}", self.path().await, self.text().await),
        }
    }

    pub async fn click(&self, css: &str) {
        self.hit(Locator::Css(css), css).await;
    }

    /// Clicks the button or link with these words.
    pub async fn press(&self, words: &str) {
        let of = |tag: &str| format!("//main//{tag}[normalize-space(.)='{words}']");
        let path = format!("{} | {} | {}", of("button"), of("a"), of("summary"));
        self.hit(Locator::XPath(&path), words).await;
    }

    /// Clicks what is there, as soon as it is there and can be; a page may put a fresh part in its place meanwhile.
    async fn hit(&self, at: Locator<'_>, called: &str) {
        let begun = Instant::now();
        loop {
            let said = match self.client.find(at).await {
                Ok(element) => {
                    let middle = "arguments[0].scrollIntoView({block: 'center'})";
                    drop(self.client.execute(middle, vec![json!(element)]).await);
                    match element.click().await {
                        Ok(()) => return,
                        Err(error) => error,
                    }
                }
                Err(error) => error,
            };
            if begun.elapsed() > PATIENCE {
                panic!("“{called}” at {} cannot be clicked: {said}\n{}", self.path().await, self.text().await);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Types into a field, in place of what is there.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Sets a field that has a picker of its own.
    pub async fn set(&self, css: &str, value: &str) {
        let field = self.find(css).await;
        let script = "\
            arguments[0].value = arguments[1]; \
            for (const kind of ['input', 'change']) \
            arguments[0].dispatchEvent(new Event(kind, { bubbles: true }))";
        self.client.execute(script, vec![json!(field), json!(value)]).await.unwrap();
    }

    /// Chooses an entry by its words.
    pub async fn choose(&self, css: &str, label: &str) {
        let field = self.find(css).await;
        if field.select_by_label(label).await.is_err() {
            let script = "\
                const o = [...arguments[0].options].find((o) => o.text.includes(arguments[1])); \
                arguments[0].value = o.value; \
                arguments[0].dispatchEvent(new Event('change', { bubbles: true }))";
            self.client.execute(script, vec![json!(field), json!(label)]).await.unwrap();
        }
    }

    pub async fn script(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap_or_else(|e| panic!("{script}: {e}"))
    }

    /// The words on the page.
    pub async fn text(&self) -> String {
        self.script("return document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    pub async fn path(&self) -> String {
        self.client.current_url().await.map(|url| url.path().to_owned()).unwrap_or_default()
    }

    /// Waits until the page says this.
    pub async fn see(&self, words: &str) {
        let begun = Instant::now();
        while !self.text().await.contains(words) {
            assert!(begun.elapsed() < PATIENCE, "no “{words}” at {}:\n{}", self.path().await, self.text().await);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits until a script says yes.
    pub async fn until(&self, condition: &str) {
        let begun = Instant::now();
        while self.script(&format!("return Boolean({condition})")).await != json!(true) {
            assert!(begun.elapsed() < PATIENCE, "never {condition} at {}:\n{}", self.path().await, self.text().await);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    pub async fn accept_question(&self) {
        let begun = Instant::now();
        while self.client.accept_alert().await.is_err() {
            assert!(begun.elapsed() < PATIENCE, "nothing was asked");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Logs in as a person does.
    pub async fn log_in(&self, email: &str, password: &str) {
        self.go("/login").await;
        self.fill("#f-email", email).await;
        self.fill("#f-password", password).await;
        self.click("main form button").await;
        self.until("location.pathname !== '/login'").await;
    }

    pub async fn close(mut self) {
        // The browser ends first, so that it writes down what it keeps.
        self.client.clone().close().await.unwrap();
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}

/// `POST /session/{id}/goog/cdp/execute`.
#[derive(Debug)]
struct Cdp {
    command: String,
    parameters: Value,
}

impl fantoccini::wd::WebDriverCompatibleCommand for Cdp {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }
    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        let body = json!({ "cmd": self.command, "params": self.parameters });
        (http::Method::POST, Some(body.to_string()))
    }
}
