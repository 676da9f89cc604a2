//! `hoicho person`: access to and erasure of personal data for requests on paper or by phone, with or without an
//! account; ending logins; and turning off a second factor.
use clap::{Args, Subcommand};

use super::setup::{CommonArgs, open_database};
use hoicho_core::values::clock::Clock;
use hoicho_fair::personal_data::{DataSubject, erase, export};
use hoicho_web::{
    http::Problem,
    identity::{second_factor::enrolment, session},
};

#[derive(Args)]
pub struct Person {
    #[command(subcommand)]
    command: PersonCommand,
}

#[derive(Subcommand)]
enum PersonCommand {
    /// Print all personal data stored about a person, as JSON
    Show(PersonSubject),
    /// Erase the personal data of a person permanently; figures are not changed
    Erase(PersonSubject),
    /// End all logins of a person, for a lost device or someone who left
    SignOut(PersonSubject),
    /// Turn off the second factor of a person who has lost phone and recovery codes, remove their passkeys, end all logins
    RemoveSecondFactor(PersonSubject),
}

#[derive(Args)]
struct PersonSubject {
    /// E-mail address, or phone number as entered by an exhibitor
    who: String,
    #[command(flatten)]
    place: CommonArgs,
}

/// Runs the subcommand.
#[expect(clippy::print_stdout, reason = "the command's output")]
pub fn person(args: &Person) -> Result<(), String> {
    let (PersonCommand::Show(who)
    | PersonCommand::Erase(who)
    | PersonCommand::SignOut(who)
    | PersonCommand::RemoveSecondFactor(who)) = &args.command;
    let (_, db) = open_database(&who.place)?;
    let (subject, now) = (DataSubject::parse(&who.who), Clock::System.now());
    let runtime = actix_web::rt::System::new();
    let not_found = || format!("nothing is stored about {}", who.who);
    let message = |problem: Problem| problem.to_string();
    match &args.command {
        PersonCommand::Show(_) => {
            let data = runtime.block_on(db.read(move |tx| export::export(tx, &subject, now))).map_err(message)?;
            if data.is_empty() {
                return Err(not_found());
            }
            println!("{}", serde_json::to_string_pretty(&data).map_err(|e| e.to_string())?);
        }
        PersonCommand::Erase(_) => {
            let erased = runtime.block_on(erase::find_and_erase(&db, subject, now)).map_err(message)?;
            db.close();
            if erased.is_empty() {
                return Err(not_found());
            }
            println!(
                "erased: {} account, {} contacts, {} invitations, {} mails, {} audit log entries",
                u8::from(erased.account),
                erased.contacts,
                erased.invitations,
                erased.emails,
                erased.audit_entries
            );
        }
        PersonCommand::SignOut(_) => {
            let revoked = db.write_blocking(|tx| session::end_all(tx, &who.who, now)).map_err(message)?;
            db.close();
            let revoked = revoked.ok_or_else(not_found)?;
            println!("{} signed out: {revoked} refresh tokens revoked, access tokens refused within seconds", who.who);
        }
        PersonCommand::RemoveSecondFactor(_) => {
            let removed = db.write_blocking(|tx| enrolment::remove_by_operator(tx, &who.who, now)).map_err(message)?;
            db.close();
            if !removed.ok_or_else(not_found)? {
                return Err(format!("{} has neither a second factor nor a passkey", who.who));
            }
            println!(
                "the second factor of {} is turned off, all passkeys are removed and all logins have ended; an e-mail says so",
                who.who
            );
        }
    }
    Ok(())
}
