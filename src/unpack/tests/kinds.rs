//! Each kind, with its forms.

use super::{make::*, *};

const FILE: u32 = 0o100_644;

fn sql_rows() -> Vec<u8> {
    let secret = secret();
    let long = [&noise_text(2000)[..], &secret].concat();
    sqlite(&[b"short", &secret, &long, b"last"], 1)
}

fn noise_text(len: usize) -> Vec<u8> {
    noise(len).iter().map(|it| b'a' + it % 26).collect()
}

/// A token with a kern in its middle.
fn page() -> String {
    let token = token();
    let (a, b) = token.split_at(7);
    format!("BT /F1 12 Tf 1 0 0 1 50 700 Tm [(key = {a}) -15.5 ({b})] TJ ET")
}

/// One of each kind, with the token inside.
pub fn one_of_each() -> Vec<(Kind, Vec<u8>, &'static str)> {
    let secret = secret();
    let text = String::from_utf8(secret.clone()).unwrap();
    vec![
        (Kind::Zip, zip_of(&[("a.txt", b"nothing"), ("etc/b.env", &secret)]), "etc/b.env"),
        (Kind::Tar, tar_of(&[("a.txt", b"nothing"), ("etc/b.env", &secret)]), "etc/b.env"),
        (Kind::Gzip, gz(&secret), "content"),
        (Kind::Bzip2, bz2(&secret), "content"),
        (Kind::Xz, xz(&secret), "content"),
        (Kind::Zstd, zstd(&secret), "content"),
        (Kind::SevenZip, seven(&[("a.txt", b"nothing"), ("etc/b.env", &secret)]), "etc/b.env"),
        (Kind::Ar, ar(&[("odd/", b"odd"), ("b.env/", &secret)]), "b.env"),
        (Kind::Cpio, newc(&[("etc", 0o040_755, b""), ("etc/b.env", FILE, &secret)]), "etc/b.env"),
        (Kind::Rpm, rpm("", &[("./etc/b.env", FILE, &secret)]), "payload > content > ./etc/b.env"),
        (Kind::Pdf, pdf(&[("/Filter /FlateDecode", &zlib(page().as_bytes()))], ""), "object 2 0"),
        (Kind::Sqlite, sql_rows(), "records"),
        (Kind::Class, class(&["java/lang/Object", &text]), "constants"),
    ]
}

#[test]
fn unpack_opens_one_of_each_kind() {
    let all = one_of_each();
    for (kind, bytes, place) in &all {
        assert_eq!(super::kind(&bytes[..bytes.len().min(512)]), Some(*kind));
        let seen = Seen::of(bytes);
        assert_eq!(seen.places(), [*place], "{kind:?}");
        assert!(seen.closed.is_empty(), "{kind:?} {:?}", seen.closed);
    }
    assert_eq!(all.iter().map(|it| it.0).collect::<Vec<_>>(), Kind::ALL);
}

#[test]
fn unpack_opens_each_kind_within_each_other() {
    for (kind, bytes, place) in one_of_each() {
        for (name, outer) in [
            ("zip", zip_of(&[("x", &bytes)])),
            ("tar", tar_of(&[("x", &bytes)])),
            ("xz", xz(&bytes)),
            ("tar.gz", gz(&tar_of(&[("x", &bytes)]))),
            ("7z", seven(&[("x", &bytes), ("y", b"y")])),
            ("deb", ar(&[("x/", &bytes)])),
            ("rpm", rpm("", &[("x", FILE, &bytes)])),
            ("pdf", pdf(&[("/Type /EmbeddedFile /Filter [/Fl#61teDecode]", &zlib(&bytes))], "")),
        ] {
            let seen = Seen::of(&outer);
            let place = place.strip_suffix("constants").unwrap_or(place);
            assert!(
                seen.places().iter().any(|it| it.ends_with(place)),
                "{kind:?} in {name}: {:?} {:?}",
                seen.places(),
                seen.closed
            );
            assert!(seen.closed.is_empty(), "{kind:?} in {name}: {:?}", seen.closed);
        }
    }
}

#[test]
fn unpack_reads_frames_that_follow_one_another() {
    let secret = secret();
    let (a, b) = secret.split_at(25);
    let skipped = b"\x53\x2a\x4d\x18\x04\0\0\0skip".to_vec();
    for bytes in [
        [gz(a), gz(b)].concat(),
        [bz2(a), bz2(b)].concat(),
        [xz(a), vec![0; 8], xz(b)].concat(),
        [skipped.clone(), zstd(a), skipped, zstd(b)].concat(),
    ] {
        let seen = Seen::of(&bytes);
        assert_eq!(seen.places(), ["content"], "{:?}", seen.closed);
        assert!(seen.closed.is_empty(), "{:?}", seen.closed);
        assert_eq!(seen.members.last().unwrap().1, secret);
    }
}

#[test]
fn unpack_reads_tars_of_every_make() {
    let secret = secret();
    let long = format!("{}/b.env", "folder".repeat(30));
    // GNU's long names.
    let seen = Seen::of(&tar_of(&[(&long, &secret)]));
    assert_eq!(seen.places(), [long.as_str()]);
    // Pax.
    let mut tar = ::tar::Builder::new(Vec::new());
    tar.append_pax_extensions([("path", long.as_bytes()), ("comment", token().as_bytes())]).unwrap();
    let mut header = ::tar::Header::new_ustar();
    header.set_path("short").unwrap();
    header.set_size(secret.len() as u64);
    header.set_cksum();
    tar.append(&header, &secret[..]).unwrap();
    let seen = Seen::of(&tar.into_inner().unwrap());
    assert_eq!(seen.places().len(), 2, "{:?}", seen.places());
    assert_eq!(seen.places()[1], long);
    // Before there was a mark.
    let mut old = ::tar::Builder::new(Vec::new());
    let mut header = ::tar::Header::new_old();
    header.set_path("b.env").unwrap();
    header.set_size(secret.len() as u64);
    header.set_cksum();
    old.append(&header, &secret[..]).unwrap();
    assert_eq!(Seen::of(&old.into_inner().unwrap()).places(), ["b.env"]);
    // Links.
    let mut tar = ::tar::Builder::new(Vec::new());
    for kind in [::tar::EntryType::Symlink, ::tar::EntryType::Link] {
        let mut header = ::tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        tar.append_link(&mut header, "link", format!("https://user:{}@host/", token())).unwrap();
    }
    assert_eq!(Seen::of(&tar.into_inner().unwrap()).places(), ["link", "link"]);
}

#[test]
fn unpack_goes_on_in_a_tar_after_what_is_no_header() {
    let secret = secret();
    let first = tar_of(&[("a", &noise(600))]);
    let (head, tail) = (&first[..1536], tar_of(&[("b.env", &secret)]));
    let mut text = secret.clone();
    text.resize(700, b' ');
    let seen = Seen::of(&[head, &text, &vec![b' '; 324], &tail].concat());
    assert_eq!(seen.places(), ["between members", "b.env"]);
    assert_eq!(seen.whys().len(), 1, "{:?}", seen.closed);
    // After the end, what follows need not be a header.
    let seen = Seen::of(&gz(&[&first[..], &secret].concat()));
    assert_eq!(seen.places(), ["content > between members"]);
    assert!(seen.closed.is_empty(), "{:?}", seen.closed);
    // A sparse file is stored without its holes.
    let mut header = ::tar::Header::new_gnu();
    header.set_path("sparse").unwrap();
    header.set_size(secret.len() as u64);
    header.as_mut_bytes()[156] = b'S';
    header.as_mut_bytes()[482] = 1;
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend([0; 512]);
    bytes.extend(&secret);
    bytes.resize(4096, 0);
    let seen = Seen::of(&bytes);
    assert_eq!(seen.places(), ["sparse"]);
    assert!(seen.closed.is_empty(), "{:?}", seen.closed);
}

#[test]
fn unpack_reads_every_method_of_zip() {
    let secret = secret();
    let mut deflated = flate2::write::DeflateEncoder::new(Vec::new(), Compression::best());
    deflated.write_all(&secret).unwrap();
    let mut lzma = vec![9, 20, 5, 0, 93, 0, 0, 16, 0];
    let options = lzma_rust2::LzmaOptions { dict_size: 1 << 20, ..lzma_rust2::LzmaOptions::with_preset(1) };
    let mut to = lzma_rust2::LzmaWriter::new_no_header(&mut lzma, &options, false).unwrap();
    to.write_all(&secret).unwrap();
    to.finish().unwrap();
    let entries = [
        Raw::stored("0", &secret),
        Raw::packed("8", 8, &secret, deflated.finish().unwrap()),
        Raw::packed("12", 12, &secret, bz2(&secret)),
        Raw::packed("14", 14, &secret, lzma),
        Raw::packed("93", 93, &secret, zstd(&secret)),
        Raw::packed("95", 95, &secret, xz(&secret)),
    ];
    let seen = Seen::of(&raw_zip(&entries));
    assert!(seen.closed.is_empty(), "{:?}", seen.closed);
    assert_eq!(seen.places(), ["0", "8", "12", "14", "93", "95"]);
    let seen = Seen::of(&raw_zip(&[Raw::packed("98", 98, &secret, vec![1, 2, 3])]));
    assert_eq!(seen.closed, [("98".to_owned(), "unsupported: compression method 98".to_owned())]);
}

#[test]
fn unpack_reads_wide_zips_comments_and_streamed_entries() {
    let secret = secret();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("wide", SimpleFileOptions::default().large_file(true)).unwrap();
    zip.write_all(&secret).unwrap();
    zip.set_comment(format!("note {}", token())).unwrap();
    let bytes = zip.finish().unwrap().into_inner();
    assert_eq!(Seen::of(&bytes).places(), ["archive comment", "wide"]);
    // Something stands before it.
    let behind = [&b"#!/bin/sh\nexit\n"[..], &bytes].concat();
    assert_eq!(kind(&behind[..512.min(behind.len())]), None);
    assert_eq!(kind_by_end(&behind), Some(Kind::Zip));
    assert_eq!(kind_by_end(&[&behind[..], b"\n"].concat()), Some(Kind::Zip));
    // In a program that reads such archives, the marks have none around them.
    let marks =
        [&[0; 99][..], b"PK\x05\x06\0\0\0\0\x01\0\x01\0PK\x05\x06PK\x01\x02\0\0\0", &[0; 99]].concat();
    assert_eq!(kind_by_end(&marks), None);
    let mut seen = Seen { keep: 1000, ..Seen::default() };
    unpack(Kind::Zip, &mut Cursor::new(&behind), &Limits::default(), &mut seen);
    assert_eq!(seen.places(), ["archive comment", "wide"]);
    assert!(seen.closed.is_empty(), "{:?}", seen.closed);
    // Written to a pipe: the sizes stand behind the data.
    let mut zip = ZipWriter::new_stream(Vec::new());
    for name in ["a", "b"] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(&secret).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    let seen = Seen::of(&bytes);
    assert_eq!(seen.places(), ["a", "b"]);
    assert!(seen.closed.is_empty(), "{:?}", seen.closed);
    // And with its directory lost.
    let directory = bytes.rfind(b"PK\x01\x02").unwrap();
    let seen = Seen::of(&bytes[..directory]);
    assert_eq!(seen.places(), ["a", "b"]);
    assert!(seen.whys()[0].starts_with("damaged: no central directory"), "{:?}", seen.closed);
}

#[test]
fn unpack_reads_names_of_ar_and_forms_of_cpio() {
    let secret = secret();
    let names = format!("{}.o/\n", "long".repeat(6));
    let bsd = [b"bsd_name_of_20_bytes", &secret[..]].concat();
    let bytes = ar(&[("//", names.as_bytes()), ("/0", &secret), ("#1/20", &bsd)]);
    let seen = Seen::of(&bytes);
    assert_eq!(seen.places(), [&format!("{}.o", "long".repeat(6)), "bsd_name_of_20_bytes"]);
    let link = token();
    let seen = Seen::of(&odc(&[("f", FILE, &secret), ("link", 0o120_777, link.as_bytes())]));
    assert_eq!(seen.places(), ["f", "link"]);
    // An initial RAM disk: what comes first is not packed.
    let mut disk = newc(&[("microcode", FILE, b"x")]);
    disk.resize(1024, 0);
    disk.extend(gz(&newc(&[("b.env", FILE, &secret)])));
    let seen = Seen::of(&disk);
    assert_eq!(seen.places(), ["behind the trailer > content > b.env"]);
    assert!(seen.closed.is_empty(), "{:?}", seen.closed);
    // A package's script.
    let seen = Seen::of(&rpm(&format!("curl -H {}", token()), &[]));
    assert_eq!(seen.places(), ["header"]);
}

#[test]
fn unpack_reads_rows_of_every_length_and_coding() {
    let secret = secret();
    let seen = Seen::of(&sql_rows());
    let rows = String::from_utf8(seen.members[0].1.clone()).unwrap();
    assert_eq!(rows.matches(&token()).count(), 2);
    assert!(rows.starts_with("table\tt\tt\tCREATE TABLE t(a,b,c)\nshort\nline one\n"), "{rows:.200}");
    assert!(rows.ends_with("\nlast\n"));
    for encoding in [2, 3] {
        let units = String::from_utf8(secret.clone()).unwrap() + "é";
        let wide: Vec<u8> = units
            .encode_utf16()
            .flat_map(|it| if encoding == 2 { it.to_le_bytes() } else { it.to_be_bytes() })
            .collect();
        let seen = Seen::of(&sqlite(&[&wide], encoding));
        assert!(seen.members[0].1.ends_with("é\n".as_bytes()));
        assert_eq!(seen.places(), ["records"]);
    }
    // Overflow pages in a circle.
    let mut circle = sql_rows();
    for page in 2..circle.len() / 512 {
        circle[page * 512..page * 512 + 4].copy_from_slice(&3_u32.to_be_bytes());
    }
    let (_, opened) = Seen::with(&circle, &Limits::default());
    assert!(opened.bytes < 2 * circle.len() as u64);
}

#[test]
fn unpack_reads_pages_as_drawn() {
    let secret = secret();
    let bytes = pdf(
        &[
            ("", page().as_bytes()),
            ("/Filter /DCTDecode", &secret),
            ("/Type /ObjStm /Filter [ /FlateDecode ] /DecodeParms << /Predictor 1 >>", &zlib(&secret)),
            ("/Filter [/ASCII85Decode /FlateDecode]", b"abc"),
            ("/Filter /FlateDecode /DecodeParms << /Predictor 12 >>", &zlib(b"abc")),
        ],
        "",
    );
    let seen = Seen::of(&bytes);
    assert_eq!(seen.places(), ["object 2 0", "object 4 0"]);
    let closed: Vec<_> = seen.closed.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    assert_eq!(
        closed,
        [
            ("object 5 0", "unsupported: coded by ASCII85Decode, FlateDecode"),
            ("object 6 0", "unsupported: coded by a predictor"),
        ]
    );
    let seen = Seen::of(&pdf(&[("/Filter /FlateDecode", &noise(100))], "/Encrypt 9 0 R"));
    assert_eq!(seen.whys(), ["encrypted"]);
}

#[test]
fn unpack_gives_strings_of_classes_without_what_stands_before_them() {
    let token = token();
    let bytes = class(&["a", &token]);
    let seen = Seen::of(&bytes);
    assert!(seen.members[0].1.contains_str(format!("\n{token}\n")));
    let seen = Seen::of(&zip_of(&[("A.class", &bytes)]));
    assert_eq!(seen.places(), ["A.class"]);
    assert!(seen.members[0].1.ends_with(b"and the rest"));
}
