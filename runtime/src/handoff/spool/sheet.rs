//! Descriptions as bytes: a call site, and what a process says about itself, so that another
//! process can finish its records.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::{
    config::Format,
    record::{Callsite, Category, Field, Level, Part},
};

/// What a process says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The program's name.
    pub app: String,
    /// The host's name.
    pub host: String,
    /// The process number.
    pub pid: u32,
    /// The most bytes of a line, in the order of [`Category::ALL`].
    pub max_lines: [u32; Category::ALL.len()],
    /// The files' names, in the order of [`Category::ALL`].
    pub names: [String; Category::ALL.len()],
    /// How their lines are written.
    pub formats: [Format; Category::ALL.len()],
    /// The most bytes of each before it is rotated; [`u64::MAX`] where its size does not matter.
    pub rotate_sizes: [u64; Category::ALL.len()],
    /// The modes they are made with.
    pub modes: [u32; Category::ALL.len()],
}

impl About {
    /// The bytes.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        text(&mut out, &self.app);
        text(&mut out, &self.host);
        out.extend(self.pid.to_le_bytes());
        out.extend(self.max_lines.iter().flat_map(|bytes| bytes.to_le_bytes()));
        for (name, format) in self.names.iter().zip(self.formats) {
            text(&mut out, name);
            out.push(u8::from(format == Format::Ecs));
        }
        out.extend(self.rotate_sizes.iter().flat_map(|bytes| bytes.to_le_bytes()));
        out.extend(self.modes.iter().flat_map(|mode| mode.to_le_bytes()));
        out
    }

    /// Reads the bytes.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let mut about = Self {
            app: reader.text()?.to_owned(),
            host: reader.text()?.to_owned(),
            pid: u32::from_le_bytes(reader.take()?),
            ..Self::default()
        };
        for bytes in &mut about.max_lines {
            *bytes = u32::from_le_bytes(reader.take()?);
        }
        for (name, format) in about.names.iter_mut().zip(&mut about.formats) {
            reader.text()?.clone_into(name);
            *format = if reader.take()? == [1] { Format::Ecs } else { Format::Json };
        }
        for bytes in &mut about.rotate_sizes {
            *bytes = u64::from_le_bytes(reader.take()?);
        }
        for mode in &mut about.modes {
            *mode = u32::from_le_bytes(reader.take()?);
        }
        Some(about)
    }
}

/// A description with its length and checksum in front, filled up to a multiple of 8.
pub(super) fn framed(bytes: &[u8]) -> Vec<u8> {
    let mut out = u32::try_from(bytes.len()).unwrap_or_default().to_le_bytes().to_vec();
    out.extend(crc32fast::hash(bytes).to_le_bytes());
    out.extend(bytes);
    out.resize(out.len().next_multiple_of(8), 0);
    out
}

/// The first description among the bytes, and what follows it.
pub(super) fn unframed(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut reader = Reader(bytes);
    let length = usize::try_from(u32::from_le_bytes(reader.take()?)).ok()?;
    let checksum = u32::from_le_bytes(reader.take()?);
    let (body, _) = reader.0.split_at_checked(length)?;
    let rest = bytes.get((8 + length).next_multiple_of(8)..)?;
    (cfg!(fuzzing) || crc32fast::hash(body) == checksum).then_some((body, rest))
}

/// A call site as bytes.
pub(super) fn encode_site(site: &Callsite) -> Vec<u8> {
    let mut out = vec![site.category as u8, site.level as u8, u8::from(site.message.is_some())];
    out.extend(site.line.to_le_bytes());
    out.extend(site.slow_nanos.to_le_bytes());
    let texts = [site.event, site.operation, site.component, site.function, site.file];
    for part in texts.into_iter().chain([site.message.unwrap_or_default()]) {
        text(&mut out, part);
    }
    for field in site.fields {
        out.push(field.part as u8);
        text(&mut out, field.key);
    }
    out
}

/// The call site of those bytes.
///
/// It lives as long as the program: each one that differs is kept once, however often it is read.
pub(super) fn decode_site(bytes: &[u8]) -> Option<&'static Callsite> {
    static KNOWN: Mutex<Option<HashMap<Vec<u8>, &'static Callsite>>> = Mutex::new(None);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_default();
    if let Some(site) = known.get(bytes) {
        return Some(site);
    }
    let site: &'static Callsite = Box::leak(Box::new(read_site(bytes)?));
    known.insert(bytes.to_vec(), site);
    Some(site)
}

fn read_site(bytes: &[u8]) -> Option<Callsite> {
    let mut reader = Reader(bytes);
    let [category, level, has_message] = reader.take()?;
    let category = *Category::ALL.get(usize::from(category))?;
    let level = *Level::ALL.get(usize::from(level))?;
    let line = u32::from_le_bytes(reader.take()?);
    let slow_nanos = u64::from_le_bytes(reader.take()?);
    let mut texts = [""; 6];
    for text in &mut texts {
        *text = reader.text()?;
    }
    let [.., message] = texts;
    if has_message > 1 || has_message == 0 && !message.is_empty() {
        return None;
    }
    let mut fields = Vec::new();
    while !reader.0.is_empty() {
        let [part] = reader.take()?;
        fields.push((*Part::ALL.get(usize::from(part))?, reader.text()?));
    }
    // Only now is it known to be one that is kept.
    let [event, operation, component, function, file, message] = texts.map(kept);
    let fields = fields.into_iter().map(|(part, key)| Field { part, key: kept(key) });
    Some(Callsite {
        category,
        level,
        event,
        operation,
        component,
        message: (has_message == 1).then_some(message),
        function,
        file,
        line,
        slow_nanos,
        // Nobody waits for it any more.
        lasts: None,
        fields: Box::leak(fields.collect()),
    })
}

fn kept(text: &str) -> &'static str {
    Box::leak(text.into())
}

fn text(out: &mut Vec<u8>, text: &str) {
    let text = text.get(..text.floor_char_boundary(usize::from(u16::MAX))).unwrap_or_default();
    out.extend(u16::try_from(text.len()).unwrap_or_default().to_le_bytes());
    out.extend(text.as_bytes());
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = u16::from_le_bytes(self.take()?);
        let (taken, rest) = self.0.split_at_checked(usize::from(length))?;
        self.0 = rest;
        std::str::from_utf8(taken).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SITE: Callsite = Callsite {
        category: Category::Audit,
        operation: "MOVE",
        component: "tests",
        message: Some("moved"),
        line: 7,
        slow_nanos: 8,
        fields: &[Field { part: Part::Before, key: "status" }],
        ..Callsite::BLANK
    };

    #[test]
    fn a_site_is_read_back_and_kept_once() {
        for site in [SITE, Callsite::BLANK] {
            let bytes = encode_site(&site);
            let mut other = bytes.clone();
            other[2] ^= 3;
            assert!(read_site(&other).is_none(), "a message that is none, or the other way round");
            let read = decode_site(&bytes).expect("a site");
            assert_eq!(format!("{read:?}"), format!("{site:?}"));
            assert!(std::ptr::eq(read, decode_site(&bytes).expect("a site")));
            for length in 0..bytes.len() {
                let whole = site.fields.is_empty() || length < bytes.len() - 9;
                assert!(!whole || decode_site(&bytes[..length]).is_none(), "{length}");
            }
        }
    }

    #[test]
    fn what_a_process_says_is_read_back() {
        let mut about = About { app: "a".into(), host: "h".into(), pid: 1, ..About::default() };
        about.names[3] = "audit.log".into();
        about.formats[3] = Format::Ecs;
        (about.rotate_sizes[4], about.modes[0]) = (4096, 0o600);
        let bytes = about.encode();
        assert_eq!(About::decode(&bytes), Some(about));
        assert_eq!(About::decode(&bytes[1..]), None);
    }

    #[test]
    fn a_changed_description_is_none() {
        let mut bytes = framed(b"one");
        bytes.extend(framed(b"two"));
        let (one, rest) = unframed(&bytes).expect("one");
        assert_eq!((one, unframed(rest)), (&b"one"[..], Some((&b"two"[..], &b""[..]))));
        bytes[9] ^= 1;
        assert_eq!(unframed(&bytes), None);
        assert_eq!(unframed(&[0xff; 16]), None);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_end(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = (unframed(&bytes), read_site(&bytes), About::decode(&bytes));
        }
    }
}
