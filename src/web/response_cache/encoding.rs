//! In which of its forms a kept answer is given.

/// How bytes are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Encoding {
    /// Not at all.
    Identity,
    /// By gzip, which every program knows.
    Gzip,
    /// By Zstandard.
    Zstd,
    /// By Brotli, the smallest.
    Brotli,
}

impl Encoding {
    /// As HTTP calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Encoding::Identity => "identity",
            Encoding::Gzip => "gzip",
            Encoding::Zstd => "zstd",
            Encoding::Brotli => "br",
        }
    }

    /// The smallest form that the caller takes. What is packed is packed once, so time does not count.
    pub(super) fn wanted(accepted: &str) -> Self {
        let takes = |name: &str| {
            accepted.split(',').any(|part| {
                let (coding, quality) = part.split_once(';').unwrap_or((part, "q=1"));
                let refused = quality.trim().trim_start_matches("q=").parse::<f32>().is_ok_and(|q| q <= 0.0);
                coding.trim().eq_ignore_ascii_case(name) && !refused
            })
        };
        [Encoding::Brotli, Encoding::Zstd, Encoding::Gzip]
            .into_iter()
            .find(|encoding| takes(encoding.name()))
            .unwrap_or(Encoding::Identity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_gets_the_smallest_form_it_takes() {
        for (accepted, wanted) in [
            ("", Encoding::Identity),
            ("identity", Encoding::Identity),
            ("gzip", Encoding::Gzip),
            ("gzip, deflate, br, zstd", Encoding::Brotli),
            ("gzip, deflate, br;q=0", Encoding::Gzip),
            ("GZIP;q=0.5,zstd;q=0.1", Encoding::Zstd),
            ("brotli", Encoding::Identity),
        ] {
            assert_eq!(Encoding::wanted(accepted), wanted, "{accepted}");
        }
    }
}
