//! Splits a typed number into numbers, words and symbols.

/// A token with the text that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// Digits with `.`, `,` and single blanks between them.
    Number(String),
    /// Digits as above, and a power of ten: `1,25E+07`.
    Scientific(String, i32),
    /// Letters in lower case. `²` after letters is written `2`.
    Word(String),
    /// Anything else that is not a blank.
    Symbol(char),
}

/// Whether the character is a blank, including the ones that spreadsheets put between groups of digits.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{feff}' | '\u{200b}')
}

fn digits_at(chars: &[char], from: usize) -> usize {
    chars.iter().skip(from).take_while(|c| c.is_ascii_digit()).count()
}

fn at(chars: &[char], ix: usize) -> Option<char> {
    chars.get(ix).copied()
}

/// The length of the number that begins at `from`: a separator belongs to it if a digit follows, a blank if exactly three do.
fn number_length(chars: &[char], from: usize) -> usize {
    let mut end = from + digits_at(chars, from);
    loop {
        match at(chars, end) {
            Some('.' | ',') if digits_at(chars, end + 1) > 0 => end += 1 + digits_at(chars, end + 1),
            Some(c) if is_blank(c) && digits_at(chars, end + 1) == 3 => end += 4,
            Some(_) | None => return end - from,
        }
    }
}

/// The exponent that begins at `from` and its length.
fn exponent(chars: &[char], from: usize) -> Option<(i32, usize)> {
    let is_negative = match (at(chars, from)?, at(chars, from + 1)?) {
        ('e' | 'E', '-') => Some(true),
        ('e' | 'E', '+') => Some(false),
        ('e' | 'E', c) if c.is_ascii_digit() => None,
        _ => return None,
    };
    let start = from + 1 + usize::from(is_negative.is_some());
    let length = digits_at(chars, start);
    if !(1..=2).contains(&length) || at(chars, start + length).is_some_and(char::is_alphanumeric) {
        return None;
    }
    let text: String = chars.iter().skip(start).take(length).collect();
    let power: i32 = text.parse().ok()?;
    Some((if is_negative == Some(true) { -power } else { power }, start + length - from))
}

/// Splits the text. Blanks only separate.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let (mut tokens, mut ix) = (Vec::new(), 0);
    while let Some(c) = at(&chars, ix) {
        if is_blank(c) {
            ix += 1;
        } else if c.is_ascii_digit() {
            let length = number_length(&chars, ix);
            let number: String =
                chars.iter().skip(ix).take(length).map(|c| if is_blank(*c) { ' ' } else { *c }).collect();
            ix += length;
            match exponent(&chars, ix) {
                Some((power, length)) => {
                    tokens.push(Token::Scientific(number, power));
                    ix += length;
                }
                None => tokens.push(Token::Number(number)),
            }
        } else if c.is_alphabetic() {
            let length = chars.iter().skip(ix).take_while(|c| c.is_alphabetic()).count();
            let mut word: String = chars.iter().skip(ix).take(length).flat_map(|c| c.to_lowercase()).collect();
            ix += length;
            // Square metres: `m2`, `m²`.
            let is_square = matches!(at(&chars, ix), Some('2' | '²')) && digits_at(&chars, ix + 1) == 0;
            if is_square && matches!(word.as_str(), "m" | "dm") {
                word.push('2');
                ix += 1;
            }
            tokens.push(Token::Word(word));
        } else {
            tokens.push(Token::Symbol(c));
            ix += 1;
        }
    }
    tokens
}
