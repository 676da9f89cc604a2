//! Pages work without JavaScript: forms are sent, errors are shown, input is kept. Plain HTTP requests are enough to test
//! that.
use serde_json::Value;
use tempfile::TempDir;

use super::{
    fair::{self, Fair, fair, person},
    server::Server,
};

const EMAIL: &str = "lan@example.vn";

struct Visitor {
    agent: ureq::Agent,
    base: String,
}

impl Visitor {
    fn new(server: &Server) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        Self { agent: config.into(), base: server.address().url().to_owned() }
    }
    fn get(&self, path: &str, cookies: &str) -> (u16, String, String) {
        let call =
            self.agent.get(format!("{}{path}", self.base)).header("cookie", cookies).header("accept-language", "vi");
        read(call.call().unwrap())
    }
    fn send(&self, path: &str, cookies: &str, from: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
        let call = self.agent.post(format!("{}{path}", self.base)).header("cookie", cookies).header("origin", from);
        read(call.header("accept-language", "vi").send_form(fields.iter().copied()).unwrap())
    }
}

/// Status, cookies set, and the body or else the `Location`.
fn read(answer: ureq::http::Response<ureq::Body>) -> (u16, String, String) {
    let status = answer.status().as_u16();
    let header = |name: &str| -> Vec<String> {
        answer
            .headers()
            .get_all(name)
            .iter()
            .map(|v| v.to_str().unwrap().split(';').next().unwrap().to_owned())
            .collect()
    };
    let said = header("set-cookie").join("; ");
    let to = header("location").join("");
    let body = answer.into_body().read_to_string().unwrap();
    (status, said, if body.is_empty() { to } else { body })
}

/// A server with the account of Lan, and a visitor whose forms are sent from the server's own origin.
struct Site {
    folder: TempDir,
    server: Server,
    /// Access token of Lan.
    token: String,
    visitor: Visitor,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = fair::server(folder.path());
        let token = person(&server.address(), folder.path(), EMAIL, "Lan");
        let visitor = Visitor::new(&server);
        Self { folder, server, token, visitor }
    }

    /// A published edition of Lan with one gate.
    fn fair(&self) -> Fair {
        fair(&self.server.address(), &self.token, "hoi-cho-thu", 2, 3)
    }

    fn get(&self, path: &str, cookies: &str) -> (u16, String, String) {
        self.visitor.get(path, cookies)
    }

    fn send(&self, path: &str, cookies: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
        self.visitor.send(path, cookies, self.server.address().url(), fields)
    }

    fn log_in(&self, email: &str, password: &str, cookies: &str) -> (u16, String, String) {
        let fields = [("_next", "/home"), ("_back", "/login"), ("email", email), ("password", password)];
        self.send("/form/auth/login", cookies, &fields)
    }

    /// The cookies of a session of Lan.
    fn session(&self) -> String {
        let (status, session, to) = self.log_in(EMAIL, fair::PASSWORD, "");
        assert_eq!((status, to.as_str()), (303, "/home"));
        session
    }

    fn gates(&self, fair: &Fair) -> usize {
        let gates = self.server.get(&format!("/editions/{}/gates", fair.slug), Some(&self.token));
        gates["items"].as_array().unwrap().len()
    }
}

/// The cookie with this name, without its attributes.
fn cookie<'a>(cookies: &'a str, name: &str) -> &'a str {
    cookies.split("; ").find(|c| c.split('=').next() == Some(name)).unwrap()
}

#[test]
fn login_form_shows_the_error_and_keeps_the_address_but_not_the_password() {
    let site = Site::new();
    let (status, said, to) = site.log_in(EMAIL, "sai mật khẩu", "");
    assert_eq!((status, to.as_str()), (303, "/login"));
    let (_, gone, page) = site.get("/login", &said);
    assert!(page.contains("Sai e-mail hoặc mật khẩu") && page.contains(EMAIL), "{page}");
    assert!(!page.contains("sai mật khẩu") && gone.contains("hoicho_flash="), "{gone}");
    site.server.stop();
}

#[test]
fn forms_work_without_script_from_our_origin_only() {
    let site = Site::new();
    let (fair, session) = (site.fair(), site.session());
    let (status, _, page) = site.get(&format!("/manage/{}/setup", fair.slug), &session);
    assert!(status == 200 && page.contains("Cổng chính"), "{status}");
    // The same request with a foreign or no origin is rejected, for forms and for the API.
    let gate = [("name", "Cổng phụ"), ("_back", "/")];
    let path = format!("/form/editions/{}/gates", fair.slug);
    for from in ["https://elsewhere.example", "null", ""] {
        let (status, _, _) = site.visitor.send(&path, &session, from, &gate);
        assert_eq!(status, 403, "{from}");
    }
    let api = format!("/api/v1/editions/{}/gates", fair.slug);
    assert_eq!(site.visitor.send(&api, &session, "https://elsewhere.example", &gate).0, 403);
    assert_eq!(site.gates(&fair), 1);
    // Sent twice with the idempotency key of the page, it is executed once.
    let once = [("name", "Cổng phụ"), ("_back", "/"), ("_once", "0192-khoa-cua-trang")];
    for _ in 0..2 {
        assert_eq!(site.send(&path, &session, &once).0, 303);
    }
    assert_eq!(site.gates(&fair), 2);
    site.server.stop();
}

/// The values of the hidden fields of a page, by name.
fn hidden_fields(page: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let value = tag.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        value
            .replace("&#38;", "&")
            .replace("&#34;", "\"")
            .replace("&#39;", "'")
            .replace("&#60;", "<")
            .replace("&#62;", ">")
    };
    let tags = page.split("<input type=\"hidden\"").skip(1).map(|rest| rest.split('>').next().unwrap());
    tags.map(|tag| (attribute(tag, "name"), attribute(tag, "value"))).collect()
}

#[test]
fn irreversible_form_is_asked_on_a_page_and_executed_once_confirmed() {
    let site = Site::new();
    let (fair, session) = (site.fair(), site.session());
    let api = format!("/editions/{}/booths/{}", fair.slug, fair.booths[0]);
    let path = format!("/form{api}");
    let exists = || site.server.address().try_get(&api, Some(&site.token)).is_ok();
    let question = "Xóa gian \"A01\" & <b>không</b> lấy lại?";
    let delete = [("_method", "DELETE"), ("_seen", "1"), ("_back", "/home"), ("_next", "/home"), ("_ask", question)];
    let (status, _, page) = site.send(&path, &session, &delete);
    assert_eq!(status, 200);
    assert!(page.contains("Xác nhận") && page.contains("không&#60;/b&#62; lấy lại?"), "{page}");
    assert!(!page.contains("<b>không") && exists());
    // Without a question of its own it is asked a general one; with an error the form is shown as ever.
    let (status, _, page) = site.send(&path, &session, &[("_method", "DELETE"), ("_seen", "1"), ("_back", "/home")]);
    assert!(status == 200 && page.contains("không lấy lại được") && exists(), "{page}");
    // The page sends the same fields, confirmed.
    let (_, _, page) = site.send(&path, &session, &delete);
    let action = page.split("class=\"card\" method=\"post\" action=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(action, path);
    let fields = hidden_fields(&page);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert!(fields.contains(&("_confirmed", "yes")) && !fields.iter().any(|(name, _)| *name == "_ask"), "{fields:?}");
    let (status, _, to) = site.send(&path, &session, &fields);
    assert_eq!((status, to.as_str()), (303, "/home"));
    assert!(!exists());
    // Nobody is led to the page by another request.
    assert_eq!(site.send("/confirm", &session, &[("question", "Có?")]).0, 404);
    assert_eq!(site.visitor.send(&path, &session, "https://elsewhere.example", &delete).0, 403);
    site.server.stop();
}

#[test]
fn redirects_stay_on_the_site_and_lead_back_after_the_login() {
    let site = Site::new();
    let (fair, session) = (site.fair(), site.session());
    for bad in ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"] {
        let fields = [("name", "X"), ("_next", bad), ("_back", bad)];
        let (_, _, to) = site.send(&format!("/form/editions/{}/gates", fair.slug), &session, &fields);
        assert!(to.starts_with('/') && !to.starts_with("//") && !to.contains("elsewhere"), "{to}");
    }
    // A visitor is redirected to the login with the page as the next one.
    let (status, _, to) = site.get(&format!("/manage/{}/setup", fair.slug), "");
    assert_eq!((status, to), (303, format!("/login?next=%2Fmanage%2F{}%2Fsetup", fair.slug)));
    site.server.stop();
}

#[test]
fn form_of_an_older_version_is_rejected_with_a_message() {
    let site = Site::new();
    let (fair, session) = (site.fair(), site.session());
    let path = format!("/editions/{}", fair.slug);
    assert_eq!(site.server.get(&path, Some(&site.token))["name"], "Hội chợ thử");
    let fields = [("_method", "PATCH"), ("_seen", "1"), ("_back", "/account"), ("name", "Tên khác")];
    let (status, said, _) = site.send(&format!("/form{path}"), &session, &fields);
    let (_, _, page) = site.get("/account", &format!("{session}; {said}"));
    assert!(status == 303 && page.contains("Người khác vừa sửa mục này"), "{page}");
    assert_eq!(site.server.get(&path, Some(&site.token))["name"], "Hội chợ thử");
    site.server.stop();
}

#[test]
fn public_page_has_structured_data_and_a_missing_page_says_so() {
    let site = Site::new();
    let (fair, session) = (site.fair(), site.session());
    let (_, _, page) = site.get(&format!("/fairs/{}", fair.slug), "");
    let data = page.split("<script type=\"application/ld+json\">").nth(1).unwrap().split("</script>").next().unwrap();
    let data: Value = serde_json::from_str(data).unwrap();
    assert_eq!((&data["@type"], &data["name"]), (&"ExhibitionEvent".into(), &"Hội chợ thử".into()));
    assert_eq!(data["url"], format!("{}/fairs/{}", site.server.address().url(), fair.slug));
    // Missing and hidden resources have the same page.
    let (status, _, page) = site.get("/manage/khong-co/setup", &session);
    assert!(status == 404 && page.contains("Không tìm thấy"), "{status}");
    site.server.stop();
}

#[test]
fn logout_revokes_the_session_and_not_only_its_cookie() {
    let site = Site::new();
    let session = site.session();
    assert_eq!(site.send("/logout", &session, &[]).0, 303);
    assert_eq!(site.get("/home", cookie(&session, "hoicho_refresh")).0, 303);
    site.server.stop();
}

#[test]
fn login_replaces_a_planted_session() {
    let site = Site::new();
    person(&site.server.address(), site.folder.path(), "minh@example.vn", "Minh");
    // Lan logs in with the cookies of Minh's session.
    let planted = site.log_in("minh@example.vn", fair::PASSWORD, "").1;
    let lans = site.log_in(EMAIL, fair::PASSWORD, &planted).1;
    for name in ["hoicho_access", "hoicho_refresh"] {
        assert_ne!(cookie(&planted, name), cookie(&lans, name), "{name}");
    }
    assert!(site.get("/home", &lans).2.contains("Chào Lan"));
    // Minh's session is still his own.
    assert!(site.get("/home", &planted).2.contains("Chào Minh"));
    site.server.stop();
}

#[test]
fn erasure_form_works_without_script() {
    let site = Site::new();
    let session = site.session();
    let erase = |password: &str| {
        let (next, done) = (("_next", "/privacy"), ("_done", "done-erased"));
        let fields = [("_method", "PUT"), next, ("_back", "/account"), done, ("password", password)];
        site.send("/form/me/erasure", &session, &fields)
    };
    let (status, _, to) = erase("sai mật khẩu");
    assert_eq!((status, to.as_str()), (303, "/account"));
    let (status, said, to) = erase(fair::PASSWORD);
    assert_eq!((status, to.as_str()), (303, "/privacy"));
    let (status, _, page) = site.get("/privacy", &format!("{session}; {said}"));
    assert!(
        status == 200 && page.contains("Tài khoản của bạn đã được xoá") && !page.contains("<summary>Lan"),
        "{page}"
    );
    // The cookies that the browser still has are revoked.
    assert_eq!(site.get("/home", &session).0, 303);
    site.server.stop();
}

#[test]
fn password_form_shows_no_password_after_an_error() {
    let site = Site::new();
    let session = site.session();
    let fields = [("_method", "PUT"), ("_back", "/account"), ("current", "sai mật khẩu"), ("new", "mật khẩu mới đây")];
    let (status, said, to) = site.send("/form/me/password", &session, &fields);
    assert_eq!((status, to.as_str()), (303, "/account"));
    let (_, _, page) = site.get("/account", &format!("{session}; {said}"));
    assert!(page.contains("Sai e-mail hoặc mật khẩu"), "{page}");
    assert!(!page.contains("sai mật khẩu") && !page.contains("mật khẩu mới đây"), "{page}");
    site.server.stop();
}

#[test]
fn session_is_renewed_by_concurrent_requests() {
    let site = Site::new();
    let session = site.session();
    let refresh = cookie(&session, "hoicho_refresh");
    // Without an access cookie, three requests use the same refresh cookie.
    let (first, second, third) =
        (site.get("/home", refresh), site.get("/home", refresh), site.get("/account", refresh));
    assert_eq!((first.0, second.0, third.0), (200, 200, 200));
    assert!(first.1.contains("hoicho_refresh=") && first.1.contains("hoicho_access="), "{}", first.1);
    assert!(second.1.contains("hoicho_access=") && !second.1.contains("hoicho_refresh="), "{}", second.1);
    assert_eq!(site.get("/home", cookie(&first.1, "hoicho_refresh")).0, 200);
    site.server.stop();
}
