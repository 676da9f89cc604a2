//! Space draw: in the policy's order, each application gets the best free block. Deterministic: ties between blocks of
//! equal value go to the lower index.
use super::{
    instance::ApplicantIx,
    model::{Choice, ClassIx, Model, RunIx},
    state::State,
};

/// Runs the draw and returns the resulting state.
pub(super) fn draw<'m>(model: &'m Model<'m>) -> State<'m> {
    let mut state = State::new(model);
    // Index of the first free block per class. A taken block stays taken, so it only advances.
    let mut first_free_ix: Vec<usize> = vec![0; model.classes.len()];
    for applicant in 0..model.instance.applicants.len() as ApplicantIx {
        if let Some(best) = best(&state, &mut first_free_ix, applicant) {
            state.place(applicant, best.of, best.value);
        }
    }
    state
}

fn best(state: &State<'_>, first_free_ix: &mut [usize], applicant: ApplicantIx) -> Option<Choice<RunIx>> {
    let model = state.model;
    let fits = |block: RunIx| state.is_free(block) && state.is_at_peace(applicant, block);
    let mut best = model.by_wish[applicant as usize].iter().find(|c| fits(c.of)).copied();
    for class in &model.by_class[applicant as usize] {
        if best.is_some_and(|b| b.value > class.value) {
            break;
        }
        let candidate = first_free(state, first_free_ix, class.of).filter(|block| fits(*block));
        let candidate = candidate.or_else(|| {
            let remaining = &model.classes.of(class.of)[first_free_ix[class.of as usize]..];
            remaining.iter().copied().find(|block| fits(*block))
        });
        let Some(block) = candidate else { continue };
        if best.is_none_or(|b| b.value < class.value || block < b.of) {
            best = Some(Choice { of: block, value: class.value });
        }
    }
    best
}

fn first_free(state: &State<'_>, first_free_ix: &mut [usize], class: ClassIx) -> Option<RunIx> {
    let blocks = state.model.classes.of(class);
    let first = &mut first_free_ix[class as usize];
    while *first < blocks.len() && !state.is_free(blocks[*first]) {
        *first += 1;
    }
    blocks.get(*first).copied()
}
