//! Eligibility rules of a zone: by product group, locality and legal form. An empty rule matches every exhibitor.
use serde::{Deserialize, Serialize};

use crate::{organisations::LegalForm, products::ProductGroup};

/// The rules of a zone. Every non-empty rule must match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Eligibility {
    /// The exhibitor has at least one product of these groups.
    pub product_groups: Vec<ProductGroup>,
    /// The exhibitor has one of these legal forms.
    pub legal_forms: Vec<LegalForm>,
    /// The exhibitor is from one of these localities or their descendants (`vn.22` matches all of Quảng Ninh).
    pub localities: Vec<String>,
}

/// The attributes of an exhibitor that the rules check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub legal_form: LegalForm,
    /// Locality code; `None` if unknown.
    pub locality: Option<String>,
    pub product_groups: Vec<ProductGroup>,
}

/// A rule that the exhibitor does not meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnmetRule {
    /// No product of the required groups.
    ProductGroup,
    /// A legal form that is not listed.
    LegalForm,
    /// From another locality, or its locality is unknown.
    Locality,
}

/// Whether locality `code` equals `of` or is its descendant. Codes are dot-separated paths.
pub fn is_same_or_descendant(code: &str, of: &str) -> bool {
    code.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl Eligibility {
    /// All rules that a candidate does not meet.
    pub fn unmet_rules(&self, candidate: &Candidate) -> Vec<UnmetRule> {
        let has_group = self.product_groups.is_empty()
            || candidate.product_groups.iter().any(|group| self.product_groups.contains(group));
        let has_form = self.legal_forms.is_empty() || self.legal_forms.contains(&candidate.legal_form);
        let is_local = self.localities.is_empty()
            || candidate
                .locality
                .as_ref()
                .is_some_and(|code| self.localities.iter().any(|of| is_same_or_descendant(code, of)));
        [(has_group, UnmetRule::ProductGroup), (has_form, UnmetRule::LegalForm), (is_local, UnmetRule::Locality)]
            .into_iter()
            .filter_map(|(is_met, obstacle)| (!is_met).then_some(obstacle))
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
    fn empty_rules_match_every_candidate() {
        assert_eq!(Eligibility::default().unmet_rules(&candidate()), []);
    }

    #[test]
    fn locality_rule_matches_descendants_but_not_codes_with_the_same_prefix() {
        let only = |code: &str| Eligibility { localities: vec![code.into()], ..Eligibility::default() };
        assert_eq!(only("vn.22").unmet_rules(&candidate()), []);
        assert_eq!(only("vn.2").unmet_rules(&candidate()), [UnmetRule::Locality]);
        assert_eq!(only("vn.22.06652").unmet_rules(&candidate()), []);
        let without_locality = Candidate { locality: None, ..candidate() };
        assert_eq!(only("vn.22").unmet_rules(&without_locality), [UnmetRule::Locality]);
    }

    #[test]
    fn obstacles_lists_every_unmet_rule() {
        let rules = Eligibility {
            product_groups: vec![ProductGroup::Tourism],
            legal_forms: vec![LegalForm::Foreign],
            localities: vec!["vn.01".into()],
        };
        let all = [UnmetRule::ProductGroup, UnmetRule::LegalForm, UnmetRule::Locality];
        assert_eq!(rules.unmet_rules(&candidate()), all);
    }
}
