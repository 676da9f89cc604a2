//! Names the device of a login from its `User-Agent`, so that people recognise it. Not for decisions: anybody can send anything.

/// Characters of a `User-Agent` that are stored.
const MAX_CHARS: usize = 300;

/// The part of a `User-Agent` that is stored: printable characters only.
pub(super) fn clean(user_agent: &str) -> String {
    user_agent.chars().filter(|c| !c.is_control()).take(MAX_CHARS).collect()
}

/// The first of these pairs whose marker is in the text. More specific ones come first: every browser claims to be others, too.
fn first_match(text: &str, names: &[(&str, &'static str)]) -> Option<&'static str> {
    names.iter().find(|(marker, _)| text.contains(marker)).map(|(_, name)| *name)
}

/// Browser and system, for example `Chrome, Android`; a program by the first word of its `User-Agent`. `None` if it says nothing.
pub fn describe(user_agent: &str) -> Option<String> {
    let browser = first_match(
        user_agent,
        &[
            ("Zalo", "Zalo"),
            ("coc_coc", "Cốc Cốc"),
            ("SamsungBrowser", "Samsung Internet"),
            ("Edg", "Edge"),
            ("OPR/", "Opera"),
            ("Firefox", "Firefox"),
            ("FxiOS", "Firefox"),
            ("CriOS", "Chrome"),
            ("Chrome", "Chrome"),
            ("Safari", "Safari"),
        ],
    );
    let system = first_match(
        user_agent,
        &[
            ("Android", "Android"),
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Windows", "Windows"),
            ("Mac OS X", "macOS"),
            ("CrOS", "ChromeOS"),
            ("Linux", "Linux"),
        ],
    );
    let named: Vec<&str> = browser.into_iter().chain(system).collect();
    if named.is_empty() {
        let program = user_agent.split([' ', '/']).find(|word| !word.is_empty());
        return program.map(str::to_owned);
    }
    Some(named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_have_names() {
        let android = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36";
        let cases = [
            (android, Some("Chrome, Android")),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0",
                Some("Firefox, Windows"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1",
                Some("Safari, iPhone"),
            ),
            ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", Some("Edge, Windows")),
            ("curl/8.5.0", Some("curl")),
            ("", None),
        ];
        for (user_agent, name) in cases {
            assert_eq!(describe(user_agent).as_deref(), name, "{user_agent}");
        }
    }

    #[test]
    fn stored_text_is_short_and_printable() {
        assert_eq!(clean("a\u{1b}[31m\0b"), "a[31mb");
        assert_eq!(clean(&"x".repeat(5_000)).len(), MAX_CHARS);
    }
}
