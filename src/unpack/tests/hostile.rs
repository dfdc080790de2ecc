//! Containers that lie, are broken, or are made to cost much.

use super::{kinds::one_of_each, make::*, *};

#[test]
fn unpack_tells_of_encryption() {
    let entry = Raw { flags: 1, ..Raw::stored("locked", b"12 bytes of header and cipher") };
    let seen = Seen::of(&raw_zip(&[Raw::stored("a", b"a"), entry, Raw::stored("b.env", &secret())]));
    assert_eq!(seen.closed, [("locked".to_owned(), "encrypted".to_owned())]);
    assert_eq!(seen.places(), ["b.env"]);
}

#[test]
fn unpack_believes_neither_header_of_a_zip() {
    let secret = secret();
    let deflated = {
        let mut to = flate2::write::DeflateEncoder::new(Vec::new(), Compression::best());
        to.write_all(&secret).unwrap();
        to.finish().unwrap()
    };
    // Two of one name, one of which most programs do not see.
    let seen = Seen::of(&raw_zip(&[Raw::stored("x", b"nothing"), Raw::stored("x", &secret)]));
    assert_eq!(seen.places(), ["x"]);
    assert_eq!(seen.members.len(), 2);
    // Two names for one.
    let entry = Raw { local_name: Some(b"other".to_vec()), ..Raw::stored("name", &secret) };
    let seen = Seen::of(&raw_zip(&[entry]));
    assert_eq!(seen.places(), ["name"]);
    assert!(seen.whys()[0].ends_with("state different names"), "{:?}", seen.closed);
    // Not listed.
    let hidden = Raw { listed: false, ..Raw::packed("hidden", 8, &secret, deflated.clone()) };
    let seen = Seen::of(&raw_zip(&[Raw::stored("a", b"a"), hidden, Raw::stored("b", b"b")]));
    assert_eq!(seen.places(), ["hidden"]);
    // Not listed, and behind the end of another's data, which is stated to cover it.
    let mut covering = Raw::packed("covering", 8, &secret[..5], {
        let mut to = flate2::write::DeflateEncoder::new(Vec::new(), Compression::best());
        to.write_all(&secret[..5]).unwrap();
        to.finish().unwrap()
    });
    let hidden = raw_zip(&[Raw { listed: false, ..Raw::packed("hidden", 8, &secret, deflated.clone()) }]);
    covering.data.extend(&hidden[..hidden.len() - 22]);
    let seen = Seen::of(&raw_zip(&[covering, Raw::stored("b", b"b")]));
    assert_eq!(seen.places(), ["hidden"], "{:?}", seen.closed);
    // Shorter than it is.
    let mut entry = Raw::packed("short", 8, &secret, deflated.clone());
    entry.size = 3;
    let seen = Seen::of(&raw_zip(&[entry]));
    assert_eq!(seen.places(), ["short"]);
    assert!(seen.whys()[0].starts_with("lying header: 3 bytes are stated"), "{:?}", seen.closed);
    // Another sum.
    let mut entry = Raw::packed("sum", 8, &secret, deflated.clone());
    entry.sum = 3;
    assert_eq!(Seen::of(&raw_zip(&[entry])).whys(), ["damaged: its checksum is another"]);
    // A method that only one of the headers has.
    let mut bytes = raw_zip(&[Raw::packed("method", 8, &secret, deflated)]);
    let directory = bytes.rfind(b"PK\x01\x02").unwrap();
    bytes[directory + 10] = 0;
    let seen = Seen::of(&bytes);
    assert_eq!(seen.places(), ["method"]);
    assert!(seen.whys()[0].ends_with("different compression methods"), "{:?}", seen.closed);
    // Fewer than are stated.
    let mut bytes = raw_zip(&[Raw::stored("a", b"a")]);
    let end = bytes.len() - 12;
    bytes[end] = 9;
    assert_eq!(Seen::of(&bytes).whys(), ["lying header: 9 entries are stated, 1 are listed"]);
}

#[test]
fn unpack_reads_overlapping_entries_no_more_than_twice() {
    let mut bytes = raw_zip(&[Raw::stored("all", &noise(1 << 20))]);
    let directory = bytes.rfind(b"PK\x01\x02").unwrap();
    let listed = bytes[directory..bytes.len() - 22].to_vec();
    let mut end = bytes.split_off(bytes.len() - 22);
    for _ in 1..1000 {
        bytes.extend(&listed);
    }
    end[8..12].copy_from_slice(&[0xe8, 3, 0xe8, 3]);
    end[12..16].copy_from_slice(&(1000 * listed.len() as u32).to_le_bytes());
    bytes.extend(end);
    let (seen, opened) = Seen::with(&bytes, &Limits::default());
    assert!(opened.bytes <= 4 << 20, "{opened:?}");
    assert!(seen.whys().last().unwrap().starts_with("lying header: entries overlap"), "{:?}", seen.closed);
}

/// A gzip stream that holds a copy of itself would be endless; here each holds the next.
#[test]
fn unpack_ends_what_is_packed_over_and_over() {
    let mut bytes = secret();
    for _ in 0..50 {
        bytes = gz(&bytes);
    }
    let seen = Seen::of(&bytes);
    assert_eq!(seen.members.len(), 1);
    assert_eq!(seen.closed.len(), 1, "{:?}", seen.closed);
}

#[test]
fn unpack_refuses_what_needs_too_much_memory() {
    // A dictionary of 128 MiB is stated, whatever is used.
    let mut bytes = xz_with(&secret(), 1 << 20);
    let property = bytes.find(b"\x21\x01").unwrap() + 2;
    bytes[property] = 30;
    let header = 12..12 + (usize::from(bytes[12]) + 1) * 4 - 4;
    let sum = crc32fast::hash(&bytes[header.clone()]);
    bytes[header.end..header.end + 4].copy_from_slice(&sum.to_le_bytes());
    let seen = Seen::of(&bytes);
    assert_eq!(seen.whys(), ["over the budget of 64 MiB for a decoder's dictionary"]);
    // The same of zstd: a window of 256 MiB.
    let seen = Seen::of(b"\x28\xb5\x2f\xfd\0\x90\x01\0\0");
    assert_eq!(seen.whys(), ["over the budget of 64 MiB for a decoder's dictionary"]);
    // An inner archive that is larger than may be held.
    let inner = stored_zip(&[("b.env", &secret()), ("noise", &noise(4000))]);
    let (seen, _) = Seen::with(&tar_of(&[("x.zip", &inner)]), &Limits { nested: 2000, ..Limits::default() });
    assert!(
        seen.whys()[0].starts_with("over the budget of 2000 bytes for a container inside"),
        "{:?}",
        seen.closed
    );
    assert_eq!(seen.places(), ["x.zip"]);
}

#[test]
fn unpack_counts_bytes_of_all_levels() {
    let bytes = gz(&tar_of(&[("a", &noise(100_000)), ("b", &noise(100_000)), ("c", &noise(100_000))]));
    let (seen, opened) = Seen::with(&bytes, &Limits { bytes: 300_000, ..Limits::default() });
    // The last buffers of the levels may go beyond it.
    assert!((300_000..500_000).contains(&opened.bytes), "{opened:?}");
    assert!(
        seen.whys().iter().all(|it| *it == "over the budget of 300000 bytes decoded in all"),
        "{:?}",
        seen.closed
    );
    let (seen, opened) =
        Seen::with(&bytes, &Limits { time: Some(std::time::Duration::ZERO), ..Limits::default() });
    assert_eq!((opened.members, seen.whys()), (0, vec!["over the budget of 0 seconds"]));
}

const ROUNDS: usize = 45;

#[test]
fn unpack_survives_every_flip_and_cut() {
    let limits = Limits { bytes: 8 << 20, entries: 2000, nested: 1 << 20, ..Limits::default() };
    let mut numbers = Numbers(20);
    let mut runs = 0;
    for (kind, bytes, _) in one_of_each() {
        let nested = zip_of(&[("x", &bytes)]);
        for (kind, bytes) in [(kind, bytes), (Kind::Zip, nested)] {
            for round in 0..ROUNDS {
                let mut broken = bytes.clone();
                match round % 3 {
                    0 => broken.truncate(numbers.below(bytes.len())),
                    1 => {
                        let at = numbers.below(bytes.len());
                        broken[at] ^= 1 << numbers.below(8);
                    }
                    _ => {
                        for _ in 0..1 + numbers.below(8) {
                            let at = numbers.below(bytes.len());
                            broken[at] = [0, 0xff, 0x7f, 0x80, numbers.next() as u8][numbers.below(5)];
                        }
                    }
                }
                let mut seen = Seen { keep: 0, ..Seen::default() };
                let opened = unpack(kind, &mut Cursor::new(&broken), &limits, &mut seen);
                assert!(
                    opened.bytes <= limits.bytes && opened.members <= limits.entries,
                    "{kind:?} {opened:?}"
                );
                // What comes out is bounded by what went in, with what the smallest ratio leaves.
                assert!(seen.bytes <= 2 * limits.bytes, "{kind:?} {}", seen.bytes);
                runs += 1;
            }
        }
    }
    assert_eq!(runs, 26 * ROUNDS);
}

/// Each kind's mark, with noise behind it.
#[test]
fn unpack_survives_noise_behind_a_mark() {
    for (kind, bytes, _) in one_of_each() {
        for keep in [8, 16, 40] {
            let head = &bytes[..keep.min(bytes.len())];
            let seen = {
                let mut seen = Seen { keep: 0, ..Seen::default() };
                unpack(
                    kind,
                    &mut Cursor::new([head, &noise(20_000)].concat()),
                    &Limits::default(),
                    &mut seen,
                );
                seen
            };
            // A longer head may be that of a whole stored block.
            let silent = matches!(kind, Kind::Pdf | Kind::Sqlite | Kind::Class);
            assert!(!seen.closed.is_empty() || silent || keep > 8, "{kind:?}");
        }
    }
}

/// Found by breaking samples: zeros that are no whole block were looked at for ever.
#[test]
fn unpack_ends_with_a_part_of_a_block_of_zeros() {
    let bytes = [&tar_of(&[("b.env", &secret())])[..1024], &[0; 100]].concat();
    let seen = Seen::of(&bytes);
    assert_eq!(seen.places(), ["b.env"]);
    assert_eq!(seen.members.len(), 1);
    assert!(seen.closed.is_empty(), "{:?}", seen.closed);
}

/// Found in the same way: a decoder that is asked again after an error may go on for ever.
#[test]
fn unpack_asks_no_decoder_again_after_an_error() {
    let text = noise(30_000).iter().map(|it| it % 16).collect::<Vec<_>>();
    let bytes = seven(&[("a", &text), ("b", &text[1..]), ("c", b"c")]);
    let seen = Seen::of(&bytes);
    assert!(seen.closed.is_empty(), "{:?}", seen.closed);
    let mut broken = bytes;
    broken[32] = 0x7f;
    let seen = Seen::of(&broken);
    let closed: Vec<_> = seen.closed.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(closed, ["a", "b", "c"], "{:?}", seen.closed);
    assert_eq!(seen.whys()[2], "what it is packed with was not read to its end");
}
