//! What a fuzzer calls, and the tests with the same. A fuzzer builds with `--cfg fuzzing`, where
//! checksums always fit, so that it gets behind them.

use super::{
    image,
    plan::{self, HEADER, Header, STREAMS},
    record::{ALIGN, Records, Seal},
};
use crate::{
    frame::Decoded,
    record::Category,
    render::{Origin, Renderer},
};

/// Reads bytes as the file of a spool, and makes lines of all that is in it.
///
/// # Panics
///
/// Where something is wrong with the reader.
pub fn file(bytes: &[u8]) {
    let number = bytes.get(16..24).and_then(<[u8]>::first_chunk);
    let Ok(image) = image::parse(bytes, number.map_or(0, |id| u64::from_le_bytes(*id))) else {
        return;
    };
    let (parcels, gaps) = (image.parcels(), image.gaps.len());
    assert_eq!(gaps > 0, image.ruin.is_some(), "what is wrong is told");
    // A record takes 24 bytes at least, and a gap 8 between two of them.
    assert!(parcels.len() <= gaps + bytes.len() / 24 && gaps <= STREAMS + bytes.len() / 8);
    let renderer = Renderer::new(Origin::default(), 0);
    for parcel in parcels {
        let Some(record) = Decoded::new(parcel.site, parcel.bytes) else { continue };
        for category in Category::ALL.into_iter().filter(|it| parcel.route.has(*it)) {
            // The third one is made of a template, where the record's shape has one.
            let [line, second, third] = [0; 3].map(|_| renderer.line(&record, category).0);
            assert_eq!([&line, &line], [&second, &third]);
            let text =
                str::from_utf8(line.as_bytes()).ok().and_then(|text| text.strip_suffix("}\n"));
            assert!(text.is_some_and(|text| !text.contains('\n')));
        }
    }
}

/// The same of a file of a whole size whose header is one: the bytes stand where something does.
///
/// # Panics
///
/// As above.
pub fn parts(bytes: &[u8]) {
    let mut file_bytes = vec![0; plan::segment(3)];
    let mut rest = bytes;
    let segment = plan::segment(1);
    for (at, length) in [
        (8, HEADER - 8),
        (plan::intent(Category::System).0, 80),
        (plan::anchor_choice(), 8),
        (plan::anchor(0)[0], 24),
        (plan::sites_tail(), 8),
        (plan::positions(0).0, 8),
        (plan::positions(0).1, 8),
        (plan::positions(1).0, 8),
        (plan::positions(1).1, 8),
        (plan::ABOUT.start, 200),
        (plan::SITES.start, 400),
        (segment, plan::SEGMENT),
    ] {
        let (part, behind) = rest.split_at(length.min(rest.len()));
        if let Some(place) = file_bytes.get_mut(at..at + part.len()) {
            place.copy_from_slice(part);
        }
        rest = behind;
    }
    mend(&mut file_bytes);
    file(&file_bytes);
}

/// Reads bytes as the records of a stream.
///
/// # Panics
///
/// As above.
pub fn records(bytes: &[u8]) {
    let mut records = Records::new(bytes, Seal { key: 1, stream: 2 }, 64);
    let mut count = 0;
    loop {
        count += records.by_ref().flatten().count();
        let at = records.position();
        if !records.resume() {
            break;
        }
        assert!(records.position() > at, "it goes on");
    }
    assert!(count <= bytes.len() / ALIGN);
    assert!(records.position() <= 64 + bytes.len() as u64);
}

/// Puts magic number, version and checksum into a header.
pub(super) fn mend(bytes: &mut [u8]) {
    let Some(header) = bytes.get(8..HEADER).and_then(Header::raw) else { return };
    let (magic, rest) = header.encode();
    let whole = magic.to_le_bytes().into_iter().chain(rest);
    for (place, byte) in bytes.iter_mut().zip(whole) {
        *place = byte;
    }
}
