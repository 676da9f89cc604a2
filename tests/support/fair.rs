//! A fair to test with, made through the API: an edition with its booths, exhibitors with approved applications, allocations.
use serde_json::{Value, json};

use super::TestApp;

/// Steps of an edition in their order, for [`TestApp::advance`]; exhibitors apply after the second one.
const STATES: [&str; 4] = ["published", "registration_open", "registration_closed", "live"];

/// What [`FairBuilder::build`] has made.
pub struct Fair {
    /// Access token of the organiser's owner.
    pub owner: String,
    /// Identifier of the organiser.
    pub organiser: String,
    pub slug: &'static str,
    /// Identifier of the only zone.
    pub zone: String,
    /// Identifier of the edition's venue, if it has one.
    pub venue: Option<String>,
    /// Booths in the order of their codes, as the API lists them.
    pub booths: Vec<Value>,
    pub exhibitors: Vec<Exhibitor>,
    /// Identifiers of the confirmed allocations.
    pub allocations: Vec<String>,
}

/// A member of an organisation that has an approved application.
pub struct Exhibitor {
    pub token: String,
    /// The organiser's record.
    pub id: String,
    pub organisation: String,
    pub application: String,
}

/// Describes a [`Fair`]; by default an edition `hoi-cho` that is open for registration, with the booths A01…A10.
pub struct FairBuilder {
    owner: &'static str,
    slug: &'static str,
    venue: Option<&'static str>,
    booths: usize,
    exhibitors: Vec<String>,
    confirmed: usize,
    state: &'static str,
}

impl FairBuilder {
    /// The name of the owner's account.
    pub fn owner(self, owner: &'static str) -> Self {
        Self { owner, ..self }
    }

    pub fn slug(self, slug: &'static str) -> Self {
        Self { slug, ..self }
    }

    /// The name of a new venue.
    pub fn venue(self, name: &'static str) -> Self {
        Self { venue: Some(name), ..self }
    }

    /// At least ten: A01…A10, then rows of 25 from B on.
    pub fn booths(self, booths: usize) -> Self {
        Self { booths, ..self }
    }

    /// Exhibitors with an approved application for one booth each, by the names of their accounts.
    pub fn exhibitors<T: Into<String>>(self, names: impl IntoIterator<Item = T>) -> Self {
        Self { exhibitors: names.into_iter().map(Into::into).collect(), ..self }
    }

    /// Each of the first exhibitors has the booth of its number, confirmed.
    pub fn confirmed(self, confirmed: usize) -> Self {
        Self { confirmed, ..self }
    }

    /// The edition's state: one of [`STATES`].
    pub fn state(self, state: &'static str) -> Self {
        Self { state, ..self }
    }

    pub async fn build(self, app: &TestApp) -> Fair {
        let Self { owner, slug, venue, booths, exhibitors, confirmed, state } = self;
        let owner = app.person(owner).await;
        app.edition(&owner, slug).await;
        let at = format!("/editions/{slug}");
        let edition = app.get(&at).by(&owner).send().await.expect(200);
        let organiser = edition["organiser"].as_str().unwrap().to_owned();
        let zones = app.get(&format!("{at}/zones")).by(&owner).send().await.expect(200);
        let zone = zones["items"][0]["id"].as_str().unwrap().to_owned();
        let venue = match venue {
            Some(name) => Some(add_venue(app, &owner, &organiser, &at, name).await),
            None => None,
        };
        add_booths(app, &owner, &at, &zone, booths - 10).await;
        let booths = app.get(&format!("{at}/booths?limit=500")).by(&owner).send().await.expect(200);
        let booths = booths["items"].as_array().unwrap().clone();
        let mut fair =
            Fair { owner, organiser, slug, zone, venue, booths, exhibitors: Vec::new(), allocations: Vec::new() };
        let end = STATES.iter().position(|known| *known == state).expect("a state") + 1;
        app.advance(&fair.owner, slug, &STATES[..end.min(2)]).await;
        for name in exhibitors {
            let (token, application) = app.approved_application(&fair.owner, slug, &name).await;
            let shown = app.get(&format!("/applications/{application}")).by(&fair.owner).send().await.expect(200);
            let id = shown["exhibitor"].as_str().unwrap().to_owned();
            let own = app.get("/organisations").by(&token).send().await.expect(200);
            let organisation = own["items"][0]["id"].as_str().unwrap().to_owned();
            fair.exhibitors.push(Exhibitor { token, id, organisation, application });
        }
        for n in 0..confirmed {
            let allocation = fair.hold(app, &fair.owner, n, n).await;
            app.step(&fair.owner, &allocation, "offer").await.expect(200);
            // From the first day on, although the clock of the tests is in the middle of the fair.
            app.confirm_from(&fair.owner, &allocation, "2026-03-01").await;
            fair.allocations.push(allocation);
        }
        app.advance(&fair.owner, slug, &STATES[end.min(2)..end]).await;
        fair
    }
}

async fn add_venue(app: &TestApp, owner: &str, organiser: &str, edition: &str, name: &str) -> String {
    let venue = json!({ "organiser": organiser, "name": name, "address": "Hạ Long" });
    let venue = app.made("/venues", owner, venue).await;
    app.patch_newest(edition, owner, json!({ "venue": venue })).await;
    venue
}

async fn add_booths(app: &TestApp, owner: &str, edition: &str, zone: &str, count: usize) {
    if count == 0 {
        return;
    }
    let kind = json!({ "zone": zone, "category": "standard", "area_dm2": 900, "fee": 0 });
    let rows = ('B'..='Z').zip((0..count).step_by(25));
    let row = |(row, before): (char, usize)| json!({ "pattern": format!("{row}01…{row}{:02}", (count - before).min(25)), "kind": kind });
    let runs = json!({ "runs": rows.map(row).collect::<Vec<_>>() });
    app.post(&format!("{edition}/booths/generate")).by(owner).json(&runs).send().await.expect(201);
}

impl Fair {
    pub fn builder() -> FairBuilder {
        FairBuilder {
            owner: "owner",
            slug: "hoi-cho",
            venue: None,
            booths: 10,
            exhibitors: Vec::new(),
            confirmed: 0,
            state: "registration_open",
        }
    }

    /// The identifier of a booth.
    pub fn booth(&self, n: usize) -> &str {
        self.booths[n]["id"].as_str().unwrap()
    }

    /// The request body that holds a booth for an exhibitor.
    pub fn hold_body(&self, exhibitor: usize, booth: usize) -> Value {
        json!({ "application": self.exhibitors[exhibitor].application, "booths": [self.booth(booth)] })
    }

    /// Holds a booth for an exhibitor; returns the allocation.
    pub async fn hold(&self, app: &TestApp, token: &str, exhibitor: usize, booth: usize) -> String {
        let at = format!("/editions/{}/allocations", self.slug);
        let held = app.post(&at).by(token).json(&self.hold_body(exhibitor, booth)).send().await.expect(201);
        held["items"][0]["id"].as_str().unwrap().to_owned()
    }
}
