//! PDFs that break what reads them, or try to.

use lopdf::{
    Dictionary, Document, EncryptionState, EncryptionVersion, Object, Permissions, Stream,
    dictionary,
};

use super::{Awkward, kept, refused, sample};

/// A document written by hand: its objects, the first of which is the catalog.
fn written(objects: &[String]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n{object}\nendobj\n", number + 1).bytes());
    }
    let table = bytes.len();
    bytes.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        bytes.extend(format!("{place:010} 00000 n \n").bytes());
    }
    let size = objects.len() + 1;
    let trailer = format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
    bytes.extend(trailer.bytes());
    bytes
}

/// A catalog with this in it, and one empty page.
fn one_page(catalog: &str, page: &str, more: &[&str]) -> Vec<u8> {
    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R {catalog} >>"),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!("<< /Type /Page /Parent 2 0 R {page} >>"),
    ];
    objects.extend(more.iter().map(|object| (*object).to_owned()));
    written(&objects)
}

/// A document of one page that everybody can read, with this title.
pub fn tagged(title: &str) -> Vec<u8> {
    let catalog = "/Lang (de) /MarkInfo << /Marked true >> /StructTreeRoot 4 0 R";
    let mut bytes = one_page(catalog, A4, &["<< /Type /StructTreeRoot >>"]);
    let mut document = Document::load_mem(&bytes).unwrap();
    let title = Object::String(
        [b"\xFE\xFF".to_vec(), title.encode_utf16().flat_map(u16::to_be_bytes).collect()].concat(),
        lopdf::StringFormat::Literal,
    );
    let info = document.add_object(dictionary! { "Title" => title });
    document.trailer.set("Info", info);
    bytes.clear();
    document.save_to(&mut bytes).unwrap();
    bytes
}

const A4: &str = "/MediaBox [0 0 595 842]";

fn stream(about: &str, content: &str) -> String {
    format!("<< /Length {} {about} >>\nstream\n{content}\nendstream", content.len())
}

/// A page whose content unfolds to so many bytes, folded so many times.
fn bomb(size: usize, times: usize) -> Vec<u8> {
    let mut content = vec![b' '; size];
    for _ in 0..times {
        let mut stream = Stream::new(Dictionary::new(), content);
        stream.compress().unwrap();
        content = stream.content;
    }
    let mut document = Document::with_version("1.7");
    let filters = vec![Object::Name(b"FlateDecode".to_vec()); times];
    let content = document.add_object(Stream::new(dictionary! { "Filter" => filters }, content));
    let pages = document.new_object_id();
    let page = document.add_object(dictionary! {
        "Type" => "Page", "Parent" => pages, "Contents" => content,
        "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
    });
    let tree = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
    document.objects.insert(pages, tree.into());
    let root = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", root);
    saved(document)
}

fn saved(mut document: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

fn locked(password: &str) -> Vec<u8> {
    let mut document = Document::load_mem(&one_page("", A4, &[])).unwrap();
    let id = Object::string_literal("0123456789abcdef");
    document.trailer.set("ID", vec![id.clone(), id]);
    let lock = EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: password,
        key_length: 128,
        permissions: Permissions::all(),
    };
    let lock = EncryptionState::try_from(lock).unwrap();
    document.encrypt(&lock).unwrap();
    saved(document)
}

fn pages(number: usize) -> Vec<u8> {
    let kids: String = (0..number).map(|page| format!("{} 0 R ", page + 3)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {number} {A4} >>"),
    ];
    objects.extend((0..number).map(|_| "<< /Type /Page /Parent 2 0 R >>".to_owned()));
    written(&objects)
}

/// A page that is as good as endless.
pub fn endless() -> Vec<u8> {
    one_page("", "/MediaBox [0 0 1 100000]", &[])
}

pub fn awkward() -> Vec<Awkward> {
    let whole = sample("arbeiten-im-krisenmodus.pdf");
    let half = &whole[..whole.len() / 2];
    let no_end = &whole[..whole.len() - 1000];
    let mut late = vec![b'\n'; 900];
    late.extend(&whole);
    let deep_array = format!("/Deep {}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep_dictionary = format!("/Deep {}{}", "<< /D ".repeat(10_000), " >>".repeat(10_000));
    let itself = "/Resources << /XObject << /F 5 0 R >> >> /Contents 4 0 R";
    let form = stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 5 0 R >> >>",
        "/F Do",
    );
    let states = stream("", &"q ".repeat(1_000_000));
    let outline = "/Outlines 4 0 R";
    let heading = |next: usize| {
        format!("<< /Title (Kreis) /Parent 4 0 R /Next {next} 0 R /Dest [3 0 R /Fit] >>")
    };
    let font = "/Resources << /Font << /F 4 0 R >> >>";
    let million: Vec<String> = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!("<< /Type /Page /Parent 2 0 R {A4} >>"),
    ]
    .into_iter()
    .chain(std::iter::repeat_n("null".to_owned(), 1_000_000))
    .collect();

    vec![
        kept("eine-seite.pdf", one_page("", A4, &[])),
        kept("spaeter-anfang.pdf", late),
        refused("nur-kopf.pdf", "%PDF-1.7\n"),
        refused("halb.pdf", half),
        kept("ohne-ende.pdf", no_end),
        refused("rauschen.pdf", [&b"%PDF-1.7\n"[..], &vec![0xA5; 100_000]].concat()),
        refused("ohne-katalog.pdf", "%PDF-1.7\ntrailer<</Root 1 0 R>>startxref 0 %%EOF"),
        refused(
            "ohne-seiten.pdf",
            written(&[
                "<< /Type /Catalog /Pages 2 0 R >>".into(),
                "<< /Type /Pages /Kids [] /Count 0 >>".into(),
            ]),
        ),
        refused(
            "baum-im-kreis.pdf",
            written(&[
                "<< /Type /Catalog /Pages 2 0 R >>".into(),
                "<< /Type /Pages /Kids [2 0 R] /Count 1 /Parent 2 0 R >>".into(),
            ]),
        ),
        refused("feld-10000-tief.pdf", one_page(&deep_array, A4, &[])),
        refused("woerterbuch-10000-tief.pdf", one_page(&deep_dictionary, A4, &[])),
        kept("million-objekte.pdf", written(&million)),
        kept("bombe.pdf", bomb(300 * 1024 * 1024, 1)),
        kept("bombe-in-bombe.pdf", bomb(300 * 1024 * 1024, 3)),
        refused("verschlossen.pdf", locked("geheim")),
        refused("ohne-kennwort-verschlossen.pdf", locked("")),
        kept(
            "gliederung-im-kreis.pdf",
            one_page(outline, A4, &["<< /First 5 0 R /Last 6 0 R >>", &heading(6), &heading(5)]),
        ),
        kept(
            "form-in-sich.pdf",
            one_page("", &format!("{A4} {itself}"), &[&stream("", "/F Do"), &form]),
        ),
        kept("million-zustaende.pdf", one_page("", &format!("{A4} /Contents 4 0 R"), &[&states])),
        kept(
            "schrift-im-kreis.pdf",
            one_page(
                "",
                &format!("{A4} {font}"),
                &["<< /Type /Font /Subtype /Type0 /BaseFont /X /DescendantFonts [4 0 R] >>"],
            ),
        ),
        kept("ohne-flaeche.pdf", one_page("", "/MediaBox [0 0 0 0]", &[])),
        kept("endlos.pdf", endless()),
        kept("riesig.pdf", one_page("", "/MediaBox [0 0 1000000000 1000000000]", &[])),
        kept("zweitausend-seiten.pdf", pages(2000)),
        refused("zweitausendundeine.pdf", pages(2001)),
        kept(
            "mit-skript.pdf",
            one_page("/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>", A4, &[]),
        ),
        refused("verweis-ins-leere.pdf", written(&["<< /Type /Catalog /Pages 99 0 R >>".into()])),
    ]
}
