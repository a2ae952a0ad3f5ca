//! Lines of one file, one at a time, whatever the bytes are.

use std::io::{BufRead, ErrorKind};
use std::path::Path;
use std::sync::Arc;

use super::{Entry, Fault, Reason};

/// Longer lines are reported and skipped; writers stop at 8,000 bytes.
pub const MAX_LINE_BYTES: usize = 1 << 20;

/// One line of text, not yet parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The file it stands in.
    pub path: Arc<Path>,
    /// Counted from 1.
    pub number: u64,
    /// Where it begins, in bytes from the start of the (decompressed) file.
    pub offset: u64,
    /// Without its end.
    pub text: String,
    /// False for a last line without an end.
    pub ended: bool,
}

impl Line {
    /// What the line says.
    pub fn entry(&self) -> Result<Entry<'_>, Fault> {
        Entry::parse(&self.text).map_err(|reason| Fault {
            path: Arc::clone(&self.path),
            line: self.number,
            offset: self.offset,
            reason: if self.ended { reason } else { Reason::Torn },
        })
    }
}

/// Walks the lines of one file. Lines of white space alone are passed over.
pub struct Lines {
    path: Arc<Path>,
    input: Box<dyn BufRead>,
    /// Said once, first, when the file could not be opened.
    refused: Option<String>,
    number: u64,
    offset: u64,
    done: bool,
}

/// How the bytes of one line ended.
struct Taken {
    bytes: u64,
    ended: bool,
    too_long: bool,
}

impl Lines {
    /// Reads `input`, which `path` names in reports.
    pub fn new(path: Arc<Path>, input: Box<dyn BufRead>) -> Self {
        Self { path, input, refused: None, number: 0, offset: 0, done: false }
    }

    pub(super) fn refused(path: Arc<Path>, why: String) -> Self {
        Self { refused: Some(why), ..Self::new(path, Box::new(std::io::empty())) }
    }

    fn fault(&self, line: u64, offset: u64, reason: Reason) -> Fault {
        Fault { path: Arc::clone(&self.path), line, offset, reason }
    }

    /// Moves the bytes up to the next line feed into `line`, of a longer line only the beginning.
    fn take(&mut self, line: &mut Vec<u8>) -> std::io::Result<Taken> {
        let mut taken = Taken { bytes: 0, ended: false, too_long: false };
        while !taken.ended {
            let chunk = match self.input.fill_buf() {
                Ok([]) => break,
                Ok(chunk) => chunk,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let (body, used) = match chunk.iter().position(|byte| *byte == b'\n') {
                Some(end) => (chunk.get(..end), end + 1),
                None => (Some(chunk), chunk.len()),
            };
            taken.ended = used > body.map_or(0, <[u8]>::len);
            match body {
                Some(body) if line.len() + body.len() <= MAX_LINE_BYTES => {
                    line.extend_from_slice(body);
                }
                _ => taken.too_long = true,
            }
            taken.bytes += used as u64;
            self.input.consume(used);
        }
        Ok(taken)
    }
}

impl Iterator for Lines {
    type Item = Result<Line, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(why) = self.refused.take() {
            self.done = true;
            return Some(Err(self.fault(1, 0, Reason::Unreadable(why))));
        }
        while !self.done {
            let mut bytes = Vec::new();
            let (number, offset) = (self.number + 1, self.offset);
            let taken = match self.take(&mut bytes) {
                Ok(Taken { bytes: 0, .. }) => {
                    self.done = true;
                    return None;
                }
                Ok(taken) => taken,
                Err(error) => {
                    self.done = true;
                    let reason = Reason::Unreadable(error.to_string());
                    return Some(Err(self.fault(number, offset, reason)));
                }
            };
            self.number = number;
            self.offset += taken.bytes;
            if bytes.last() == Some(&b'\r') {
                bytes.pop();
            }
            if taken.too_long {
                return Some(Err(self.fault(number, offset, Reason::TooLong)));
            }
            if bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            if bytes.contains(&0) {
                return Some(Err(self.fault(number, offset, Reason::Nul)));
            }
            return Some(match String::from_utf8(bytes) {
                Ok(text) => {
                    let path = Arc::clone(&self.path);
                    Ok(Line { path, number, offset, text, ended: taken.ended })
                }
                Err(_) if !taken.ended => Err(self.fault(number, offset, Reason::Torn)),
                Err(error) => {
                    let at = error.utf8_error().valid_up_to();
                    Err(self.fault(number, offset, Reason::NotUtf8(at)))
                }
            });
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::{BufReader, Cursor, Read};

    fn lines(bytes: impl Into<Vec<u8>>, buffer: usize) -> Lines {
        let input = BufReader::with_capacity(buffer, Cursor::new(bytes.into()));
        Lines::new(Arc::from(Path::new("x.log")), Box::new(input))
    }

    fn shown(found: Result<Line, Fault>) -> String {
        match found {
            Ok(line) => format!("{}@{} {:?} {}", line.number, line.offset, line.text, line.ended),
            Err(fault) => fault.to_string(),
        }
    }

    #[test]
    fn each_line_has_its_number_and_place() {
        let found: Vec<_> =
            lines(&b"a\r\n\n  \nbb\xff\nc\0c\nlast"[..], 4).map(shown).collect::<Vec<_>>();
        assert_eq!(
            found,
            [
                "1@0 \"a\" true",
                "x.log:4 (byte 7): not UTF-8 from byte 2 of the line on",
                "x.log:5 (byte 11): NUL bytes",
                "6@15 \"last\" false",
            ]
        );
    }

    #[test]
    fn a_long_line_is_skipped_and_the_next_one_read() {
        let mut bytes = vec![b'x'; MAX_LINE_BYTES + 1];
        bytes.extend_from_slice(b"\nok\n");
        let found: Vec<_> = lines(bytes, 8_192).map(shown).collect();
        assert_eq!(found, ["x.log:1 (byte 0): longer than 1048576 bytes", "2@1048578 \"ok\" true"]);
    }

    #[test]
    fn a_torn_end_is_told_from_a_bad_line() {
        let faults: Vec<_> = lines(&b"{\"a\"\n{\"a\""[..], 64)
            .map(|line| line.unwrap().entry().unwrap_err().reason)
            .collect();
        assert!(matches!(faults.as_slice(), [Reason::NotJson(_), Reason::Torn]), "{faults:?}");
        let cut_character = lines(&b"{\"\xc3"[..], 64).next().unwrap();
        assert_eq!(cut_character.unwrap_err().reason, Reason::Torn);
    }

    #[test]
    fn a_failing_file_ends_with_its_reason() {
        struct Fails;
        impl Read for Fails {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("disk on fire"))
            }
        }
        let input = BufReader::new(Cursor::new(b"a\nb".to_vec()).chain(Fails));
        let found: Vec<_> =
            Lines::new(Arc::from(Path::new("x.log")), Box::new(input)).map(shown).collect();
        assert_eq!(
            found,
            ["1@0 \"a\" true", "x.log:2 (byte 2): unreadable from here on: disk on fire"]
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_and_none_are_skipped(
            bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'{'), any::<u8>()], 0..200),
            buffer in 1_usize..16,
        ) {
            let mut ends = 0;
            for found in lines(bytes.clone(), buffer) {
                let (number, offset) = match found {
                    Ok(line) => {
                        let at = usize::try_from(line.offset).unwrap();
                        prop_assert!(bytes[at..].starts_with(line.text.as_bytes()));
                        (line.number, line.offset)
                    }
                    Err(fault) => (fault.line, fault.offset),
                };
                let before = &bytes[..usize::try_from(offset).unwrap()];
                prop_assert_eq!(before.split(|byte| *byte == b'\n').count() as u64, number);
                prop_assert!(number > ends);
                ends = number;
            }
        }
    }
}
