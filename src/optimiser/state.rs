//! Mutable state of an assignment during the search: occupied booths, free blocks per class, and the objective. All
//! changes are incremental and reversible.
use super::{
    instance::{ApplicantIx, BoothIx},
    model::{ClassIx, Model, RunIx},
};

/// Free blocks of one class that are checked against the separation rules.
const MAX_ATTEMPTS_PER_CLASS: u32 = 16;

/// Sentinel: no application, or no block.
pub(super) const NONE: u32 = u32::MAX;

/// An assignment under construction.
pub(super) struct State<'m> {
    pub model: &'m Model<'m>,
    pub run_of: Vec<RunIx>,
    pub value_of: Vec<i64>,
    pub on_booth: Vec<ApplicantIx>,
    pub served: i64,
    pub value: i64,
    /// Number of occupied booths per block; 0 means free.
    taken: Vec<u8>,
    /// Blocks of each class, partitioned with the free ones first.
    order: Vec<RunIx>,
    /// Position of a block in `order` within each of its classes.
    place: Vec<u32>,
    /// Number of free blocks per class.
    free: Vec<u32>,
}

impl<'m> State<'m> {
    /// The initial state: only fixed applications are assigned.
    pub fn new(model: &'m Model<'m>) -> Self {
        let mut order = Vec::with_capacity(model.classes.items());
        let mut place = vec![0; model.classes_of.items()];
        for class in 0..model.classes.len() as ClassIx {
            for (n, block) in model.classes.of(class).iter().enumerate() {
                order.push(*block);
                place[slot(model, *block, class)] = n as u32;
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

    /// Number of free blocks of a class.
    pub fn free(&self, class: ClassIx) -> u32 {
        self.free[class as usize]
    }

    /// The `n`-th free block of a class.
    pub fn free_run(&self, class: ClassIx, n: u32) -> RunIx {
        self.order[self.model.classes.range(class).start + n as usize]
    }

    pub fn is_free(&self, block: RunIx) -> bool {
        self.taken[block as usize] == 0
    }

    pub fn place(&mut self, applicant: ApplicantIx, block: RunIx, value: i64) {
        self.run_of[applicant as usize] = block;
        self.value_of[applicant as usize] = value;
        self.served += 1;
        self.value += value;
        for booth in self.model.runs.of(block) {
            self.take_booth(applicant, *booth);
        }
    }

    pub fn lift(&mut self, applicant: ApplicantIx) {
        let block = std::mem::replace(&mut self.run_of[applicant as usize], NONE);
        self.served -= 1;
        self.value -= std::mem::take(&mut self.value_of[applicant as usize]);
        let model = self.model;
        for booth in model.runs.of(block) {
            self.on_booth[*booth as usize] = NONE;
            for through in model.through.of(*booth) {
                self.taken[*through as usize] -= 1;
                if self.taken[*through as usize] == 0 {
                    self.repartition(*through, |free| {
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
                self.repartition(*through, |free| {
                    *free -= 1;
                    *free
                });
            }
        }
    }

    /// Moves a block across the boundary between free and taken blocks in each of its classes.
    fn repartition(&mut self, block: RunIx, boundary: impl Fn(&mut u32) -> u32) {
        let model = self.model;
        for (at, class) in model.classes_of.range(block).zip(model.classes_of.of(block)) {
            let to = boundary(&mut self.free[*class as usize]);
            let from = self.place[at];
            let first = model.classes.range(*class).start;
            let other = self.order[first + to as usize];
            self.order.swap(first + from as usize, first + to as usize);
            self.place[at] = to;
            if other != block {
                self.place[slot(model, other, *class)] = from;
            }
        }
    }

    /// Whether assigning the block to the application satisfies its separation rules.
    pub fn is_at_peace(&self, applicant: ApplicantIx, block: RunIx) -> bool {
        if !self.model.is_touchy(applicant) {
            return true;
        }
        let booths = self.model.runs.of(block);
        let neighbours = booths.iter().flat_map(|b| &self.model.instance.touching[*b as usize]);
        neighbours
            .map(|b| self.on_booth[*b as usize])
            .all(|other| other == NONE || other == applicant || !self.model.must_be_apart(applicant, other))
    }

    /// The best free block for an application and its value: a wished block, or a block of its best class with a free
    /// one. `turn` selects among the free blocks of the class.
    pub fn best_free(&self, applicant: ApplicantIx, turn: u32) -> Option<(RunIx, i64)> {
        let wished = self.model.by_wish[applicant as usize]
            .iter()
            .find(|c| self.is_free(c.of) && self.is_at_peace(applicant, c.of));
        for class in &self.model.by_class[applicant as usize] {
            if let Some(wished) = wished.filter(|w| w.value >= class.value) {
                return Some((wished.of, wished.value));
            }
            let free = self.free(class.of);
            // With separation rules the first free block may not be allowed.
            for n in 0..free.min(MAX_ATTEMPTS_PER_CLASS) {
                let block = self.free_run(class.of, (turn.wrapping_add(n)) % free);
                if self.is_at_peace(applicant, block) {
                    return Some((block, class.value));
                }
            }
        }
        wished.map(|w| (w.of, w.value))
    }
}

/// Index into `place` for a block and one of its classes. Linear search: a block has few classes.
fn slot(model: &Model<'_>, block: RunIx, class: ClassIx) -> usize {
    let of = model.classes_of.of(block);
    model.classes_of.range(block).start + of.iter().position(|c| *c == class).unwrap_or_default()
}
