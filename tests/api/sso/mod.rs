//! Login through an OpenID provider: against npm's `oidc-provider`, and against a hostile one.
mod browser;
mod hostile;
mod provider;

use chrono::Duration;
use diesel::prelude::*;
use futures_util::future::join_all;
use hoicho_core::{
    db::schema::{sso_identities, sso_links, sso_logins, users},
    values::ids::SsoIdentityId,
};
use hoicho_web::{http::Problem, identity::store::find_account_by_email};
use serde_json::{Value, json};

use crate::{
    second_factor::enrol,
    support::{PASSWORD, TestApp, fair::Fair},
};
use browser::{BASE, Browser, NAME, parameter, set_clock};
use provider::{Person, Provider};

const LAN: &str = "lan@example.vn";

/// The identities that are linked with the account of a token.
async fn identities(app: &TestApp, token: &str) -> Vec<Value> {
    let listed = app.get("/me/sso-identities").by(token).send().await.expect(200);
    listed["items"].as_array().unwrap().clone()
}

/// Links an account by its password and returns its browser.
async fn link<'a>(app: &'a TestApp, provider: &Provider, person: Person<'_>) -> Browser<'a> {
    let browser = Browser::new(app);
    assert_eq!(browser.log_in_at(provider, "/login/sso", person).await.to, "/login/sso/link");
    let form = [("password", PASSWORD), ("_next", "/home"), ("_back", "/login/sso/link")];
    let page = browser.submit("/form/auth/sso/link", &form).await;
    assert_eq!((page.status, page.to.as_str()), (303, "/home"), "{}", page.text);
    browser
}

async fn first_login_asks_for_the_password_and_later_ones_do_not(app: TestApp, provider: Provider) {
    let token = app.person("lan").await;
    app.organiser(&token).await;
    let lan = Person::new("s-1", LAN);
    let browser = Browser::new(&app);
    let login = browser.get("/login?next=/account").await.text;
    assert!(login.contains(&format!("Log in with {NAME}")) && login.contains("/login/sso?next=/account"), "{login}");
    let url = browser.begin("/login/sso?next=/account").await;
    assert_eq!(parameter(&url, "redirect_uri"), format!("{BASE}/login/sso/callback"));
    assert_eq!(
        (parameter(&url, "code_challenge_method"), parameter(&url, "response_type")),
        ("S256".into(), "code".into())
    );
    assert_eq!(parameter(&url, "scope"), "openid email profile");
    assert_eq!(browser.get(&provider.log_in(&url, lan)).await.to, "/login/sso/link");
    // Nothing is linked and nobody logged in yet.
    assert!(identities(&app, &token).await.is_empty() && browser.cookie("hoicho_access").is_none());
    let question = browser.get("/login/sso/link").await.text;
    assert!(question.contains(LAN) && !question.contains("one_time_code"), "{question}");
    assert!(question.contains("name=\"_next\" value=\"/account\""), "{question}");
    let form = |password| {
        [("password", password), ("_next", "/account"), ("_back", "/login/sso/link"), ("_done", "done-sso-linked")]
    };
    assert_eq!(browser.submit("/form/auth/sso/link", &form("wrong wrong wrong")).await.to, "/login/sso/link");
    assert!(browser.get("/login/sso/link").await.text.contains("role=\"alert\""));
    assert!(identities(&app, &token).await.is_empty());
    let linked = browser.submit("/form/auth/sso/link", &form(PASSWORD)).await;
    assert_eq!(linked.to, "/account", "{}", linked.text);
    let page = browser.get("/account").await.text;
    assert!(page.contains("The accounts are linked") && page.contains("Linked since") && page.contains(NAME), "{page}");

    let linked = identities(&app, &token).await;
    let expected = (json!(provider.issuer), json!("s-1"), json!(true));
    assert_eq!((linked[0]["issuer"].clone(), linked[0]["subject"].clone(), linked[0]["is_usable"].clone()), expected);
    let letter = app.letter_to(LAN).await;
    assert_eq!((&letter["letter"]["notice"], &letter["letter"]["provider"]), (&json!("linked"), &json!(NAME)));

    // Another browser: no password, the same kind of session.
    let other = Browser::new(&app);
    assert_eq!(other.log_in_at(&provider, "/login/sso?next=/organisers", lan).await.to, "/organisers");
    let sessions = app.get("/me/sessions").by(&other.token()).send().await.expect(200);
    let current = sessions["items"].as_array().unwrap().iter().find(|session| session["is_current"] == true).unwrap();
    assert_eq!(
        (current["device"].as_str(), current["address"].as_str()),
        (Some("Firefox, Linux"), Some("198.51.100.7"))
    );
    // A page of another site is none of ours.
    let foreign = Browser::new(&app);
    assert_eq!(foreign.log_in_at(&provider, "/login/sso?next=https://evil.example/", lan).await.to, "/home");

    let id = linked[0]["id"].as_str().unwrap();
    let stranger = app.person("minh").await;
    app.delete(&format!("/me/sso-identities/{id}")).by(&stranger).send().await.refused(404, "not_found");
    let unlink = [("_method", "DELETE"), ("_next", "/account"), ("_done", "done-sso-unlinked")];
    let asked = browser.submit(&format!("/form/me/sso-identities/{id}"), &unlink).await;
    assert!(asked.status == 200 && asked.text.contains("_confirmed"), "{}", asked.text);
    let unlink = [unlink[0], unlink[1], unlink[2], ("_confirmed", "true")];
    assert_eq!(browser.submit(&format!("/form/me/sso-identities/{id}"), &unlink).await.to, "/account");
    assert!(identities(&app, &token).await.is_empty());
    assert_eq!(app.letter_to(LAN).await["letter"]["notice"], "unlinked");
    assert_eq!(Browser::new(&app).log_in_at(&provider, "/login/sso", lan).await.to, "/login/sso/link");
    let actions = app.get("/me/actions").by(&token).send().await.expect(200).to_string();
    assert!(
        actions.contains("user.link_sso") && actions.contains("user.unlink_sso") && !actions.contains("s-1"),
        "{actions}"
    );
}

async fn answer_counts_once_in_the_browser_that_asked(app: TestApp, provider: Provider) {
    let token = app.person("lan").await;
    app.organiser(&token).await;
    let lan = Person::new("s-1", LAN);
    link(&app, &provider, lan).await;
    let refused = async |browser: &Browser<'_>, path: &str| {
        let page = browser.get(path).await;
        assert_eq!((page.status, page.to.as_str()), (303, "/login"), "{}", page.text);
        let text = browser.get("/login").await.text;
        assert!(text.contains("begun in another browser"), "{text}");
        assert!(browser.cookie("hoicho_access").is_none());
    };
    let browser = Browser::new(&app);
    let url = browser.begin("/login/sso").await;
    let back = provider.log_in(&url, lan);
    let state = parameter(&url, "state");
    refused(&browser, &back.replace(&state, &"A".repeat(43))).await;
    refused(&browser, &back.replace(&format!("state={state}"), "x=y")).await;
    refused(&browser, "/login/sso/callback").await;
    // Another browser, with and without a login of its own.
    refused(&Browser::new(&app), &back).await;
    let other = Browser::new(&app);
    other.begin("/login/sso").await;
    refused(&other, &back).await;
    assert_eq!(browser.get(&back).await.to, "/home");
    let again = Browser::new(&app);
    let url = again.begin("/login/sso").await;
    let (cookie, back) = (again.cookie("hoicho_sso").unwrap(), provider.log_in(&url, lan));
    assert_eq!(again.get(&back).await.to, "/home");
    // The same answer with the same cookie.
    let replayed = app.root(&back).header("cookie", &format!("hoicho_sso={cookie}")).send().await;
    assert_eq!(replayed.headers.get("location").unwrap(), "/login");

    let late = Browser::new(&app);
    let back = provider.log_in(&late.begin("/login/sso").await, lan);
    app.wait(Duration::minutes(10));
    refused(&late, &back).await;
    app.wait(Duration::minutes(1));
    hoicho::jobs::delete_expired(&app.db, app.context.retention, app.context.clock.now()).await.unwrap();
    let left = app.db.read(|tx| {
        let logins: i64 = sso_logins::table.count().get_result(tx.conn())?;
        Ok::<_, Problem>((logins, sso_links::table.count().get_result::<i64>(tx.conn())?))
    });
    assert_eq!(left.await.unwrap(), (0, 0));
}

async fn only_a_verified_address_of_staff_is_asked_to_be_linked(app: TestApp, provider: Provider) {
    let token = app.person("lan").await;
    app.person("seller").await;
    let refused = async |person: Person<'_>, expected: &str| {
        let browser = Browser::new(&app);
        assert_eq!(browser.log_in_at(&provider, "/login/sso", person).await.to, "/login");
        let text = browser.get("/login").await.text;
        assert!(text.contains(expected), "{text}");
    };
    // An account that is no staff, none at all, and a wild address.
    for email in [LAN, "seller@example.vn", "nobody@example.vn", "a\u{1}b", ""] {
        refused(Person::new("s-2", email), "Ask your organiser for an invitation").await;
    }
    let organiser = app.organiser(&token).await;
    refused(Person { is_verified: false, ..Person::new("s-2", LAN) }, "no verified e-mail address").await;
    let browser = Browser::new(&app);
    assert_eq!(browser.get(&provider.cancel(&browser.begin("/login/sso").await)).await.to, "/login");
    assert!(browser.get("/login").await.text.contains("was cancelled or not allowed"));
    let count = app.db.read(|tx| {
        let accounts: i64 = users::table.count().get_result(tx.conn())?;
        Ok::<_, Problem>((accounts, sso_links::table.count().get_result::<i64>(tx.conn())?))
    });
    assert_eq!(count.await.unwrap(), (2, 0));
    // The same subject of another provider is somebody else.
    let linked = app.db.write(|tx| {
        let user = find_account_by_email(tx, LAN)?.unwrap().id;
        diesel::insert_into(sso_identities::table)
            .values((
                sso_identities::id.eq(SsoIdentityId::make()),
                sso_identities::issuer.eq("https://other.example"),
                sso_identities::subject.eq("s-2"),
                sso_identities::user_id.eq(user),
                sso_identities::created_at.eq(chrono::DateTime::UNIX_EPOCH.naive_utc()),
            ))
            .execute(tx.conn())
            .map_err(Problem::from)
    });
    assert_eq!(linked.await.unwrap(), 1);
    refused(Person::new("s-2", "nobody@example.vn"), "Ask your organiser for an invitation").await;
    // Who leaves the organiser keeps the account, but can link nothing.
    let viewer = app.staff(&token, &organiser, "viewer").await;
    let me = app.get("/me").by(&viewer).send().await.expect(200)["id"].as_str().unwrap().to_owned();
    app.delete(&format!("/organisers/{organiser}/members/{me}")).by(&token).send().await.expect(204);
    refused(Person::new("s-3", "viewer@example.vn"), "Ask your organiser for an invitation").await;
}

async fn required_second_factor_is_the_providers_or_ones_own(app: TestApp, provider: Provider) {
    let fair = Fair::builder().build(&app).await;
    let (owner, organiser) = (&fair.owner, &fair.organiser);
    let at = format!("/organisers/{organiser}");
    app.staff(owner, organiser, "manager").await;
    let phone = enrol(&app, owner).await;
    app.put(&format!("{at}/second-factor")).by(owner).json(&json!({ "required": true })).send().await.expect(200);
    // Linking an account with a second factor needs its code: the provider's factors are to replace it.
    let person = Person::new("s-owner", "owner@example.vn");
    let browser = Browser::new(&app);
    browser.log_in_at(&provider, "/login/sso", Person { methods: "pwd mfa", ..person }).await;
    assert!(browser.get("/login/sso/link").await.text.contains("one_time_code"));
    let link_with = async |code: &str| {
        let form = [("password", PASSWORD), ("one_time_code", code), ("_next", "/home"), ("_back", "/login/sso/link")];
        browser.submit("/form/auth/sso/link", &form).await.to
    };
    for code in ["", "000000"] {
        assert_eq!(link_with(code).await, "/login/sso/link");
        assert!(identities(&app, owner).await.is_empty());
    }
    assert_eq!(link_with(&phone.code(&app, 0)).await, "/home");
    app.wait(Duration::seconds(30));
    // The provider has checked the password only: the existing second step.
    let browser = Browser::new(&app);
    assert_eq!(
        browser.log_in_at(&provider, "/login/sso?next=/account", person).await.to,
        "/login/code?next=%2Faccount"
    );
    assert!(browser.cookie("hoicho_access").is_none());
    let code = [("one_time_code", phone.code(&app, 0)), ("_next", "/account".to_owned())];
    let code: Vec<(&str, &str)> = code.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(browser.submit("/form/auth/second-factor", &code).await.to, "/account");
    app.get(&at).by(&browser.token()).send().await.expect(200);
    let browser = Browser::new(&app);
    assert_eq!(browser.log_in_at(&provider, "/login/sso", Person { methods: "otp", ..person }).await.to, "/home");
    app.get(&at).by(&browser.token()).send().await.expect(200);

    // Without a factor of one's own the role counts in logins with several factors of the provider.
    let manager = Person::new("s-manager", "manager@example.vn");
    let browser = link(&app, &provider, manager).await;
    app.get(&at).by(&browser.token()).send().await.refused(403, "second_factor_required");
    for methods in ["pwd", "sms", "pwd rba"] {
        let browser = Browser::new(&app);
        browser.log_in_at(&provider, "/login/sso", Person { methods, ..manager }).await;
        app.get(&at).by(&browser.token()).send().await.refused(403, "second_factor_required");
        assert!(browser.open("/home").await.text.contains("/account/second-factor"));
    }
    for methods in ["pwd mfa", "otp", "hwk", "sc"] {
        let browser = Browser::new(&app);
        browser.log_in_at(&provider, "/login/sso", Person { methods, ..manager }).await;
        app.get(&at).by(&browser.token()).send().await.expect(200);
        assert_eq!(browser.get(&at).await.status, 200);
    }
    // The password alone still does not.
    app.get(&at).by(&app.login("manager@example.vn").await).send().await.refused(403, "second_factor_required");
}

async fn accounts_are_linked_one_to_one(app: TestApp, provider: Provider) {
    let lan = app.person("lan").await;
    let organiser = app.organiser(&lan).await;
    app.staff_named(&lan, &organiser, "minh", "viewer").await;
    let account = Person::new("s-1", "somebody@else.vn");
    // From the page of the account, whatever the address at the provider; the session goes on.
    let at_home = async |email: &str| {
        let browser = Browser::new(&app);
        let login = [("email", email), ("password", PASSWORD), ("_next", "/account")];
        assert_eq!(browser.submit("/form/auth/login", &login).await.to, "/account");
        browser
    };
    let browser = at_home(LAN).await;
    assert!(browser.get("/account").await.text.contains("href=\"/account/sso\""));
    let session = browser.token();
    assert_eq!(browser.log_in_at(&provider, "/account/sso", account).await.to, "/login/sso/link");
    let form = [("password", PASSWORD), ("_next", "/account"), ("_back", "/login/sso/link")];
    assert_eq!(browser.submit("/form/auth/sso/link", &form).await.to, "/account");
    assert_eq!((identities(&app, &session).await.len(), browser.token()), (1, session.clone()));
    assert_eq!(browser.log_in_at(&provider, "/account/sso", account).await.to, "/account");
    assert!(browser.get("/account").await.text.contains("linked already"));
    let shown = async |browser: &Browser<'_>, text: &str| {
        let page = browser.get("/account").await.text;
        assert!(page.contains(text), "{page}");
    };
    assert_eq!(browser.log_in_at(&provider, "/account/sso", Person::new("s-9", LAN)).await.to, "/account");
    shown(&browser, "linked with another account at the provider").await;
    let minh = at_home("minh@example.vn").await;
    assert_eq!(minh.log_in_at(&provider, "/account/sso", account).await.to, "/account");
    shown(&minh, "linked with another account here").await;
    // Who logs out meanwhile has asked for nothing.
    let back = provider.log_in(&minh.begin("/account/sso").await, Person::new("s-8", LAN));
    let cookie = format!("hoicho_sso={}", minh.cookie("hoicho_sso").unwrap());
    assert_eq!(app.root(&back).header("cookie", &cookie).send().await.headers.get("location").unwrap(), "/login");
    // At the same time: one of them.
    let person = Person::new("s-2", "minh@example.vn");
    let mut links = Vec::new();
    for _ in 0..4 {
        let browser = Browser::new(&app);
        assert_eq!(browser.log_in_at(&provider, "/login/sso", person).await.to, "/login/sso/link");
        links.push(browser.cookie("hoicho_sso").unwrap());
    }
    let confirm = async |link: &String| {
        let body = json!({ "link": link, "password": PASSWORD });
        app.post("/auth/sso/link").json(&body).send().await.status.as_u16()
    };
    let mut statuses = join_all(links.iter().map(confirm)).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409]);
    let again = json!({ "link": links[0], "password": PASSWORD });
    app.post("/auth/sso/link").json(&again).send().await.expect(409);
    app.post("/auth/sso/link").json(&json!({ "password": PASSWORD })).send().await.refused(409, "illegal_step");

    let data = app.get("/me/personal-data").by(&session).send().await.expect(200);
    assert_eq!(data["sso_identities"][0]["subject"], "s-1", "{data}");
    let owner = app.staff_named(&lan, &organiser, "owner", "owner").await;
    app.get("/me").by(&owner).send().await.expect(200);
    app.put("/me/erasure").by(&session).json(&json!({ "password": PASSWORD })).send().await.expect(204);
    let left = app.db.read(|tx| {
        let subjects = sso_identities::table.select(sso_identities::subject);
        subjects.load::<String>(tx.conn()).map_err(Problem::from)
    });
    assert_eq!(left.await.unwrap(), ["s-2"]);
}

async fn provider_that_is_down_leaves_the_password(app: TestApp, mut provider: Provider) {
    let token = app.person("lan").await;
    app.organiser(&token).await;
    let lan = Person::new("s-1", LAN);
    link(&app, &provider, lan).await;
    let browser = Browser::new(&app);
    let back = provider.log_in(&browser.begin("/login/sso").await, lan);
    provider.stop();
    let unavailable = async |browser: &Browser<'_>, path: &str| {
        assert_eq!(browser.get(path).await.to, "/login");
        let text = browser.get("/login").await.text;
        assert!(text.contains(&format!("{NAME} does not respond")) && text.contains("e-mail and password"), "{text}");
    };
    unavailable(&browser, &back).await;
    // The discovery document is known for an hour.
    app.wait(Duration::hours(1));
    unavailable(&browser, "/login/sso").await;
    let login = [("email", LAN), ("password", PASSWORD), ("_next", "/account")];
    assert_eq!(browser.submit("/form/auth/login", &login).await.to, "/account");
}

/// Runs each test with a provider of its own, on both databases.
macro_rules! with_provider {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            use super::*;
            $(#[actix_web::test]
            async fn $name() {
                let Some(provider) = Provider::start(&[]) else { return };
                let app = TestApp::sqlite_with(|settings| browser::switch_on(settings, &provider.issuer)).await;
                set_clock(&app);
                super::$name(app, provider).await;
            })+
        }
        mod postgres {
            use super::*;
            $(#[actix_web::test]
            async fn $name() {
                let Some(provider) = Provider::start(&[]) else { return };
                let app = TestApp::postgres_with(|settings| browser::switch_on(settings, &provider.issuer)).await;
                let Some(app) = app else { return };
                set_clock(&app);
                super::$name(app, provider).await;
            })+
        }
    };
}

with_provider!(
    first_login_asks_for_the_password_and_later_ones_do_not,
    answer_counts_once_in_the_browser_that_asked,
    only_a_verified_address_of_staff_is_asked_to_be_linked,
    required_second_factor_is_the_providers_or_ones_own,
    accounts_are_linked_one_to_one,
    provider_that_is_down_leaves_the_password,
);

/// The address may be at the userinfo endpoint only.
#[actix_web::test]
async fn address_is_asked_of_the_userinfo_endpoint() {
    let Some(provider) = Provider::start(&["userinfo"]) else { return };
    let app = TestApp::sqlite_with(|settings| browser::switch_on(settings, &provider.issuer)).await;
    set_clock(&app);
    let token = app.person("lan").await;
    app.organiser(&token).await;
    let browser = Browser::new(&app);
    assert_eq!(browser.log_in_at(&provider, "/login/sso", Person::new("s-1", LAN)).await.to, "/login/sso/link");
}

/// Without a provider in the settings there is no button and no such page.
#[actix_web::test]
async fn without_a_provider_nothing_is_offered() {
    let app = TestApp::sqlite().await;
    let browser = Browser::new(&app);
    assert!(!browser.get("/login").await.text.contains("/login/sso"));
    for path in ["/login/sso", "/login/sso/callback?code=x&state=y", "/login/sso/link"] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
}
