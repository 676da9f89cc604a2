//! Space draw: in the policy's order, each application gets the best free block. Deterministic: ties between blocks of
//! equal value go to the lower index.
use super::{
    instance::ApplicationIx,
    model::{BlockIx, Choice, ClassIx, Model},
    state::AssignmentState,
};

/// Runs the draw and returns the resulting state.
pub(super) fn draw<'m>(model: &'m Model<'m>) -> AssignmentState<'m> {
    let mut state = AssignmentState::new(model);
    // Index of the first free block per class. A taken block stays taken, so it only advances.
    let mut first_free_ix: Vec<usize> = vec![0; model.classes.len()];
    for applicant in 0..model.instance.applications.len() as ApplicationIx {
        if let Some(best) = best(&state, &mut first_free_ix, applicant) {
            state.assign(applicant, best.target, best.value);
        }
    }
    state
}

fn best(state: &AssignmentState<'_>, first_free_ix: &mut [usize], applicant: ApplicationIx) -> Option<Choice<BlockIx>> {
    let model = state.model;
    let fits = |block: BlockIx| state.is_free(block) && state.satisfies_separation(applicant, block);
    let mut best = model.wish_choices[applicant as usize].iter().find(|c| fits(c.target)).copied();
    for class in &model.class_choices[applicant as usize] {
        if best.is_some_and(|b| b.value > class.value) {
            break;
        }
        let candidate = first_free(state, first_free_ix, class.target).filter(|block| fits(*block));
        let candidate = candidate.or_else(|| {
            let remaining = &model.classes.get(class.target)[first_free_ix[class.target as usize]..];
            remaining.iter().copied().find(|block| fits(*block))
        });
        let Some(block) = candidate else { continue };
        if best.is_none_or(|b| b.value < class.value || block < b.target) {
            best = Some(Choice { target: block, value: class.value });
        }
    }
    best
}

fn first_free(state: &AssignmentState<'_>, first_free_ix: &mut [usize], class: ClassIx) -> Option<BlockIx> {
    let blocks = state.model.classes.get(class);
    let first = &mut first_free_ix[class as usize];
    while *first < blocks.len() && !state.is_free(blocks[*first]) {
        *first += 1;
    }
    blocks.get(*first).copied()
}
