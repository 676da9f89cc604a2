//! `hoicho person`: what is kept of somebody who asks on paper or by phone, with an account or without; and their logins.
use clap::{Args, Subcommand};

use super::{Place, open};
use hoicho_core::values::clock::Clock;
use hoicho_fair::personal_data::{Subject, erase, gather};
use hoicho_web::{http::Problem, identity::session};

#[derive(Args)]
pub struct Person {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Print everything that is kept of somebody, as JSON
    Show(Who),
    /// Erase somebody for good; figures stay as they are
    Erase(Who),
    /// End every login of somebody: their phone was lost, or they left
    SignOut(Who),
}

#[derive(Args)]
struct Who {
    /// Their e-mail address, or the phone number as an exhibitor wrote it
    who: String,
    #[command(flatten)]
    place: Place,
}

/// Does what was asked.
#[expect(clippy::print_stdout, reason = "the command's output")]
pub fn person(asked: &Person) -> Result<(), String> {
    let (What::Show(who) | What::Erase(who) | What::SignOut(who)) = &asked.what;
    let (_, db) = open(&who.place)?;
    let (subject, now) = (Subject::of(&who.who), Clock::System.now());
    let runtime = actix_web::rt::System::new();
    let nobody = || format!("nothing is kept of {}", who.who);
    let failed = |problem: Problem| problem.to_string();
    match &asked.what {
        What::Show(_) => {
            let data = runtime.block_on(db.read(move |tx| gather::gather(tx, &subject, now))).map_err(failed)?;
            if data.is_empty() {
                return Err(nobody());
            }
            println!("{}", serde_json::to_string_pretty(&data).map_err(|e| e.to_string())?);
        }
        What::Erase(_) => {
            let erased = runtime.block_on(erase::carry_out(&db, subject, now)).map_err(failed)?;
            db.close();
            if erased.is_nothing() {
                return Err(nobody());
            }
            println!(
                "erased: {} account, {} contacts, {} invitations, {} letters, {} lines of the log",
                u8::from(erased.account),
                erased.contacts,
                erased.invitations,
                erased.letters,
                erased.lines
            );
        }
        What::SignOut(_) => {
            let ended = db.write_now(|tx| session::sign_out(tx, &who.who, now)).map_err(failed)?;
            db.close();
            let ended = ended.ok_or_else(nobody)?;
            println!("{} signed out; what is open now may go on for some minutes ({ended} tokens)", who.who);
        }
    }
    Ok(())
}
