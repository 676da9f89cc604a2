//! User accounts of the sample data.
use secrecy::SecretString;

use hoicho_core::{
    db::Tx,
    i18n::Language,
    values::{clock::Instant, ids::UserId},
};
use hoicho_web::{
    http::Problem,
    identity::{
        OrganiserRole,
        passwords::PasswordHasher,
        store::{self, NewUser},
    },
};

/// Password of all sample accounts.
pub const PASSWORD: &str = "hoi-cho-ocop";

/// E-mail address, name, and role with the organiser (`None` for the exhibitor's member).
pub const USERS: [(&str, &str, Option<OrganiserRole>); 6] = [
    ("bantochuc@example.vn", "Nguyễn Thị Lan (ban tổ chức)", Some(OrganiserRole::Owner)),
    ("quanly@example.vn", "Phạm Quốc Hùng (quản lý)", Some(OrganiserRole::Manager)),
    ("taichinh@example.vn", "Trần Văn Minh (tài chính)", Some(OrganiserRole::Finance)),
    ("soatve@example.vn", "Lê Thu Hà (cổng)", Some(OrganiserRole::Gate)),
    ("theodoi@example.vn", "Vũ Mai Hương (theo dõi)", Some(OrganiserRole::Viewer)),
    ("htx@example.vn", "Chìu Tài Múi (HTX)", None),
];

/// Whether this is a hash of [`PASSWORD`].
pub fn has_published_password(passwords: &PasswordHasher, hash: &str) -> bool {
    passwords.verify_blocking(&SecretString::from(PASSWORD), hash)
}

/// The sample accounts of a database that still have the published password.
pub fn list_usable(tx: &mut Tx<'_>, passwords: &PasswordHasher) -> Result<Vec<&'static str>, Problem> {
    let mut usable = Vec::new();
    for (email, ..) in USERS {
        let account = store::find_account_by_email(tx, email)?;
        if account.is_some_and(|account| has_published_password(passwords, &account.password_hash)) {
            usable.push(email);
        }
    }
    Ok(usable)
}

/// Inserts the accounts; returns their identifiers in the same order.
pub(super) fn insert_users(tx: &mut Tx<'_>, passwords: &PasswordHasher, now: Instant) -> Result<Vec<UserId>, Problem> {
    let password_hash = passwords.hash_blocking(&SecretString::from(PASSWORD))?;
    let mut ids = Vec::new();
    for (email, name, _) in USERS {
        let user = NewUser {
            id: UserId::make(),
            email: email.to_owned(),
            email_key: email.to_owned(),
            password_hash: password_hash.clone(),
            display_name: name.to_owned(),
            language: Language::Vi,
            is_admin: false,
            email_verified_at: Some(now),
            created_at: now,
        };
        store::insert_user(tx, &user)?;
        ids.push(user.id);
    }
    Ok(ids)
}
