//! Imports between the files of a crate have no cycles. A name is followed through re-exports to the file that defines it;
//! declaring a module or a visibility is not using it, and the test module at the end of a file does not count.
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    iter::Peekable,
    path::Path,
};

use super::architecture::{CRATES, root, sources};

/// The path of a module or an item: `["db", "pool"]` is `db/pool.rs`; the crate's root is empty.
type Names = Vec<String>;

/// Tokens of Rust source: names, `::` and single characters, without comments and literals.
fn tokens(source: &str) -> Vec<String> {
    let source = source.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut tokens: Vec<String> = Vec::new();
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        let last = tokens.last().map(String::as_str);
        match c {
            '/' if chars.peek() == Some(&'/') => drop(chars.find(|c| *c == '\n')),
            '"' if last == Some("#") => while chars.find(|c| *c == '"').is_some() && chars.peek() != Some(&'#') {},
            '"' => {
                while let Some(c) = chars.next().filter(|c| *c != '"') {
                    if c == '\\' {
                        chars.next();
                    }
                }
            }
            '\'' => match chars.next() {
                Some('\\') => {
                    chars.next();
                    chars.find(|c| *c == '\'');
                }
                // Otherwise a lifetime.
                Some(_) if chars.peek() == Some(&'\'') => drop(chars.next()),
                Some(_) | None => {}
            },
            ':' if chars.peek() == Some(&':') => {
                chars.next();
                tokens.push("::".to_owned());
            }
            c if is_name(c) => {
                let mut name = c.to_string();
                while let Some(c) = chars.next_if(|c| is_name(*c)) {
                    name.push(c);
                }
                tokens.push(name);
            }
            c if c.is_whitespace() => {}
            c => tokens.push(c.to_string()),
        }
    }
    tokens
}

/// Reads a tree of a `use` declaration; adds each imported path with its local name.
fn use_tree(tokens: &mut Peekable<std::slice::Iter<'_, String>>, mut path: Names, imports: &mut Vec<(Names, String)>) {
    while let Some(token) = tokens.next() {
        match token.as_str() {
            "{" => {
                while tokens.peek().is_some_and(|token| *token != "}") {
                    use_tree(tokens, path.clone(), imports);
                    tokens.next_if(|token| *token == ",");
                }
                tokens.next();
                return;
            }
            "::" => {}
            "as" => {
                let name = tokens.next().cloned().unwrap_or_default();
                return imports.push((path, name));
            }
            "self" if !path.is_empty() => {}
            name => path.push(name.to_owned()),
        }
        if tokens.peek().is_none_or(|token| [",", "}", ";"].contains(&token.as_str())) {
            let name = path.last().cloned().unwrap_or_default();
            return imports.push((path, name));
        }
    }
}

#[derive(Default)]
struct File {
    /// Imported paths with their local names.
    imports: Vec<(Names, String)>,
    /// Other paths of at least two names.
    paths: BTreeSet<Names>,
}

impl File {
    fn parse(source: &str) -> Self {
        let tokens = tokens(source);
        let mut file = Self::default();
        let mut rest = tokens.iter().peekable();
        let mut path = Names::new();
        while let Some(token) = rest.next() {
            if token == "pub" && rest.peek().is_some_and(|token| *token == "(") {
                // `pub(in super::super)` says who may use the item.
                rest.find(|token| *token == ")");
            } else if token == "use" {
                use_tree(&mut rest, Names::new(), &mut file.imports);
            } else if token.starts_with(|c: char| c.is_alphabetic() || c == '_') {
                path.push(token.clone());
                if rest.next_if(|token| *token == "::").is_some() {
                    continue;
                }
                if path.len() > 1 {
                    file.paths.insert(std::mem::take(&mut path));
                }
            }
            path.clear();
        }
        file
    }
}

/// The files of a crate by module.
struct Crate(BTreeMap<Names, File>);

impl Crate {
    fn load(name: &str) -> Self {
        let folder = root().join(name);
        let module = |file: &Path| {
            let relative = file.strip_prefix(&folder).unwrap().with_extension("");
            let mut names: Names = relative.iter().map(|name| name.to_str().unwrap().to_owned()).collect();
            names.pop_if(|last| last == "mod" || last == "lib");
            names
        };
        let files = sources(name);
        Self(files.iter().map(|f| (module(f), File::parse(&std::fs::read_to_string(f).unwrap()))).collect())
    }

    /// The module that defines a path which is used in `module`; `None` if it is of another crate.
    fn definition(&self, module: &[String], path: &[String], depth: u8) -> Option<Names> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.member(&[], rest, depth),
            "self" => self.member(module, rest, depth),
            "super" => {
                let (_, parent) = module.split_last()?;
                if rest.first().is_some_and(|name| name == "super") {
                    return self.definition(parent, rest, depth);
                }
                self.member(parent, rest, depth)
            }
            name => {
                let is_known = self.0.contains_key(&[module, &[name.to_owned()]].concat())
                    || self.0.get(module)?.imports.iter().any(|(_, local)| local == name);
                if is_known { self.member(module, path, depth) } else { None }
            }
        }
    }

    /// The module that defines the path of a member of `module`.
    fn member(&self, module: &[String], path: &[String], depth: u8) -> Option<Names> {
        let Some((first, rest)) = path.split_first() else { return Some(module.to_owned()) };
        let child = [module, std::slice::from_ref(first)].concat();
        if self.0.contains_key(&child) {
            return self.member(&child, rest, depth);
        }
        match self.0.get(module)?.imports.iter().find(|(_, local)| local == first) {
            Some((imported, _)) => self.definition(module, &[imported, rest].concat(), depth.checked_sub(1)?),
            None => Some(module.to_owned()),
        }
    }

    fn uses(&self, module: &Names) -> BTreeSet<Names> {
        let file = &self.0.get(module).unwrap();
        let paths = file.imports.iter().map(|(path, _)| path).chain(&file.paths);
        let definitions = paths.filter_map(|path| self.definition(module, path, 16));
        definitions.filter(|other| other != module && self.0.contains_key(other)).collect()
    }

    /// The shortest cycle through each file that is in one.
    fn cycles(&self) -> Vec<Vec<String>> {
        let uses: BTreeMap<&Names, BTreeSet<Names>> = self.0.keys().map(|module| (module, self.uses(module))).collect();
        let mut cycles = BTreeMap::new();
        for start in self.0.keys() {
            let mut queue = VecDeque::from([vec![start]]);
            let mut seen = BTreeSet::new();
            while let Some(path) = queue.pop_front() {
                for next in path.last().and_then(|last| uses.get(last)).into_iter().flatten() {
                    if next == start {
                        let members: BTreeSet<_> = path.iter().map(|module| module.join("/")).collect();
                        cycles.entry(members).or_insert(path.iter().map(|module| module.join("/")).collect());
                        queue.clear();
                        break;
                    }
                    if seen.insert(next) {
                        queue.push_back([path.as_slice(), &[next]].concat());
                    }
                }
            }
        }
        cycles.into_values().collect()
    }
}

#[test]
fn files_have_no_import_cycles() {
    let mut uses = 0;
    let mut cycles = Vec::new();
    for (name, _) in CRATES {
        let files = Crate::load(name);
        uses += files.0.keys().map(|module| files.uses(module).len()).sum::<usize>();
        cycles.extend(files.cycles().into_iter().map(|cycle| format!("{name}: {}", cycle.join(" → "))));
    }
    assert!(uses > 1_000, "only {uses} uses found");
    assert!(cycles.is_empty(), "{cycles:#?}");
}

#[test]
fn names_are_followed_through_re_exports() {
    let names = |path: &str| path.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect::<Names>();
    let file = |module: &str, source: &str| (names(module), File::parse(source));
    let files = Crate(BTreeMap::from([
        file("", "mod a; mod c;"),
        file("a", "mod b;\npub use b::{X as Y, Z};\nstruct Own;"),
        file(
            "a::b",
            "use super::{Own, super::c};\nuse std::fmt; // crate::c::f()\nfn f() { c::g(\"crate::a\", 'x', '\\'') }",
        ),
        file(
            "c",
            "fn g<'a>() { crate::a::Y::new(); fmt::x(); }\n#[cfg(test)]\nmod tests { use super::super::a::Own; }",
        ),
    ]));
    let uses = |module: &str| files.uses(&names(module)).into_iter().map(|m| m.join("::")).collect::<Vec<_>>();
    assert_eq!(uses("c"), ["a::b"]);
    assert_eq!(uses("a::b"), ["a", "c"]);
    assert_eq!(files.cycles().len(), 2);
}
