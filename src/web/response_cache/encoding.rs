//! Content negotiation: the content coding of a cached response.
use actix_web::http::header::{AcceptEncoding, ContentEncoding, Encoding, Preference, Quality};

/// The coding with the smallest output that `Accept-Encoding` allows. A cached response is compressed once, so the time it takes does
/// not matter, and preferences (`q`) other than 0 are ignored; `AcceptEncoding::negotiate` would follow them, and would store a
/// response once more for clients that rank the codings differently.
pub(super) fn negotiate(accepted: &AcceptEncoding) -> ContentEncoding {
    let accepts = |encoding: &ContentEncoding| {
        let coding = Preference::Specific(Encoding::Known(*encoding));
        accepted.iter().any(|offered| offered.item == coding && offered.quality > Quality::ZERO)
    };
    let smallest_first = [ContentEncoding::Brotli, ContentEncoding::Zstd, ContentEncoding::Gzip];
    smallest_first.into_iter().find(accepts).unwrap_or(ContentEncoding::Identity)
}

#[cfg(test)]
mod tests {
    use actix_web::{
        http::header::{ACCEPT_ENCODING, Header},
        test::TestRequest,
    };

    use super::*;

    #[test]
    fn negotiates_the_smallest_accepted_coding() {
        let cases: [(&[&str], ContentEncoding); 10] = [
            (&[], ContentEncoding::Identity),
            (&[""], ContentEncoding::Identity),
            (&["identity"], ContentEncoding::Identity),
            (&["gzip"], ContentEncoding::Gzip),
            (&["gzip, deflate, br, zstd"], ContentEncoding::Brotli),
            (&["gzip, deflate, br;q=0"], ContentEncoding::Gzip),
            (&["GZIP;q=0.5,zstd;q=0.1"], ContentEncoding::Zstd),
            (&["brotli"], ContentEncoding::Identity),
            (&["gzip", "br; q=0.000"], ContentEncoding::Gzip),
            (&["gzip", "zstd"], ContentEncoding::Zstd),
        ];
        for (lines, expected) in cases {
            let request =
                lines.iter().fold(TestRequest::default(), |r, line| r.append_header((ACCEPT_ENCODING, *line)));
            let accepted = AcceptEncoding::parse(&request.to_http_request()).unwrap();
            assert_eq!(negotiate(&accepted), expected, "{lines:?}");
        }
    }
}
