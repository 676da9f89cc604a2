//! List of editions with their main figures.
use super::store;
use crate::editions;
use hoicho_core::db::Tx;
use hoicho_web::http::Problem;

/// One line of the list.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Used in URLs.
    pub slug: String,
    pub name: String,
    pub booths: i64,
    pub visits: i64,
    /// Retail sales, minor units.
    pub sales: i64,
}

/// The first `limit` public editions.
pub fn list_overviews(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Overview>, Problem> {
    let editions = editions::store::list_page(tx, editions::store::Visibility::Public(None), "", limit)?;
    let ids: Vec<_> = editions.iter().map(|e| e.id).collect();
    let (mut booths, mut sales, mut visits) = store::find_totals(tx, &ids)?;
    Ok(editions
        .into_iter()
        .map(|e| Overview {
            booths: booths.remove(&e.id).or(e.declared_booths.map(i64::from)).unwrap_or(0),
            visits: visits.remove(&e.id).or(e.declared_visits).unwrap_or(0),
            sales: sales.remove(&e.id).or(e.declared_sales).unwrap_or(0),
            slug: e.slug,
            name: e.name,
        })
        .collect())
}
