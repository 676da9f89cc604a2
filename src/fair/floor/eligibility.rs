//! Who may stand in a zone: by product group, locality and legal form. A rule that names nothing lets everybody in.
use serde::{Deserialize, Serialize};

use crate::{exhibitors::LegalForm, products::ProductGroup};

/// A zone's rules; all that name something must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Eligibility {
    /// At least one product of these groups.
    pub product_groups: Vec<ProductGroup>,
    /// One of these legal forms.
    pub legal_forms: Vec<LegalForm>,
    /// From one of these localities, or a part of one (`vn.22` takes all of Quảng Ninh).
    pub localities: Vec<String>,
}

/// Who wants to stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// In law.
    pub legal_form: LegalForm,
    /// Code of its locality, where it is known.
    pub locality: Option<String>,
    /// Of its products.
    pub product_groups: Vec<ProductGroup>,
}

/// Which rule stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// It has no product of the groups.
    ProductGroup,
    /// It has another legal form.
    LegalForm,
    /// It is from elsewhere.
    Locality,
}

/// Whether `code` is `of` or a part of it: codes are paths.
pub fn is_part_of(code: &str, of: &str) -> bool {
    code.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl Eligibility {
    /// Everything that stands in a candidate's way.
    pub fn obstacles(&self, candidate: &Candidate) -> Vec<Obstacle> {
        let sells = self.product_groups.is_empty()
            || candidate.product_groups.iter().any(|group| self.product_groups.contains(group));
        let is_form = self.legal_forms.is_empty() || self.legal_forms.contains(&candidate.legal_form);
        let is_from = self.localities.is_empty()
            || candidate.locality.as_ref().is_some_and(|code| self.localities.iter().any(|of| is_part_of(code, of)));
        [(sells, Obstacle::ProductGroup), (is_form, Obstacle::LegalForm), (is_from, Obstacle::Locality)]
            .into_iter()
            .filter_map(|(holds, obstacle)| (!holds).then_some(obstacle))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate() -> Candidate {
        Candidate {
            legal_form: LegalForm::CoOperative,
            locality: Some("vn.22.06652".into()),
            product_groups: vec![ProductGroup::Food],
        }
    }

    #[test]
    fn a_rule_that_names_nothing_lets_everybody_in() {
        assert_eq!(Eligibility::default().obstacles(&candidate()), []);
    }

    #[test]
    fn a_province_takes_its_communes_and_no_other_codes_that_begin_alike() {
        let only = |code: &str| Eligibility { localities: vec![code.into()], ..Eligibility::default() };
        assert_eq!(only("vn.22").obstacles(&candidate()), []);
        assert_eq!(only("vn.2").obstacles(&candidate()), [Obstacle::Locality]);
        assert_eq!(only("vn.22.06652").obstacles(&candidate()), []);
        let nowhere = Candidate { locality: None, ..candidate() };
        assert_eq!(only("vn.22").obstacles(&nowhere), [Obstacle::Locality]);
    }

    #[test]
    fn every_obstacle_is_named() {
        let rules = Eligibility {
            product_groups: vec![ProductGroup::Tourism],
            legal_forms: vec![LegalForm::Foreign],
            localities: vec!["vn.01".into()],
        };
        let all = [Obstacle::ProductGroup, Obstacle::LegalForm, Obstacle::Locality];
        assert_eq!(rules.obstacles(&candidate()), all);
    }
}
