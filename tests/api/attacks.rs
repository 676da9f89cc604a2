//! Attacks: guessing, account enumeration, reused and forged tokens, access to another tenant.
use actix_web::test::TestRequest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use diesel::prelude::*;
use ed25519_dalek::{SigningKey, pkcs8::DecodePrivateKey};
use hmac::{Hmac, Mac};
use hoicho_core::{db::schema::*, values::ids::UserId};
use hoicho_web::http::Problem;
use serde_json::{Value, json};

use crate::support::{
    PASSWORD, TestApp,
    world::{World, document},
};

fn login(email: &str, password: &str) -> Value {
    json!({ "email": email, "password": password })
}

async fn guesses_from_many_addresses_do_not_lock_out_the_owner(app: TestApp) {
    app.person("lan").await;
    let guess = async |address: &str, password: &str| {
        app.post("/auth/login").from(address).json(&login("lan@example.vn", password)).send().await.status.as_u16()
    };
    assert_eq!(guess("198.51.100.7:1", PASSWORD).await, 200, "from home");
    for n in 0..20 {
        for _ in 0..5 {
            assert_eq!(guess(&format!("203.0.113.{n}:1"), "wrong wrong wrong").await, 401);
        }
    }
    assert_eq!(guess("203.0.113.99:1", PASSWORD).await, 429, "an address that never guessed is closed, too");
    assert_eq!(guess("198.51.100.7:2", PASSWORD).await, 200, "the owner is known at home");
    app.wait(Duration::minutes(15));
    assert_eq!(guess("203.0.113.99:1", PASSWORD).await, 200, "the pause is over");
}

#[actix_web::test]
async fn rate_limit_slows_one_address_that_guesses_many_accounts() {
    let app = TestApp::sqlite_with(|settings| settings.limits.auth_per_minute = 10).await;
    let guess = async |n: usize, address: &str| {
        let login = login(&format!("person{n}@example.vn"), "123456789a");
        app.post("/auth/login").from(address).json(&login).send().await.status.as_u16()
    };
    let start = std::time::Instant::now();
    let mut allowed = 0;
    let refused = loop {
        match guess(allowed, &format!("203.0.113.9:{}", allowed + 1)).await {
            401 if allowed < 100 => allowed += 1,
            status => break status,
        }
    };
    assert_eq!(refused, 429, "after {allowed} logins");
    // Ten at once, and one more every six seconds that the guesses took.
    let max_allowed = 11 + usize::try_from(start.elapsed().as_secs() / 6).unwrap();
    assert!((10..=max_allowed).contains(&allowed), "{allowed}, not 10 to {max_allowed}");
    assert_eq!(guess(allowed, "198.51.100.7:1").await, 401, "others are not");
}

/// Each of many guesses at the same time passes a check that looks at finished ones only.
async fn concurrent_guesses_are_as_few_as_successive_ones(app: TestApp) {
    let token = app.person("lan").await;
    let guess = |n: usize| {
        let body = login("lan@example.vn", &format!("guess number {n}"));
        app.post("/auth/login").from("203.0.113.9:1").json(&body).send()
    };
    let answers = futures_util::future::join_all((0..24).map(guess)).await;
    let verified = answers.iter().filter(|answer| answer.status == 401).count();
    assert_eq!(verified, 5, "{:?}", answers.iter().map(|answer| answer.status.as_u16()).collect::<Vec<_>>());
    assert!(answers.iter().all(|answer| [401, 429].contains(&answer.status.as_u16())));
    // Where a password is asked for within a login, too.
    let body = json!({ "password": "wrong wrong wrong" });
    let erase = || app.put("/me/erasure").by(&token).from("198.51.100.7:1").json(&body).send();
    let answers = futures_util::future::join_all((0..24).map(|_| erase())).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 401).count(), 5);
    app.wait(Duration::minutes(15));
    let right = app.post("/auth/login").from("203.0.113.9:1").json(&login("lan@example.vn", PASSWORD));
    right.send().await.expect(200);
    // A success resets the count.
    assert_eq!(guess(0).await.status.as_u16(), 401);
}

async fn stolen_session_cannot_guess_the_password(app: TestApp) {
    let token = app.person("lan").await;
    for n in 0..5 {
        let guess = json!({ "password": format!("guess number {n}") });
        app.put("/me/erasure").by(&token).json(&guess).send().await.refused(401, "wrong_credentials");
    }
    let change = json!({ "current": PASSWORD, "new": "một câu dài khác" });
    app.put("/me/password").by(&token).json(&change).send().await.refused(429, "too_many_requests");
    app.put("/me/erasure")
        .by(&token)
        .json(&json!({ "password": PASSWORD }))
        .send()
        .await
        .refused(429, "too_many_requests");
}

/// Number of rows in the outbox.
async fn letters(app: &TestApp) -> i64 {
    let count = app.db.read(|tx| outbox::table.count().get_result(tx.conn()).map_err(Problem::from));
    count.await.unwrap()
}

async fn responses_and_work_do_not_reveal_accounts(app: TestApp) {
    app.person("lan").await;
    let register = |email: &str| json!({ "email": email, "password": PASSWORD, "display_name": "Lan" });
    let only = |email: &str| json!({ "email": email });
    let asked = [
        ("/auth/login", login("lan@example.vn", "wrong wrong wrong"), login("no@example.vn", "wrong wrong wrong")),
        ("/auth/register", register("lan@example.vn"), register("no@example.vn")),
        ("/auth/password-reset", only("lan@example.vn"), only("nobody@example.vn")),
        ("/auth/resend-verification", only("lan@example.vn"), only("nobody@example.vn")),
    ];
    for (path, known, unknown) in asked {
        let mut met = Vec::new();
        for body in [known, unknown] {
            // Expensive work is counted, because measured times depend on the machine.
            let (hashes, commits, rows) =
                (app.context.passwords.operations(), app.db.commit_count(), letters(&app).await);
            let answer = app.post(path).header("x-request-id", "same").json(&body).send().await;
            let mut headers: Vec<_> =
                answer.headers.iter().map(|(n, v)| (n.to_string(), v.to_str().unwrap().to_owned())).collect();
            headers.retain(|(name, _)| !name.starts_with("ratelimit-") && name != "date");
            headers.sort();
            let work = (
                app.context.passwords.operations() - hashes,
                app.db.commit_count() - commits,
                letters(&app).await - rows,
            );
            met.push((answer.status, headers, answer.body, work));
        }
        assert_eq!(met[0], met[1], "{path}");
    }
}

async fn email_token_works_once(app: TestApp) {
    app.person("lan").await;
    let ask = json!({ "email": "lan@example.vn" });
    app.post("/auth/password-reset").json(&ask).send().await.expect(202);
    let token = app.letter_to("lan@example.vn").await["letter"]["token"].clone();
    let reset = |password: &str| json!({ "token": token, "password": password });
    // It is rejected where another kind of token is required.
    let proof = json!({ "token": token, "password": PASSWORD });
    app.post("/auth/verify-email").json(&proof).send().await.refused(404, "not_found");
    app.post("/auth/password-reset/confirm").json(&reset("một câu dài khác")).send().await.expect(204);
    app.post("/auth/password-reset/confirm").json(&reset("của kẻ khác đây")).send().await.refused(404, "not_found");
    app.post("/auth/login").json(&login("lan@example.vn", "một câu dài khác")).send().await.expect(200);
}

async fn reused_refresh_token_ends_the_session_of_both_holders(app: TestApp) {
    app.person("lan").await;
    let refresh = async |token: &Value| app.post("/auth/refresh").json(&json!({ "refresh_token": token })).send().await;
    let login = async || {
        let body = login("lan@example.vn", PASSWORD);
        app.post("/auth/login").json(&body).send().await.expect(200)["refresh_token"].clone()
    };
    let (stolen, other_device) = (login().await, login().await);
    let thiefs = refresh(&stolen).await.expect(200)["refresh_token"].clone();
    refresh(&stolen).await.refused(401, "login_required");
    refresh(&thiefs).await.refused(401, "login_required");
    refresh(&other_device).await.expect(200);
}

/// A JWT with this header and these claims; `sign` signs the first two parts.
fn jwt(header: &Value, claims: &Value, sign: impl Fn(&str) -> Vec<u8>) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(&head));
    format!("{head}.{signature}")
}

async fn forged_access_tokens_are_rejected(app: TestApp) {
    let token = app.person("lan").await;
    let parts: Vec<&str> = token.split('.').collect();
    let read = |part: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let (header, claims) = (read(parts[0]), read(parts[1]));
    assert!(header["kid"].is_string() && header["alg"] == "EdDSA", "{header}");
    let folder = app.folder().join("keys");
    let pem = std::fs::read_to_string(std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path()).unwrap();
    let ours = SigningKey::from_pkcs8_pem(&pem).unwrap();
    let theirs = SigningKey::from_bytes(&[7; 32]);
    let sign = |key: &SigningKey, head: &str| {
        use ed25519_dalek::Signer;
        key.sign(head.as_bytes()).to_bytes().to_vec()
    };
    // A token that the test signs with the right key is accepted.
    let good = jwt(&header, &claims, |head| sign(&ours, head));
    app.get("/me").by(&good).send().await.expect(200);

    let mut later = claims.clone();
    later["exp"] = json!(claims["exp"].as_i64().unwrap() + 1_000_000);
    let public = ours.verifying_key();
    use ed25519_dalek::pkcs8::EncodePublicKey;
    let public_pem = public.to_public_key_pem(ed25519_dalek::pkcs8::spki::der::pem::LineEnding::LF).unwrap();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut changed = header.clone();
        change(&mut changed);
        changed
    };
    let hmac = |secret: &[u8]| {
        jwt(&with(&|h| h["alg"] = json!("HS256")), &claims, |head| {
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret).unwrap();
            mac.update(head.as_bytes());
            mac.finalize().into_bytes().to_vec()
        })
    };
    let forged = [
        ("no signature", jwt(&with(&|h| h["alg"] = json!("none")), &claims, |_| Vec::new())),
        ("no signature, algorithm kept", jwt(&header, &claims, |_| Vec::new())),
        ("the public key as a secret", hmac(public.as_bytes())),
        ("the public key's file as a secret", hmac(public_pem.as_bytes())),
        ("another key", jwt(&header, &claims, |head| sign(&theirs, head))),
        ("another key, by a name that leads elsewhere", {
            jwt(&with(&|h| h["kid"] = json!("../../etc/passwd")), &claims, |head| sign(&theirs, head))
        }),
        ("a key that comes with the token", {
            let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(theirs.verifying_key().as_bytes()) });
            jwt(&with(&|h| h["jwk"] = jwk.clone()), &claims, |head| sign(&theirs, head))
        }),
        ("other claims under a good signature", {
            let part = URL_SAFE_NO_PAD.encode(later.to_string());
            format!("{}.{part}.{}", parts[0], parts[2])
        }),
        ("no name of a key", {
            jwt(
                &with(&|h| {
                    h.as_object_mut().unwrap().remove("kid");
                }),
                &claims,
                |head| sign(&ours, head),
            )
        }),
    ];
    for (what, token) in forged {
        let answer = app.get("/me").by(&token).send().await;
        assert_eq!(answer.status.as_u16(), 401, "{what}");
    }
}

async fn operations_reject_the_owner_of_another_tenant(app: TestApp) {
    let world = World::new(&app).await;
    let stranger = app.person("stranger").await;
    app.edition(&stranger, "khac").await;
    let id = app.get("/me").by(&stranger).send().await.expect(200)["id"].as_str().unwrap().to_owned();
    let lines = async || {
        let id: UserId = id.parse().unwrap();
        let count = app.db.read(move |tx| {
            let theirs = audit_log::table.filter(audit_log::actor_id.eq(id));
            theirs.count().get_result::<i64>(tx.conn()).map_err(Problem::from)
        });
        count.await.unwrap()
    };
    let before = lines().await;
    for (path, operations) in document()["paths"].as_object().unwrap() {
        if !path.contains('{') {
            continue;
        }
        for method in operations.as_object().unwrap().keys().filter(|m| *m != "get") {
            let at = world.at(&app, path).await;
            let request = match method.as_str() {
                "post" => TestRequest::post(),
                "put" => TestRequest::put(),
                "patch" => TestRequest::patch(),
                _ => TestRequest::delete(),
            };
            let answer =
                app.call(request, &at).by(&stranger).header("if-match", "\"v1\"").json(&json!({})).send().await;
            assert!(answer.status.is_client_error(), "{method} {path}: {}", answer.status);
        }
    }
    assert_eq!(lines().await, before);
}

async fn request_bodies_reject_resources_of_another_tenant(app: TestApp) {
    let world = World::new(&app).await;
    let stranger = app.person("stranger").await;
    app.edition(&stranger, "khac").await;
    let theirs = app.get("/editions/hoi-cho/booths").by(&world.owner).send().await.expect(200);
    let theirs = theirs["items"][5]["id"].clone();
    let application = world.id("application");
    let own_organiser = app.get("/editions/khac").by(&stranger).send().await.expect(200)["organiser"].clone();
    let refused = |answer: crate::support::Answer| {
        assert!(matches!(answer.status.as_u16(), 403 | 404 | 409 | 422), "{}", answer.status);
    };
    // Application and booth of another tenant in an own edition, and vice versa.
    let hold = json!({ "application": application, "booths": [theirs] });
    refused(app.post("/editions/khac/allocations").by(&stranger).json(&hold).send().await);
    // A new edition in the series, at the venue or for the organiser of another tenant.
    let mut edition = json!({ "organiser": own_organiser, "slug": "muon", "name": "Mượn" });
    edition["series"] = json!(world.id("series"));
    refused(app.post("/editions").by(&stranger).json(&edition).send().await);
    edition["series"] = Value::Null;
    edition["venue"] = json!(world.id("venue"));
    refused(app.post("/editions").by(&stranger).json(&edition).send().await);
    let edition = json!({ "organiser": world.organiser, "slug": "muon", "name": "Mượn" });
    refused(app.post("/editions").by(&stranger).json(&edition).send().await);
    // An own role at another tenant.
    let invite = json!({ "email": "stranger@example.vn", "role": "owner" });
    refused(app.post(&format!("/organisers/{}/members", world.organiser)).by(&stranger).json(&invite).send().await);
    // Staff cannot raise their own role.
    let viewer = app.staff(&world.owner, &world.organiser, "viewer").await;
    let me = app.get("/me").by(&viewer).send().await.expect(200)["id"].as_str().unwrap().to_owned();
    let path = format!("/organisers/{}/members/{me}", world.organiser);
    let raise = json!({ "role": "owner" });
    app.put(&path).by(&viewer).json(&raise).send().await.refused(403, "forbidden");
    assert_eq!(app.get("/me").by(&viewer).send().await.expect(200)["organisers"][0]["role"], "viewer");
}

/// Subjects of the e-mails that wait for an address, and what else is written in them.
async fn kinds_of_letters(app: &TestApp, email: &str) -> Vec<String> {
    app.letters_to(email).await.iter().map(|letter| letter["letter"]["kind"].as_str().unwrap().to_owned()).collect()
}

/// Whoever knows an address can cause e-mails to it, in several ways; each kind is limited, whoever causes it.
async fn strangers_cannot_fill_a_mailbox(app: TestApp) {
    let stranger = app.person("stranger").await;
    app.person("lan").await;
    let before = kinds_of_letters(&app, "lan@example.vn").await.len();
    // Invitations of one organiser, of many organisers, and of organisations: the text is the name of the inviting side.
    let mut refused = 0;
    for n in 0..20 {
        let name = format!("You have won! Visit evil.example {n}");
        let organiser = app.made("/organisers", &stranger, json!({ "name": name })).await;
        for role in ["viewer", "manager", "gate"] {
            let invite = json!({ "email": "lan@example.vn", "role": role });
            let path = format!("/organisers/{organiser}/members");
            refused += usize::from(app.post(&path).by(&stranger).json(&invite).send().await.status == 429);
        }
    }
    let invitations = kinds_of_letters(&app, "lan@example.vn").await.len() - before;
    assert!(invitations <= 10 && refused == 60 - invitations, "{invitations} sent, {refused} refused");
    // Registering the address again and again, whether or not it has an account.
    for email in ["lan@example.vn", "new@example.vn"] {
        for _ in 0..30 {
            let again = json!({ "email": email, "password": PASSWORD, "display_name": "You have won! evil.example" });
            app.post("/auth/register").json(&again).send().await.expect(202);
        }
    }
    let kinds = kinds_of_letters(&app, "lan@example.vn").await;
    let exists = kinds.iter().filter(|kind| *kind == "account_exists").count();
    assert!((1..=2).contains(&exists), "{kinds:?}");
    let letters = app.letters_to("new@example.vn").await;
    assert!((1..=5).contains(&letters.len()), "{}", letters.len());
    // Until the address is verified its name is not that of its owner.
    assert!(letters.iter().all(|letter| !letter.to_string().contains("evil.example")), "{letters:?}");
    // What the owner asks for is sent nevertheless; the next day invitations are, too.
    app.post("/auth/password-reset").json(&json!({ "email": "lan@example.vn" })).send().await.expect(202);
    assert!(kinds_of_letters(&app, "lan@example.vn").await.contains(&"reset_password".to_owned()));
    app.wait(Duration::hours(25));
    let stranger = app.login("stranger@example.vn").await;
    let organiser = app.organiser(&stranger).await;
    let invite = json!({ "email": "lan@example.vn", "role": "viewer" });
    app.post(&format!("/organisers/{organiser}/members")).by(&stranger).json(&invite).send().await.expect(202);
}

async fn concurrent_registrations_send_no_more_emails(app: TestApp) {
    app.person("lan").await;
    let again = json!({ "email": "lan@example.vn", "password": PASSWORD, "display_name": "Lan" });
    let register = || app.post("/auth/register").json(&again).send();
    for answer in futures_util::future::join_all((0..12).map(|_| register())).await {
        answer.expect(202);
    }
    let kinds = kinds_of_letters(&app, "lan@example.vn").await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "account_exists").count(), 2, "{kinds:?}");
}

/// The writer is one for all: what anybody can make up must not reach it.
async fn made_up_tokens_cause_no_write(app: TestApp) {
    let token = app.person("lan").await;
    let unknown = "A".repeat(43);
    let before = app.db.commit_count();
    for made_up in ["x", "made-up", &unknown, &unknown.replace('A', "%"), &"x".repeat(5_000)] {
        let refresh = json!({ "refresh_token": made_up });
        app.post("/auth/refresh").json(&refresh).send().await.refused(401, "login_required");
        app.post("/auth/logout").json(&refresh).send().await.expect(204);
        let reset = json!({ "token": made_up, "password": "một câu dài khác" });
        let hashes = app.context.passwords.operations();
        app.post("/auth/password-reset/confirm").json(&reset).send().await.refused(404, "not_found");
        assert_eq!(app.context.passwords.operations(), hashes, "nothing is hashed");
        let verify = json!({ "token": made_up, "password": PASSWORD });
        app.post("/auth/verify-email").json(&verify).send().await.refused(404, "not_found");
        let accept = json!({ "token": made_up });
        app.post("/invitations/accept").by(&token).json(&accept).send().await.refused(404, "not_found");
        app.get("/me").by(&format!("hc_{made_up}")).send().await.refused(401, "login_required");
        if made_up.len() < 100 && !made_up.contains('%') {
            // A page, a form and a download with the cookie of a session.
            for path in ["/", "/login", "/home", "/api/v1/editions", "/assets/x"] {
                let request =
                    TestRequest::get().uri(path).insert_header(("cookie", format!("hoicho_refresh={made_up}")));
                assert!(app.call_root(request).await.status.as_u16() < 500, "{path}");
            }
        }
    }
    app.context.api_key_uses.flush(&app.db).await.unwrap();
    assert_eq!(app.db.commit_count(), before);
}

crate::on_both!(
    guesses_from_many_addresses_do_not_lock_out_the_owner,
    concurrent_guesses_are_as_few_as_successive_ones,
    strangers_cannot_fill_a_mailbox,
    concurrent_registrations_send_no_more_emails,
    made_up_tokens_cause_no_write,
    stolen_session_cannot_guess_the_password,
    responses_and_work_do_not_reveal_accounts,
    email_token_works_once,
    reused_refresh_token_ends_the_session_of_both_holders,
    forged_access_tokens_are_rejected,
    operations_reject_the_owner_of_another_tenant,
    request_bodies_reject_resources_of_another_tenant,
);
