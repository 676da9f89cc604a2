//! A plan under change: who is where, which runs are free, and what it is worth; every change can be taken back.
use super::{
    instance::{ApplicantIx, BoothIx},
    model::{ClassIx, Model, RunIx},
};

/// Nobody, or nowhere.
pub(super) const NONE: u32 = u32::MAX;

/// Who is where.
pub(super) struct State<'m> {
    pub model: &'m Model<'m>,
    pub run_of: Vec<RunIx>,
    pub value_of: Vec<i64>,
    pub on_booth: Vec<ApplicantIx>,
    pub served: i64,
    pub value: i64,
    /// How many booths of a run are taken.
    taken: Vec<u8>,
    /// Runs of each class, the free ones first.
    order: Vec<RunIx>,
    /// Where in `order` a run is, for each of its classes.
    place: Vec<u32>,
    free: Vec<u32>,
}

impl<'m> State<'m> {
    /// Only those who stay are there.
    pub fn new(model: &'m Model<'m>) -> Self {
        let mut order = Vec::with_capacity(model.classes.items());
        let mut place = vec![0; model.classes_of.items()];
        for class in 0..model.classes.len() as ClassIx {
            for (n, run) in model.classes.of(class).iter().enumerate() {
                order.push(*run);
                place[slot(model, *run, class)] = n as u32;
            }
        }
        let n = model.instance.applicants.len();
        let mut state = Self {
            model,
            run_of: vec![NONE; n],
            value_of: vec![0; n],
            on_booth: vec![NONE; model.instance.booths.len()],
            served: 0,
            value: 0,
            taken: vec![0; model.runs.len()],
            order,
            place,
            free: (0..model.classes.len() as ClassIx).map(|c| model.classes.of(c).len() as u32).collect(),
        };
        for (applicant, booths) in &model.fixed {
            booths.iter().for_each(|b| state.take_booth(*applicant, *b));
            state.served += 1;
        }
        state
    }

    /// How many runs of a class are free.
    pub fn free(&self, class: ClassIx) -> u32 {
        self.free[class as usize]
    }

    /// A free run of a class.
    pub fn free_run(&self, class: ClassIx, n: u32) -> RunIx {
        self.order[self.model.classes.range(class).start + n as usize]
    }

    pub fn is_free(&self, run: RunIx) -> bool {
        self.taken[run as usize] == 0
    }

    pub fn place(&mut self, applicant: ApplicantIx, run: RunIx, value: i64) {
        self.run_of[applicant as usize] = run;
        self.value_of[applicant as usize] = value;
        self.served += 1;
        self.value += value;
        for booth in self.model.runs.of(run) {
            self.take_booth(applicant, *booth);
        }
    }

    pub fn lift(&mut self, applicant: ApplicantIx) {
        let run = std::mem::replace(&mut self.run_of[applicant as usize], NONE);
        self.served -= 1;
        self.value -= std::mem::take(&mut self.value_of[applicant as usize]);
        let model = self.model;
        for booth in model.runs.of(run) {
            self.on_booth[*booth as usize] = NONE;
            for through in model.through.of(*booth) {
                self.taken[*through as usize] -= 1;
                if self.taken[*through as usize] == 0 {
                    self.move_to(*through, |free| {
                        *free += 1;
                        *free - 1
                    });
                }
            }
        }
    }

    fn take_booth(&mut self, applicant: ApplicantIx, booth: BoothIx) {
        self.on_booth[booth as usize] = applicant;
        let model = self.model;
        for through in model.through.of(booth) {
            self.taken[*through as usize] += 1;
            if self.taken[*through as usize] == 1 {
                self.move_to(*through, |free| {
                    *free -= 1;
                    *free
                });
            }
        }
    }

    /// Moves a run over the border between free and taken runs of its classes.
    fn move_to(&mut self, run: RunIx, border: impl Fn(&mut u32) -> u32) {
        let model = self.model;
        for (at, class) in model.classes_of.range(run).zip(model.classes_of.of(run)) {
            let to = border(&mut self.free[*class as usize]);
            let from = self.place[at];
            let first = model.classes.range(*class).start;
            let other = self.order[first + to as usize];
            self.order.swap(first + from as usize, first + to as usize);
            self.place[at] = to;
            if other != run {
                self.place[slot(model, other, *class)] = from;
            }
        }
    }

    /// Whether somebody may stand on a run without a neighbour it must be kept from.
    pub fn is_at_peace(&self, applicant: ApplicantIx, run: RunIx) -> bool {
        if !self.model.is_touchy(applicant) {
            return true;
        }
        let booths = self.model.runs.of(run);
        let neighbours = booths.iter().flat_map(|b| &self.model.instance.touching[*b as usize]);
        neighbours
            .map(|b| self.on_booth[*b as usize])
            .all(|other| other == NONE || other == applicant || !self.model.must_be_apart(applicant, other))
    }

    /// The best free run for somebody: of those they wish for, else of the best class that has one. `turn` picks
    /// among the free runs of a class.
    pub fn best_free(&self, applicant: ApplicantIx, turn: u32) -> Option<(RunIx, i64)> {
        let wished = self.model.by_wish[applicant as usize]
            .iter()
            .find(|c| self.is_free(c.of) && self.is_at_peace(applicant, c.of));
        for class in &self.model.by_class[applicant as usize] {
            if let Some(wished) = wished.filter(|w| w.value >= class.value) {
                return Some((wished.of, wished.value));
            }
            let free = self.free(class.of);
            // Whoever must be kept apart may have to look at several.
            for n in 0..free.min(16) {
                let run = self.free_run(class.of, (turn.wrapping_add(n)) % free);
                if self.is_at_peace(applicant, run) {
                    return Some((run, class.value));
                }
            }
        }
        wished.map(|w| (w.of, w.value))
    }
}

/// Where `place` keeps a run's place in a class; a run has few classes.
fn slot(model: &Model<'_>, run: RunIx, class: ClassIx) -> usize {
    let of = model.classes_of.of(run);
    model.classes_of.range(run).start + of.iter().position(|c| *c == class).unwrap_or_default()
}
