//! Space draw: in the policy's order each applicant gets the best that is still free. Exact: among runs of equal
//! worth the first by number.
use super::{
    instance::ApplicantIx,
    model::{Choice, ClassIx, Model, RunIx},
    state::State,
};

/// Draws; returns each applicant's run.
pub(super) fn draw<'m>(model: &'m Model<'m>) -> State<'m> {
    let mut state = State::new(model);
    // A run that is taken stays taken, so nobody has to look at it again.
    let mut begins: Vec<usize> = vec![0; model.classes.len()];
    for applicant in 0..model.instance.applicants.len() as ApplicantIx {
        if let Some(best) = best(&state, &mut begins, applicant) {
            state.place(applicant, best.of, best.value);
        }
    }
    state
}

fn best(state: &State<'_>, begins: &mut [usize], applicant: ApplicantIx) -> Option<Choice<RunIx>> {
    let model = state.model;
    let fits = |run: RunIx| state.is_free(run) && state.is_at_peace(applicant, run);
    let mut best = model.by_wish[applicant as usize].iter().find(|c| fits(c.of)).copied();
    for class in &model.by_class[applicant as usize] {
        if best.is_some_and(|b| b.value > class.value) {
            break;
        }
        let first = first_free(state, begins, class.of).filter(|run| fits(*run));
        let first = first.or_else(|| {
            let rest = &model.classes.of(class.of)[begins[class.of as usize]..];
            rest.iter().copied().find(|run| fits(*run))
        });
        let Some(run) = first else { continue };
        if best.is_none_or(|b| b.value < class.value || run < b.of) {
            best = Some(Choice { of: run, value: class.value });
        }
    }
    best
}

fn first_free(state: &State<'_>, begins: &mut [usize], class: ClassIx) -> Option<RunIx> {
    let runs = state.model.classes.of(class);
    let begin = &mut begins[class as usize];
    while *begin < runs.len() && !state.is_free(runs[*begin]) {
        *begin += 1;
    }
    runs.get(*begin).copied()
}
