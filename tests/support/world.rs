//! A small fair with one resource of each kind, for tests that call all operations of the API.
use serde_json::{Value, json};

use super::{
    TestApp,
    fair::{Exhibitor, Fair},
};

/// A live edition `hoi-cho` of `owner` with its resources.
pub struct World {
    pub owner: String,
    pub organiser: String,
    /// Access token of a member of the organisation whose exhibitor has the booth.
    pub exhibitor: String,
    /// An allocation that no test may end.
    pub kept: String,
    /// An allocation that a test may end.
    pub played: String,
    filled: Vec<(&'static str, String)>,
}

impl World {
    pub async fn new(app: &TestApp) -> Self {
        let fair = Fair::builder().exhibitors(["htx"]).confirmed(1).build(app).await;
        let played = fair.hold(app, &fair.owner, 0, 1).await;
        app.advance(&fair.owner, "hoi-cho", &["registration_closed", "live"]).await;
        let booth = fair.booth(0).to_owned();
        let Fair { owner, organiser, zone, exhibitors, allocations, .. } = fair;
        let [Exhibitor { token: exhibitor, id: exhibitor_id, organisation, application }] =
            <[_; 1]>::try_from(exhibitors).ok().unwrap();
        let [kept] = <[_; 1]>::try_from(allocations).unwrap();
        let made = async |path: &str, by: &str, body: Value| app.made(path, by, body).await;
        let id_of =
            async |token: &str| app.get("/me").by(token).send().await.expect(200)["id"].as_str().unwrap().to_owned();
        let series = made("/series", &owner, json!({ "organiser": organiser, "name": "Chuỗi" })).await;
        let venue =
            made("/venues", &owner, json!({ "organiser": organiser, "name": "Cung", "address": "Hạ Long" })).await;
        let hall = made(&format!("/venues/{venue}/halls"), &owner, json!({ "name": "Nhà A" })).await;
        let goods = json!({ "name": "Miến dong", "product_group": "food" });
        let product = made(&format!("/organisations/{organisation}/products"), &exhibitor, goods).await;
        let upload = format!("/applications/{application}/documents?kind=food_safety&file_name=giay.pdf");
        let document = app.post(&upload).by(&exhibitor).file("application/pdf", b"%PDF-1.7\n").send().await.expect(201);
        let document = document["id"].as_str().unwrap().to_owned();
        let deal = json!({
            "exhibitor": exhibitor_id, "kind": "mou", "counterpart": "Siêu thị", "amount": 0, "signed_on": "2026-03-01",
        });
        let deal = made("/editions/hoi-cho/deals", &owner, deal).await;
        // One removable member and one invitation of the organiser and of the organisation.
        let spare = id_of(&app.staff_named(&owner, &organiser, "spare", "viewer").await).await;
        let invite = |role: &str| json!({ "email": "guest@example.vn", "role": role });
        let invitation = made(&format!("/organisers/{organiser}/members"), &owner, invite("viewer")).await;
        let hand = app.person("hand").await;
        let hand_invited = json!({ "email": "hand@example.vn", "role": "staff" });
        made(&format!("/organisations/{organisation}/members"), &exhibitor, hand_invited).await;
        let accepted = json!({ "token": app.letter_to("hand@example.vn").await["letter"]["token"] });
        app.post("/invitations/accept").by(&hand).json(&accepted).send().await.expect(200);
        let hand = id_of(&hand).await;
        let hands_invitation =
            made(&format!("/organisations/{organisation}/members"), &exhibitor, invite("staff")).await;
        let gate = made("/editions/hoi-cho/gates", &owner, json!({ "name": "Cổng chính" })).await;
        // No application is left to be placed, so the run ends at once.
        let run = json!({ "policy": "space_draw", "order": "date", "limit_s": 5 });
        let run = made("/editions/hoi-cho/allocation-runs", &owner, run).await;
        let key = json!({ "name": "Siêu thị", "scopes": ["read:editions"] });
        let key = made(&format!("/organisers/{organiser}/api-keys"), &owner, key).await;
        let hook = json!({ "name": "Siêu thị", "url": "https://partner.example/hook" });
        let webhook = made(&format!("/organisers/{organiser}/webhooks"), &owner, hook).await;
        let delivery = app.post(&format!("/organisers/{organiser}/webhooks/{webhook}/test")).by(&owner).send().await;
        let delivery = delivery.expect(202)["id"].as_str().unwrap().to_owned();
        let table =
            app.post("/editions/hoi-cho/imports?kind=booths").by(&owner).table("Gian;Khu\nB01;OCOP\n").send().await;
        let import = table.expect(201)["id"].as_str().unwrap().to_owned();
        let checked = app.post(&format!("/editions/hoi-cho/imports/{import}/check")).by(&owner).send().await;
        checked.expect(200);
        let report = json!({ "amount": 1 });
        app.put(&format!("/booths/{booth}/sales-reports/2026-03-01"))
            .by(&exhibitor)
            .json(&report)
            .send()
            .await
            .expect(201);
        let unlinked = json!({ "name": "HTX Chưa liên kết", "legal_form": "co_operative", "locality": "Ba Chẽ" });
        let unlinked = made(&format!("/organisers/{organiser}/exhibitors"), &owner, unlinked).await;
        let filled = vec![
            (
                "/organisers/{organiser}/exhibitors/{exhibitor}/link/invitations/",
                format!("/organisers/{organiser}/exhibitors/{unlinked}/link/invitations/"),
            ),
            ("{unlinked}", unlinked),
            ("/organisers/{organiser}/members/{user}", format!("/organisers/{organiser}/members/{spare}")),
            ("/organisations/{organisation}/members/{user}", format!("/organisations/{organisation}/members/{hand}")),
            (
                "/organisers/{organiser}/invitations/{invitation}",
                format!("/organisers/{organiser}/invitations/{invitation}"),
            ),
            (
                "/organisations/{organisation}/invitations/{invitation}",
                format!("/organisations/{organisation}/invitations/{hands_invitation}"),
            ),
            ("{organiser}", organiser.clone()),
            ("{series}", series),
            ("{venue}", venue),
            ("{hall}", hall),
            ("{edition}", "hoi-cho".to_owned()),
            ("{zone}", zone),
            ("{booth}", booth),
            ("{organisation}", organisation),
            ("{exhibitor}", exhibitor_id),
            ("{product}", product),
            ("{application}", application),
            ("{document}", document),
            ("{deal}", deal),
            ("{gate}", gate),
            ("{run}", run),
            ("{key}", key),
            ("{webhook}", webhook),
            ("{import}", import),
            ("{delivery}", delivery),
            ("{date}", "2026-03-01".to_owned()),
            ("{report}", "sales-by-day".to_owned()),
            ("{table}", "sales".to_owned()),
        ];
        Self { owner, organiser, exhibitor, kept, played, filled }
    }

    /// The identifier of the resource that a path parameter names.
    pub fn id(&self, name: &str) -> &str {
        &self.filled.iter().find(|(known, _)| *known == format!("{{{name}}}")).unwrap().1
    }

    /// A path of the OpenAPI document with this fair's identifiers; a participant and an
    /// invitation to link are created for each path that names one.
    pub async fn at(&self, app: &TestApp, path: &str) -> String {
        let mut at = self.filled.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
        if at.contains("{participant}") && at.contains("{allocation}") {
            at = at.replace("{allocation}", &self.kept);
            let list = at.rsplit_once('/').unwrap().0.to_owned();
            let name = format!("Khách {}", uuid::Uuid::now_v7());
            let guest = json!({ "role": "represented", "name": name, "country": "LA" });
            let guest = app.made(list.trim_start_matches("/api/v1"), &self.owner, guest).await;
            at = at.replace("{participant}", &guest);
        }
        if at.contains("{link_invitation}") {
            // Of a new record to a new address each time: both are limited.
            let unique = uuid::Uuid::now_v7();
            let record = json!({ "name": format!("HTX {unique}"), "legal_form": "co_operative", "locality": "Ba Chẽ" });
            let record = app.made(&format!("/organisers/{}/exhibitors", self.organiser), &self.owner, record).await;
            let guest = json!({ "email": format!("guest-{unique}@example.vn") });
            let to_link = format!("/organisers/{}/exhibitors/{record}/link", self.organiser);
            let guest = app.post(&to_link).by(&self.owner).json(&guest).send().await.expect(202);
            at = at.replace("{link_invitation}", guest["id"].as_str().unwrap()).replace(self.id("unlinked"), &record);
        }
        if at.contains("{session}") {
            // A login that a test may end.
            let token = app.login("owner@example.vn").await;
            let sessions = app.get("/me/sessions").by(&token).send().await.expect(200);
            let current = sessions["items"].as_array().unwrap().iter().find(|session| session["is_current"] == true);
            at = at.replace("{session}", current.unwrap()["id"].as_str().unwrap());
        }
        let at = at.replace("{allocation}", &self.played);
        // Parameters whose parent resource a test has replaced name nothing that exists.
        let nobody = ["{participant}", "{invitation}", "{user}", "{sso_identity}", "{passkey}"];
        let at = nobody.iter().fold(at, |at, name| at.replace(name, &self.played));
        assert!(!at.contains('{'), "{path}: what is its parameter?");
        at
    }
}

/// The OpenAPI document.
pub fn document() -> Value {
    hoicho::app::openapi()
}
