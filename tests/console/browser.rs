//! Chromium controlled through ChromeDriver. Every action waits until its element can be used.
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use fantoccini::{Client, ClientBuilder, Locator, elements::Element, error::CmdError};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

use super::{server::free_port, wait::TIMEOUT};

const POLL_INTERVAL: Duration = Duration::from_millis(50);
/// Scrolls an element into view; returns why it cannot be used yet, or nothing. A closed `<details>` around it is opened, as
/// a person would do: a refresh of the page may have closed it again.
const PREPARE: &str = "const element = arguments[0];
     if (document.readyState !== 'complete') return 'the page is loading';
     const closed = () => element.parentElement?.closest('details:not([open])');
     if (!element.closest('summary')) while (closed()) closed().open = true;
     element.scrollIntoView({ block: 'center', behavior: 'instant' });
     if (!element.getClientRects().length || getComputedStyle(element).visibility !== 'visible') return 'the element is not displayed';
     return element.matches(':disabled') ? 'the element is disabled' : '';";
const SET_VALUE: &str = "arguments[0].value = arguments[1];
     for (const kind of ['input', 'change']) arguments[0].dispatchEvent(new Event(kind, { bubbles: true }));";
/// Selects the first option that contains the text; returns whether there is one.
const SELECT: &str = "const option = [...arguments[0].options].find((o) => o.text.includes(arguments[1]));
     if (!option) return false;
     arguments[0].focus();
     arguments[0].value = option.value;
     arguments[0].dispatchEvent(new Event('change', { bubbles: true }));
     return true;";

/// The path of an installed program.
pub fn program(names: &[&str]) -> Option<PathBuf> {
    let paths: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    names.iter().find_map(|name| paths.iter().map(|p| p.join(name)).find(|file| file.is_file()))
}

static TURN: Mutex<()> = Mutex::const_new(());

/// A lock that lets one test at a time use Chromium; `None` where it is not installed. Where it is required
/// (`HOICHO_TEST_REQUIRE_CHROMIUM`) its absence is a failure.
pub async fn turn(test: &str) -> Option<MutexGuard<'static, ()>> {
    if is_installed(test) { Some(TURN.lock().await) } else { None }
}

/// Whether Chromium and ChromeDriver are installed.
pub fn is_installed(test: &str) -> bool {
    let found = program(&["chromedriver"]).and(program(&["chromium", "chromium-browser", "google-chrome"]));
    if found.is_none() {
        assert!(std::env::var_os("HOICHO_TEST_REQUIRE_CHROMIUM").is_none(), "Chromium and ChromeDriver are not here");
        eprintln!("SKIPPED {test}: it needs Chromium and ChromeDriver (Debian: chromium, chromium-driver)");
    }
    found.is_some()
}

/// Size, theme and language of a window.
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
    /// Opens a browser with a profile folder, which outlives it.
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
        let timeout = u64::try_from(TIMEOUT.as_millis()).unwrap();
        let capabilities = json!({
            "goog:chromeOptions": options,
            "unhandledPromptBehavior": "ignore",
            "timeouts": { "script": timeout, "pageLoad": timeout },
        });
        let Value::Object(capabilities) = capabilities else { unreachable!() };
        let begun = Instant::now();
        let client = loop {
            let connected = ClientBuilder::new(HttpConnector::new())
                .capabilities(capabilities.clone())
                .connect(&format!("http://127.0.0.1:{port}"))
                .await;
            match connected {
                Ok(client) => break client,
                // Starting Chromium is the slowest step on an overloaded machine: an attempt alone may take a minute.
                Err(error) => assert!(begun.elapsed() < TIMEOUT * 3, "no browser: {error}"),
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        };
        let browser = Self { driver, client, base: base.to_owned() };
        // A window has a minimum width that is wider than a phone; emulation has none.
        let metrics =
            json!({ "width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": look.width < 700 });
        browser.chromium("Emulation.setDeviceMetricsOverride", metrics).await;
        browser
    }

    /// Sends a command of the DevTools protocol.
    pub async fn chromium(&self, command: &str, parameters: Value) -> Value {
        self.client
            .issue_cmd(Cdp { command: command.to_owned(), parameters })
            .await
            .unwrap_or_else(|e| panic!("{command}: {e}"))
    }

    /// Opens a page, again if the server could not read the request in time: an overloaded machine gets 408.
    pub async fn go(&self, path: &str) {
        let status = "return performance.getEntriesByType('navigation')[0]?.responseStatus ?? 0";
        self.retry(&format!("opening {path}"), async || {
            self.client.goto(&format!("{}{path}", self.base)).await?;
            match self.client.execute(status, vec![]).await? {
                status if status == json!(408) => Err(CmdError::NotW3C(status)),
                _ => Ok(()),
            }
        })
        .await;
    }

    /// Repeats an attempt until it succeeds; the page may replace an element at any moment, or lay another over it.
    async fn retry<T>(&self, what: &str, mut attempt: impl AsyncFnMut() -> Result<T, CmdError>) -> T {
        let start = Instant::now();
        loop {
            match attempt().await {
                Ok(value) => return value,
                Err(error) if start.elapsed() > TIMEOUT => {
                    panic!("{what} at {}: {error}\n{}", self.path().await, self.text().await)
                }
                Err(_) => tokio::time::sleep(POLL_INTERVAL).await,
            }
        }
    }

    /// An element of a loaded page that is displayed and enabled, scrolled into view.
    async fn ready(&self, at: Locator<'_>) -> Result<Element, CmdError> {
        let element = self.client.find(at).await?;
        match self.client.execute(PREPARE, vec![json!(element)]).await? {
            Value::String(reason) if reason.is_empty() => Ok(element),
            reason => Err(CmdError::NotW3C(reason)),
        }
    }

    /// Waits until an element exists.
    pub async fn find(&self, css: &str) -> Element {
        self.retry(&format!("finding {css}"), async || self.client.find(Locator::Css(css)).await).await
    }

    pub async fn click(&self, css: &str) {
        self.click_at(Locator::Css(css), css).await;
    }

    /// Clicks the button, link or summary with this text.
    pub async fn press(&self, words: &str) {
        let of = |tag: &str| format!("//main//{tag}[normalize-space(.)='{words}']");
        let path = format!("{} | {} | {}", of("button"), of("a"), of("summary"));
        self.click_at(Locator::XPath(&path), words).await;
    }

    async fn click_at(&self, at: Locator<'_>, name: &str) {
        self.retry(&format!("clicking “{name}”"), async || self.ready(at).await?.click().await).await;
    }

    /// Replaces the text of a field.
    pub async fn fill(&self, css: &str, text: &str) {
        self.retry(&format!("filling {css}"), async || {
            let field = self.ready(Locator::Css(css)).await?;
            field.clear().await?;
            field.send_keys(text).await
        })
        .await;
    }

    /// Sets the value of a field with a native picker.
    pub async fn set(&self, css: &str, value: &str) {
        self.retry(&format!("setting {css}"), async || {
            let field = self.ready(Locator::Css(css)).await?;
            self.client.execute(SET_VALUE, vec![json!(field), json!(value)]).await
        })
        .await;
    }

    /// Selects the option with this text, or else the first that contains it.
    pub async fn choose(&self, css: &str, label: &str) {
        self.retry(&format!("selecting “{label}” in {css}"), async || {
            let field = self.ready(Locator::Css(css)).await?;
            if field.select_by_label(label).await.is_ok() {
                return Ok(());
            }
            match self.client.execute(SELECT, vec![json!(field), json!(label)]).await? {
                Value::Bool(true) => Ok(()),
                _ => Err(CmdError::NotW3C(json!("there is no such option"))),
            }
        })
        .await;
    }

    pub async fn script(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap_or_else(|e| panic!("{script}: {e}"))
    }

    /// The text of the page; empty while there is none.
    pub async fn text(&self) -> String {
        let text = self.client.execute("return document.body.innerText", vec![]).await.unwrap_or_default();
        text.as_str().unwrap_or_default().to_owned()
    }

    pub async fn path(&self) -> String {
        self.client.current_url().await.map(|url| url.path().to_owned()).unwrap_or_default()
    }

    /// Waits until the page contains the text.
    pub async fn see(&self, words: &str) {
        let words = serde_json::to_string(words).unwrap();
        self.until(&format!("document.body.innerText.includes({words})")).await;
    }

    /// Waits until a JavaScript expression is true; it may fail while the page is being replaced.
    pub async fn until(&self, condition: &str) {
        let script = format!("return Boolean(document.body && ({condition}))");
        self.retry(&format!("waiting until {condition}"), async || {
            match self.client.execute(&script, vec![]).await? {
                Value::Bool(true) => Ok(()),
                _ => Err(CmdError::NotW3C(json!("the condition does not hold"))),
            }
        })
        .await;
    }

    /// Waits for a confirmation dialog and accepts it.
    pub async fn accept_question(&self) {
        self.retry("accepting a dialog", async || self.client.accept_alert().await).await;
    }

    /// Logs in with the form.
    pub async fn log_in(&self, email: &str, password: &str) {
        self.go("/login").await;
        self.fill("#f-email", email).await;
        self.fill("#f-password", password).await;
        self.click("main form button").await;
        self.until("location.pathname !== '/login'").await;
    }

    pub async fn close(mut self) {
        // The browser is closed first, so that it writes its profile.
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
