//! Mutable state of an assignment during the search: occupied booths, free blocks per class, and the objective. All
//! changes are incremental and reversible.
use super::{
    instance::{ApplicationIx, BoothIx},
    model::{BlockIx, ClassIx, Model},
};

/// Free blocks of one class that are checked against the separation rules.
const MAX_ATTEMPTS_PER_CLASS: u32 = 16;

/// Sentinel: no application, or no block.
pub(super) const NONE: u32 = u32::MAX;

/// An assignment under construction.
pub(super) struct AssignmentState<'m> {
    pub model: &'m Model<'m>,
    pub block_of: Vec<BlockIx>,
    pub value_of: Vec<i64>,
    pub application_on_booth: Vec<ApplicationIx>,
    pub served: i64,
    pub value: i64,
    /// Number of occupied booths per block; 0 means free.
    taken: Vec<u8>,
    /// Blocks of each class, partitioned with the free ones first.
    order: Vec<BlockIx>,
    /// Position of a block in `order` within each of its classes.
    place: Vec<u32>,
    /// Number of free blocks per class.
    free: Vec<u32>,
}

impl<'m> AssignmentState<'m> {
    /// The initial state: only fixed applications are assigned.
    pub fn new(model: &'m Model<'m>) -> Self {
        let mut order = Vec::with_capacity(model.classes.item_count());
        let mut place = vec![0; model.classes_of_block.item_count()];
        for class in 0..model.classes.len() as ClassIx {
            for (n, block) in model.classes.get(class).iter().enumerate() {
                order.push(*block);
                place[slot(model, *block, class)] = n as u32;
            }
        }
        let n = model.instance.applications.len();
        let mut state = Self {
            model,
            block_of: vec![NONE; n],
            value_of: vec![0; n],
            application_on_booth: vec![NONE; model.instance.booths.len()],
            served: 0,
            value: 0,
            taken: vec![0; model.blocks.len()],
            order,
            place,
            free: (0..model.classes.len() as ClassIx).map(|c| model.classes.get(c).len() as u32).collect(),
        };
        for (applicant, booths) in &model.fixed_booths {
            booths.iter().for_each(|b| state.take_booth(*applicant, *b));
            state.served += 1;
        }
        state
    }

    /// Number of free blocks of a class.
    pub fn free_count(&self, class: ClassIx) -> u32 {
        self.free[class as usize]
    }

    /// The `n`-th free block of a class.
    pub fn free_block(&self, class: ClassIx, n: u32) -> BlockIx {
        self.order[self.model.classes.range(class).start + n as usize]
    }

    pub fn is_free(&self, block: BlockIx) -> bool {
        self.taken[block as usize] == 0
    }

    pub fn assign(&mut self, applicant: ApplicationIx, block: BlockIx, value: i64) {
        self.block_of[applicant as usize] = block;
        self.value_of[applicant as usize] = value;
        self.served += 1;
        self.value += value;
        for booth in self.model.blocks.get(block) {
            self.take_booth(applicant, *booth);
        }
    }

    pub fn unassign(&mut self, applicant: ApplicationIx) {
        let block = std::mem::replace(&mut self.block_of[applicant as usize], NONE);
        self.served -= 1;
        self.value -= std::mem::take(&mut self.value_of[applicant as usize]);
        let model = self.model;
        for booth in model.blocks.get(block) {
            self.application_on_booth[*booth as usize] = NONE;
            for through in model.blocks_of_booth.get(*booth) {
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

    fn take_booth(&mut self, applicant: ApplicationIx, booth: BoothIx) {
        self.application_on_booth[booth as usize] = applicant;
        let model = self.model;
        for through in model.blocks_of_booth.get(booth) {
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
    fn repartition(&mut self, block: BlockIx, boundary: impl Fn(&mut u32) -> u32) {
        let model = self.model;
        for (at, class) in model.classes_of_block.range(block).zip(model.classes_of_block.get(block)) {
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
    pub fn satisfies_separation(&self, applicant: ApplicationIx, block: BlockIx) -> bool {
        if !self.model.has_separation_rule(applicant) {
            return true;
        }
        let booths = self.model.blocks.get(block);
        let neighbours = booths.iter().flat_map(|b| &self.model.instance.adjacent[*b as usize]);
        neighbours
            .map(|b| self.application_on_booth[*b as usize])
            .all(|other| other == NONE || other == applicant || !self.model.must_be_separated(applicant, other))
    }

    /// The best free block for an application and its value: a wished block, or a block of its best class with a free
    /// one. `turn` selects among the free blocks of the class.
    pub fn best_free_block(&self, applicant: ApplicationIx, turn: u32) -> Option<(BlockIx, i64)> {
        let wished = self.model.wish_choices[applicant as usize]
            .iter()
            .find(|c| self.is_free(c.target) && self.satisfies_separation(applicant, c.target));
        for class in &self.model.class_choices[applicant as usize] {
            if let Some(wished) = wished.filter(|w| w.value >= class.value) {
                return Some((wished.target, wished.value));
            }
            let free = self.free_count(class.target);
            // With separation rules the first free block may not be allowed.
            for n in 0..free.min(MAX_ATTEMPTS_PER_CLASS) {
                let block = self.free_block(class.target, (turn.wrapping_add(n)) % free);
                if self.satisfies_separation(applicant, block) {
                    return Some((block, class.value));
                }
            }
        }
        wished.map(|w| (w.target, w.value))
    }
}

/// Index into `place` for a block and one of its classes. Linear search: a block has few classes.
fn slot(model: &Model<'_>, block: BlockIx, class: ClassIx) -> usize {
    let of = model.classes_of_block.get(block);
    model.classes_of_block.range(block).start + of.iter().position(|c| *c == class).unwrap_or_default()
}
