//! `hoicho person`: access to and erasure of personal data for requests on paper or by phone, with or without an
//! account; and ending logins.
use clap::{Args, Subcommand};

use super::{Place, open};
use hoicho_core::values::clock::Clock;
use hoicho_fair::personal_data::{Subject, erase, gather};
use hoicho_web::{http::Problem, identity::session};

#[derive(Args)]
pub struct Person {
    #[command(subcommand)]
    command: PersonCommand,
}

#[derive(Subcommand)]
enum PersonCommand {
    /// Print all personal data stored about a person, as JSON
    Show(PersonArgs),
    /// Erase the personal data of a person permanently; figures are not changed
    Erase(PersonArgs),
    /// End all logins of a person, for a lost device or someone who left
    SignOut(PersonArgs),
}

#[derive(Args)]
struct PersonArgs {
    /// E-mail address, or phone number as entered by an exhibitor
    who: String,
    #[command(flatten)]
    place: Place,
}

/// Runs the subcommand.
#[expect(clippy::print_stdout, reason = "the command's output")]
pub fn person(args: &Person) -> Result<(), String> {
    let (PersonCommand::Show(who) | PersonCommand::Erase(who) | PersonCommand::SignOut(who)) = &args.command;
    let (_, db) = open(&who.place)?;
    let (subject, now) = (Subject::of(&who.who), Clock::System.now());
    let runtime = actix_web::rt::System::new();
    let not_found = || format!("nothing is stored about {}", who.who);
    let message = |problem: Problem| problem.to_string();
    match &args.command {
        PersonCommand::Show(_) => {
            let data = runtime.block_on(db.read(move |tx| gather::gather(tx, &subject, now))).map_err(message)?;
            if data.is_empty() {
                return Err(not_found());
            }
            println!("{}", serde_json::to_string_pretty(&data).map_err(|e| e.to_string())?);
        }
        PersonCommand::Erase(_) => {
            let erased = runtime.block_on(erase::carry_out(&db, subject, now)).map_err(message)?;
            db.close();
            if erased.is_nothing() {
                return Err(not_found());
            }
            println!(
                "erased: {} account, {} contacts, {} invitations, {} mails, {} audit log entries",
                u8::from(erased.account),
                erased.contacts,
                erased.invitations,
                erased.letters,
                erased.lines
            );
        }
        PersonCommand::SignOut(_) => {
            let revoked = db.write_now(|tx| session::sign_out(tx, &who.who, now)).map_err(message)?;
            db.close();
            let revoked = revoked.ok_or_else(not_found)?;
            println!(
                "{} signed out: {revoked} refresh tokens revoked; issued access tokens stay valid until they expire",
                who.who
            );
        }
    }
    Ok(())
}
