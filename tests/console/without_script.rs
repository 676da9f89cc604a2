//! Pages work without JavaScript: forms are sent, errors are shown, input is kept. Plain HTTP requests are enough to test
//! that.
use super::{
    fair::{self, fair, person},
    server::Server,
};

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

#[test]
fn forms_work_without_script_from_our_origin_only() {
    let folder = tempfile::tempdir().unwrap();
    let server = fair::server(folder.path());
    let token = person(&server.address(), folder.path(), "lan@example.vn", "Lan");
    let fair = fair(&server.address(), &token, "hoi-cho-thu", 2, 3, "published");
    let visitor = Visitor::new(&server);
    let own = server.address().url().to_owned();

    // A wrong password redirects to the form, which shows the error and keeps the address but not the password.
    let login = |password: &str| {
        let fields = [("_next", "/home"), ("_back", "/login"), ("email", "lan@example.vn"), ("password", password)];
        visitor.send("/form/auth/login", "", &own, &fields)
    };
    let (status, said, to) = login("sai mật khẩu");
    assert_eq!((status, to.as_str()), (303, "/login"));
    let (_, gone, page) = visitor.get("/login", &said);
    assert!(page.contains("Sai e-mail hoặc mật khẩu") && page.contains("lan@example.vn"), "{page}");
    assert!(!page.contains("sai mật khẩu") && gone.contains("hoicho_said="), "{gone}");

    let (status, session, to) = login(fair::PASSWORD);
    assert_eq!((status, to.as_str()), (303, "/home"));
    let (status, _, page) = visitor.get(&format!("/manage/{}/setup", fair.slug), &session);
    assert!(status == 200 && page.contains("Cổng chính"), "{status}");

    // The same request with a foreign or no origin is rejected, for forms and for the API.
    let gate = [("name", "Cổng phụ"), ("_back", "/")];
    let path = format!("/form/editions/{}/gates", fair.slug);
    for from in ["https://elsewhere.example", "null", ""] {
        let (status, _, _) = visitor.send(&path, &session, from, &gate);
        assert_eq!(status, 403, "{from}");
    }
    let api = format!("/api/v1/editions/{}/gates", fair.slug);
    assert_eq!(visitor.send(&api, &session, "https://elsewhere.example", &gate).0, 403);
    let gates =
        || server.get(&format!("/editions/{}/gates", fair.slug), Some(&token))["items"].as_array().unwrap().len();
    assert_eq!(gates(), 1);

    // Sent twice with the idempotency key of the page, it is executed once.
    let once = [("name", "Cổng phụ"), ("_back", "/"), ("_once", "0192-khoa-cua-trang")];
    for _ in 0..2 {
        assert_eq!(visitor.send(&path, &session, &own, &once).0, 303);
    }
    assert_eq!(gates(), 2);

    // The form cannot redirect to another site.
    for bad in ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"] {
        let fields = [("name", "X"), ("_next", bad), ("_back", bad)];
        let (_, _, to) = visitor.send(&path, &session, &own, &fields);
        assert!(to.starts_with('/') && !to.starts_with("//") && !to.contains("elsewhere"), "{to}");
    }

    // A visitor is redirected to the login with the page as the next one.
    let (status, _, to) = visitor.get(&format!("/manage/{}/setup", fair.slug), "");
    assert_eq!((status, to), (303, format!("/login?next=%2Fmanage%2F{}%2Fsetup", fair.slug)));
    // A change of an older version is rejected with a message and overwrites nothing.
    let rename = |name: &str, seen: &str| {
        let fields = [("_method", "PATCH"), ("_seen", seen), ("_back", "/account"), ("name", name)];
        visitor.send(&format!("/form/editions/{}", fair.slug), &session, &own, &fields)
    };
    let version = server.address().call("GET", &format!("/editions/{}", fair.slug), Some(&token), None);
    assert_eq!(version["name"], "Hội chợ thử");
    let (status, said, _) = rename("Tên khác", "1");
    let (_, _, page) = visitor.get("/account", &format!("{session}; {said}"));
    assert!(status == 303 && page.contains("Người khác vừa sửa mục này"), "{page}");
    assert_eq!(server.get(&format!("/editions/{}", fair.slug), Some(&token))["name"], "Hội chợ thử");
    // The page has structured data for search engines.
    let (_, _, page) = visitor.get(&format!("/fairs/{}", fair.slug), "");
    let data = page.split("<script type=\"application/ld+json\">").nth(1).unwrap().split("</script>").next().unwrap();
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    assert_eq!((&data["@type"], &data["name"]), (&"ExhibitionEvent".into(), &"Hội chợ thử".into()));
    assert_eq!(data["url"], format!("{own}/fairs/{}", fair.slug));
    // Missing and hidden resources have the same page.
    let (status, _, page) = visitor.get("/manage/khong-co/setup", &session);
    assert!(status == 404 && page.contains("Không tìm thấy"), "{status}");

    // Logging out revokes the session, not only its cookie.
    assert_eq!(visitor.send("/logout", &session, &own, &[]).0, 303);
    let refresh = session.split("; ").find(|c| c.starts_with("hoicho_refresh=")).unwrap();
    assert_eq!(visitor.get("/home", refresh).0, 303);
    server.stop();
}

#[test]
fn login_replaces_a_planted_session() {
    let folder = tempfile::tempdir().unwrap();
    let server = fair::server(folder.path());
    person(&server.address(), folder.path(), "lan@example.vn", "Lan");
    person(&server.address(), folder.path(), "minh@example.vn", "Minh");
    let visitor = Visitor::new(&server);
    let own = server.address().url().to_owned();
    let login = |email: &str, cookies: &str| {
        let fields = [("_next", "/home"), ("_back", "/login"), ("email", email), ("password", fair::PASSWORD)];
        visitor.send("/form/auth/login", cookies, &own, &fields).1
    };
    // Lan logs in with the cookies of Minh's session.
    let planted = login("minh@example.vn", "");
    let lans = login("lan@example.vn", &planted);
    for name in ["hoicho_access=", "hoicho_refresh="] {
        let of = |said: &str| said.split("; ").find(|c| c.starts_with(name)).map(str::to_owned).unwrap();
        assert_ne!(of(&planted), of(&lans), "{name}");
    }
    assert!(visitor.get("/home", &lans).2.contains("Chào Lan"));
    // Minh's session is still his own.
    assert!(visitor.get("/home", &planted).2.contains("Chào Minh"));
    server.stop();
}

#[test]
fn erasure_form_works_without_script() {
    let folder = tempfile::tempdir().unwrap();
    let server = fair::server(folder.path());
    person(&server.address(), folder.path(), "lan@example.vn", "Lan");
    let visitor = Visitor::new(&server);
    let own = server.address().url().to_owned();
    let fields = [("_next", "/home"), ("_back", "/login"), ("email", "lan@example.vn"), ("password", fair::PASSWORD)];
    let (_, session, _) = visitor.send("/form/auth/login", "", &own, &fields);
    let erase = |password: &str| {
        let (next, done) = (("_next", "/privacy"), ("_done", "done-erased"));
        let fields = [("_method", "PUT"), next, ("_back", "/account"), done, ("password", password)];
        visitor.send("/form/me/erasure", &session, &own, &fields)
    };
    let (status, _, to) = erase("sai mật khẩu");
    assert_eq!((status, to.as_str()), (303, "/account"));
    // A wrong password in the other form redirects back too, and is not shown.
    let fields = [("_method", "PUT"), ("_back", "/account"), ("current", "sai mật khẩu"), ("new", "mật khẩu mới đây")];
    let (status, said, to) = visitor.send("/form/me/password", &session, &own, &fields);
    assert_eq!((status, to.as_str()), (303, "/account"));
    let (_, _, page) = visitor.get("/account", &format!("{session}; {said}"));
    assert!(page.contains("Sai e-mail hoặc mật khẩu"), "{page}");
    assert!(!page.contains("sai mật khẩu") && !page.contains("mật khẩu mới đây"), "{page}");
    let (status, said, to) = erase(fair::PASSWORD);
    assert_eq!((status, to.as_str()), (303, "/privacy"));
    let (status, _, page) = visitor.get("/privacy", &format!("{session}; {said}"));
    assert!(
        status == 200 && page.contains("Tài khoản của bạn đã được xoá") && !page.contains("<summary>Lan"),
        "{page}"
    );
    // The cookies that the browser still has are revoked.
    assert_eq!(visitor.get("/home", &session).0, 303);
    server.stop();
}

#[test]
fn session_is_renewed_by_concurrent_requests() {
    let folder = tempfile::tempdir().unwrap();
    let server = fair::server(folder.path());
    person(&server.address(), folder.path(), "lan@example.vn", "Lan");
    let visitor = Visitor::new(&server);
    let own = server.address().url().to_owned();
    let fields = [("_next", "/home"), ("email", "lan@example.vn"), ("password", fair::PASSWORD)];
    let (_, session, _) = visitor.send("/form/auth/login", "", &own, &fields);
    let refresh = session.split("; ").find(|c| c.starts_with("hoicho_refresh=")).unwrap().to_owned();
    // Without an access cookie, three requests use the same refresh cookie.
    let (first, second, third) =
        (visitor.get("/home", &refresh), visitor.get("/home", &refresh), visitor.get("/account", &refresh));
    assert_eq!((first.0, second.0, third.0), (200, 200, 200));
    assert!(first.1.contains("hoicho_refresh=") && first.1.contains("hoicho_access="), "{}", first.1);
    assert!(second.1.contains("hoicho_access=") && !second.1.contains("hoicho_refresh="), "{}", second.1);
    let renewed = first.1.split("; ").find(|c| c.starts_with("hoicho_refresh=")).unwrap();
    assert_eq!(visitor.get("/home", renewed).0, 200);
    server.stop();
}
