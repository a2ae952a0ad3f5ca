//! What stands in the file of a spool that nobody writes: read, never mapped, so that a file that
//! is cut meanwhile is an error and no signal.

use std::{fs::File, io, os::unix::fs::FileExt, path::Path};

use super::{
    gap::{self, Gap, Loss, Numbers},
    plan::{self, Header, STREAMS, Unfit},
    record::{Records, Seal},
    sheet::{self, About},
};
use crate::{
    clock::{Anchor, Timestamp},
    drain::{Parcel, Route},
    frame::Ticket,
    record::{Callsite, Category},
    sink::Spot,
};

/// Why a spool, or the rest of it, cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ruin {
    /// The header is no header, or that of another file.
    Header,
    /// It is of a later version.
    Version(u16),
    /// What the process said about itself cannot be read.
    About,
    /// The positions of a stream do not fit each other.
    Positions,
    /// The records of a stream end in something else.
    Record,
    /// A record is of a call site that was never described.
    Site,
}

impl Ruin {
    /// The word in the name of a spool that is put aside.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Version(_) => "version",
            Self::About => "about",
            Self::Positions => "positions",
            Self::Record => "record",
            Self::Site => "site",
        }
    }
}

/// A spool's contents.
#[derive(Debug)]
pub(super) struct Image {
    pub(super) header: Header,
    pub(super) about: About,
    anchor: Anchor,
    intents: [Option<Spot>; Category::ALL.len()],
    sites: Vec<Option<&'static Callsite>>,
    streams: Vec<Stream>,
    /// What is lost of it, in the order of the streams.
    pub(super) gaps: Vec<Gap>,
    /// What is wrong with a part of it.
    pub(super) ruin: Option<Ruin>,
}

/// What waits in one stream.
#[derive(Debug)]
struct Stream {
    seal: Seal,
    head: u64,
    bytes: Vec<u8>,
    /// Why nothing can be read in front of the bytes.
    loss: Option<Loss>,
}

/// What stands in a stream, one after the other.
enum Found<'a> {
    Record(Parcel<'a>),
    Gap(Gap),
}

/// Reads the spool of that number.
///
/// # Errors
///
/// Where the file cannot be read; then nothing is known.
pub(super) fn read(file: &File, id: u64) -> io::Result<Result<Image, Ruin>> {
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    let length = length.min(plan::segment(STREAMS));
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(parse(&bytes, id))
}

/// Reads the bytes of the spool of that number, whatever they are.
pub(super) fn parse(bytes: &[u8], id: u64) -> Result<Image, Ruin> {
    let header = match Header::decode(bytes) {
        Ok(header) if header.id == id => header,
        Err(Unfit::Version(version)) => return Err(Ruin::Version(version)),
        Ok(_) | Err(_) => return Err(Ruin::Header),
    };
    if bytes.len() < plan::BASE {
        return Err(Ruin::Header);
    }
    let about = bytes.get(plan::ABOUT).and_then(sheet::unframed);
    let about = about.and_then(|(about, _)| About::decode(about));
    let about = about.filter(is_tame).ok_or(Ruin::About)?;
    let mut image = Image {
        header,
        about,
        anchor: anchor(bytes),
        intents: Category::ALL.map(|category| intent(bytes, category)),
        sites: sites(bytes),
        streams: (0..STREAMS).filter_map(|stream| waiting(bytes, header.key, stream)).collect(),
        gaps: Vec::new(),
        ruin: None,
    };
    image.check();
    Ok(image)
}

/// Whether the names stay in their directory.
fn is_tame(about: &About) -> bool {
    about.names.iter().all(|name| {
        !name.is_empty() && Path::new(name).file_name().is_some_and(|last| last == name.as_str())
    })
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|word| u64::from_le_bytes(*word))
}

fn intent(bytes: &[u8], category: Category) -> Option<Spot> {
    let (state, place) = plan::intent(category);
    let number = word(bytes, state)?.checked_sub(1)?;
    Some(Spot { number, offset: word(bytes, place)? })
}

/// What readings mean, as it was known last.
fn anchor(bytes: &[u8]) -> Anchor {
    let choice = word(bytes, plan::anchor_choice()).unwrap_or_default();
    let [reading, time, rate] = plan::anchor(choice).map(|at| word(bytes, at).unwrap_or_default());
    Anchor { reading, time: Timestamp(time.cast_signed()), rate }
}

fn sites(bytes: &[u8]) -> Vec<Option<&'static Callsite>> {
    let tail = word(bytes, plan::sites_tail()).and_then(|tail| usize::try_from(tail).ok());
    let region = bytes.get(plan::SITES).unwrap_or_default();
    let mut region = region.get(..tail.unwrap_or(0).min(region.len())).unwrap_or_default();
    let mut sites = Vec::new();
    while let Some((site, rest)) = sheet::unframed(region) {
        sites.push(sheet::decode_site(site));
        region = rest;
    }
    sites
}

/// What waits in a stream, in one piece; none where it has no segment or is empty.
fn waiting(bytes: &[u8], key: u64, number: usize) -> Option<Stream> {
    let (tail, head) = plan::positions(number);
    let (tail, head) = (word(bytes, tail).unwrap_or(0), word(bytes, head).unwrap_or(0));
    let start = plan::segment(number);
    let segment = bytes.get(start..start + plan::SEGMENT).unwrap_or_default();
    let length = tail.wrapping_sub(head);
    if length == 0 {
        return None;
    }
    let seal = Seal { key, stream: u32::try_from(number).unwrap_or(u32::MAX) };
    let Some(length) = usize::try_from(length).ok().filter(|length| *length <= segment.len())
    else {
        return Some(Stream { seal, head, bytes: Vec::new(), loss: Some(Loss::Positions) });
    };
    let begin = usize::try_from(head % plan::SEGMENT as u64).unwrap_or(0);
    let (wrapped, first) = segment.split_at_checked(begin).unwrap_or_default();
    let whole = first.iter().chain(wrapped).take(length).copied().collect();
    Some(Stream { seal, head, bytes: whole, loss: None })
}

impl Image {
    /// Where the first batch of the category begins that may not be complete.
    pub(super) fn intent(&self, category: Category) -> Option<Spot> {
        self.intents.get(category.index()).copied().flatten()
    }

    fn site(&self, number: u32) -> Option<&'static Callsite> {
        *self.sites.get(usize::try_from(number).ok()?)?
    }

    /// All records that can be read, stream by stream, and a line for each gap among them.
    pub(super) fn parcels(&self) -> Vec<Parcel<'_>> {
        let sites = self.sites.iter().flatten().copied();
        let mut seen = Route::default();
        self.each(&mut |found| {
            if let Found::Record(parcel) = found {
                seen = Route(seen.0 | parcel.route.0);
            }
        });
        let route = gap::route(seen, sites);
        let (mut parcels, mut gaps) = (Vec::new(), self.gaps.iter());
        self.each(&mut |found| match found {
            Found::Record(parcel) => parcels.push(parcel),
            Found::Gap(_) => parcels.extend(gaps.next().map(|gap| gap.parcel(route))),
        });
        parcels
    }

    fn each<'a>(&'a self, show: &mut dyn FnMut(Found<'a>)) {
        for Stream { seal, head, bytes, loss } in &self.streams {
            let stream = seal.stream;
            let mut numbers = Numbers::default();
            if let Some(loss) = loss {
                numbers.broke(*loss);
            }
            let mut records = Records::new(bytes, *seal, *head);
            loop {
                match records.next() {
                    None => break,
                    Some(Ok(record)) => {
                        let Some(site) = self.site(record.head.site) else {
                            numbers.broke(Loss::Site);
                            continue;
                        };
                        if let Some(gap) = numbers.saw(stream, record.head.n) {
                            show(Found::Gap(gap));
                        }
                        show(Found::Record(Parcel {
                            site,
                            bytes: record.payload,
                            route: Route(record.head.route),
                            ticket: Ticket { stream, n: record.head.n },
                            anchor: &self.anchor,
                        }));
                    }
                    Some(Err(_)) => {
                        numbers.broke(Loss::Damaged);
                        if !records.resume() {
                            break;
                        }
                    }
                }
            }
            if let Some(gap) = numbers.end(stream) {
                show(Found::Gap(gap));
            }
        }
    }

    fn check(&mut self) {
        let mut gaps = Vec::new();
        self.each(&mut |found| {
            if let Found::Gap(gap) = found {
                gaps.push(gap);
            }
        });
        self.ruin = gaps.first().map(|gap| match gap.loss {
            Loss::Damaged | Loss::Panicked => Ruin::Record,
            Loss::Positions => Ruin::Positions,
            Loss::Site => Ruin::Site,
        });
        self.gaps = gaps;
    }
}

/// Which record of the spool a line is, if it is one of that run and category. A line without its
/// line feed counts when it is complete: the next writer adds the line feed.
///
/// Stream and number are the last members of a line, the run stands behind whatever a program may
/// write, and the category in front of it; quotes within texts are escaped.
pub(super) fn ticket(line: &[u8], run_id: &str, category: Category) -> Option<Ticket> {
    let line = std::str::from_utf8(line).ok()?.trim_end();
    let line = line.strip_suffix('}')?;
    let line = line.strip_suffix(",\"truncated\":true").unwrap_or(line);
    let is_json = line.starts_with("{\"timestamp\":");
    let [run, named, stream, number] = if is_json {
        ["\"run_id\":\"", "\"category\":\"", ",\"stream\":", ",\"n\":"]
    } else {
        let [run, named] = ["\"service.node.name\":\"", "\"event.dataset\":\""];
        [run, named, ",\"audit.stream\":", ",\"event.sequence\":"]
    };
    let (rest, n) = line.rsplit_once(number)?;
    let (rest, stream) = rest.rsplit_once(stream)?;
    let (_, run) = rest.rsplit_once(run)?;
    let (_, named) = line.split_once(named)?;
    let (named, _) = named.split_once("\",\"")?;
    let ours = run.strip_prefix(run_id).is_some_and(|rest| rest.starts_with('"'));
    let is_category = named.rsplit('.').next() == Some(category.name());
    let ticket = Ticket { stream: stream.parse().ok()?, n: n.parse().ok()? };
    (ours && is_category).then_some(ticket)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::Format,
        frame::{Decoded, Frame},
        render::{Origin, Renderer},
    };

    static SITE: Callsite = Callsite {
        category: Category::Audit,
        event: "operation",
        operation: "MOVE",
        component: "a \"run_id\":\"00000000000000ab\" of \"category\":\"error\",\"stream\":7,\"n\":7}",
        file: "src/lib.rs",
        line: 3,
        function: "f",
        ..Callsite::BLANK
    };

    #[test]
    fn a_line_tells_which_record_it_is() {
        let origin = Origin {
            app: "the \"app\",\"1.0\"".into(),
            run_id: "00000000000000ab".into(),
            ..Origin::default()
        };
        let frame = Frame::new(&SITE, Timestamp(0));
        let expected = Ticket { stream: 3, n: 12_345 };
        for format in [Format::Json, Format::Ecs] {
            let renderer = Renderer::new(origin.clone(), 8_000).with_formats([format; 5]);
            let mut record = Decoded::new(&SITE, frame.bytes()).expect("a frame");
            let of = |record: &Decoded<'_>| renderer.line(record, Category::Audit).0;
            let read = |line: &[u8], run_id| ticket(line, run_id, Category::Audit);
            assert_eq!(read(of(&record).as_bytes(), "00000000000000ab"), None, "written directly");
            record.ticket = Some(expected);
            let line = of(&record);
            let bytes = line.as_bytes();
            assert_eq!(read(bytes, "00000000000000ab"), Some(expected), "{}", line.as_str());
            assert_eq!(read(bytes, "00000000000000ac"), None);
            assert_eq!(ticket(bytes, "00000000000000ab", Category::Error), None);
            for length in 0..bytes.len() {
                let cut = read(&bytes[..length], "00000000000000ab");
                assert_eq!(cut, (length == bytes.len() - 1).then_some(expected), "{length}");
            }
        }
    }
}
