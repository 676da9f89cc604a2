//! Content negotiation: the content coding of a cached response.

/// A content coding of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Encoding {
    /// Uncompressed.
    Identity,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
    /// Brotli, the smallest.
    Brotli,
}

impl Encoding {
    /// Name in `Accept-Encoding` and `Content-Encoding`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Encoding::Identity => "identity",
            Encoding::Gzip => "gzip",
            Encoding::Zstd => "zstd",
            Encoding::Brotli => "br",
        }
    }

    /// The coding with the smallest output that `Accept-Encoding` allows. A cached response is compressed once, so the time
    /// it takes does not matter; preferences (`q`) other than 0 are ignored.
    pub(super) fn negotiate(accepted: &str) -> Self {
        let accepts = |name: &str| {
            accepted.split(',').any(|part| {
                let (coding, quality) = part.split_once(';').unwrap_or((part, "q=1"));
                let excluded = quality.trim().trim_start_matches("q=").parse::<f32>().is_ok_and(|q| q <= 0.0);
                coding.trim().eq_ignore_ascii_case(name) && !excluded
            })
        };
        [Encoding::Brotli, Encoding::Zstd, Encoding::Gzip]
            .into_iter()
            .find(|encoding| accepts(encoding.name()))
            .unwrap_or(Encoding::Identity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negotiates_the_smallest_accepted_coding() {
        for (accepted, expected) in [
            ("", Encoding::Identity),
            ("identity", Encoding::Identity),
            ("gzip", Encoding::Gzip),
            ("gzip, deflate, br, zstd", Encoding::Brotli),
            ("gzip, deflate, br;q=0", Encoding::Gzip),
            ("GZIP;q=0.5,zstd;q=0.1", Encoding::Zstd),
            ("brotli", Encoding::Identity),
        ] {
            assert_eq!(Encoding::negotiate(accepted), expected, "{accepted}");
        }
    }
}
