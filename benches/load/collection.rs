//! The collection that is asked: made up, the same every time, in the form that `koffer export` writes.
//!
//! It keeps what the questions need to know about it: addresses, and how many of what there are.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::Path,
};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{chance::Chance, pdf::pdf, words};

pub const THEME_FIELDS: u64 = 13;
const TOOLS: u64 = 2_000;
const CASES: u64 = 1_000;
const MUNICIPALITIES: u64 = 100;
const DOWNLOADS: u64 = 3_000;

/// Many files, few bytes: what a file says about itself is read from its row, not from the disk.
const PDFS: usize = 8;

pub const FORMATS: [&str; 10] = [
    "KONZEPT",
    "VORTRAG",
    "VIDEO",
    "LEITFADEN",
    "METHODE",
    "BEST_PRACTICE",
    "CHECKLISTE",
    "VORLAGE",
    "SPIEL",
    "SOFTWARE",
];

const STATES: [(&str, &str); 8] = [
    ("01", "SCHLESWIG_HOLSTEIN"),
    ("03", "NIEDERSACHSEN"),
    ("05", "NORDRHEIN_WESTFALEN"),
    ("06", "HESSEN"),
    ("09", "BAYERN"),
    ("12", "BRANDENBURG"),
    ("14", "SACHSEN"),
    ("16", "THUERINGEN"),
];

/// What can be told of the collection without asking Koffer.
pub struct Collection {
    pub scale: u64,
    pub theme_fields: Vec<ThemeField>,
    pub tools: Vec<Tool>,
    /// How many tools a theme field has in a format.
    pub in_format: BTreeMap<(usize, usize), u64>,
}

#[derive(Default)]
pub struct ThemeField {
    pub slug: String,
    pub tools: u64,
    pub cases: u64,
}

pub struct Tool {
    pub slug: String,
    pub theme_fields: usize,
    pub cases: usize,
    pub downloads: usize,
}

/// The number makes ids of different kinds differ.
#[derive(Clone, Copy)]
enum Kind {
    ThemeField = 1,
    Tool,
    Case,
    Municipality,
    Download,
    File,
}

impl Collection {
    /// Writes it into a folder.
    pub fn generate(scale: u64, folder: &Path) -> anyhow::Result<Self> {
        let mut collection =
            Self { scale, theme_fields: Vec::new(), tools: Vec::new(), in_format: BTreeMap::new() };
        collection.entries_of(Kind::ThemeField, THEME_FIELDS, folder, Self::theme_field)?;
        collection.entries_of(Kind::Tool, TOOLS * scale, folder, Self::tool)?;
        collection.entries_of(Kind::Case, CASES * scale, folder, Self::case)?;
        collection.entries_of(
            Kind::Municipality,
            MUNICIPALITIES * scale,
            folder,
            Self::municipality,
        )?;
        collection.entries_of(Kind::Download, DOWNLOADS * scale, folder, Self::download)?;
        collection.files(folder)?;
        let manifest = json!({
            "format": "koffer-export",
            "version": 1,
            "koffer": env!("CARGO_PKG_VERSION"),
            "writtenAt": "2026-11-22T08:00:00Z",
            "entries": collection.entries(),
            "files": DOWNLOADS * scale,
        });
        fs::write(folder.join("koffer.json"), manifest.to_string())?;
        Ok(collection)
    }

    pub fn entries(&self) -> u64 {
        THEME_FIELDS + (TOOLS + CASES + MUNICIPALITIES + DOWNLOADS) * self.scale
    }

    fn entries_of(
        &mut self,
        kind: Kind,
        how_many: u64,
        folder: &Path,
        write: fn(&mut Self, u64, &mut Chance) -> Value,
    ) -> anyhow::Result<()> {
        let name = kind.name();
        let mut out = BufWriter::new(File::create(folder.join(format!("{name}.jsonl")))?);
        for number in 0..how_many {
            let snapshot = write(self, number, &mut chance(kind, number));
            let entry = json!({
                "id": id(kind, number),
                "key": null,
                "kind": name,
                "editions": [{
                    "language": "de",
                    "register": "standard",
                    "slug": snapshot["slug"],
                    "firstPublishedAt": "2026-01-15T09:30:00Z",
                    "live": snapshot,
                    "draft": null,
                }],
            });
            writeln!(out, "{entry}")?;
        }
        Ok(out.flush()?)
    }

    fn theme_field(&mut self, number: u64, chance: &mut Chance) -> Value {
        let title = words::topic(number).to_owned();
        let slug = slug(&title, number);
        self.theme_fields.push(ThemeField { slug: slug.clone(), ..ThemeField::default() });
        json!({
            "title": title,
            "slug": slug,
            "summary": words::sentences(chance, 2),
            "order": number + 1,
            "body": words::body(chance, id(Kind::Tool, number)),
        })
    }

    fn tool(&mut self, number: u64, chance: &mut Chance) -> Value {
        let title = words::title(chance);
        let slug = slug(&title, number);
        let theme_fields = chance.some(1..=3, THEME_FIELDS);
        let formats = chance.some(1..=2, FORMATS.len() as u64);
        let cases = chance.some(0..=2, CASES * self.scale);
        let downloads = chance.some(0..=2, DOWNLOADS * self.scale);
        let related = chance.some(0..=2, TOOLS * self.scale);
        let municipality = chance.some(0..=1, MUNICIPALITIES * self.scale);

        for &theme_field in &theme_fields {
            self.theme_fields[theme_field as usize].tools += 1;
            for &format in &formats {
                *self.in_format.entry((theme_field as usize, format as usize)).or_default() += 1;
            }
        }
        self.tools.push(Tool {
            slug: slug.clone(),
            theme_fields: theme_fields.len(),
            cases: cases.len(),
            downloads: downloads.len(),
        });
        let linked = id(Kind::Tool, chance.below(TOOLS * self.scale));
        json!({
            "title": title,
            "slug": slug,
            "summary": words::sentences(chance, 2),
            "formats": formats.iter().map(|&format| FORMATS[format as usize]).collect::<Vec<_>>(),
            "themeFields": ids(Kind::ThemeField, &theme_fields),
            "body": words::body(chance, linked),
            "targetGroups": [words::group(chance)],
            "year": chance.within(2012..=2026),
            "authors": [{ "name": format!("Kim {}er", words::place(chance)), "role": "Projektleitung" }],
            "municipality": ids(Kind::Municipality, &municipality).first(),
            "places": [words::place(chance)],
            "downloads": ids(Kind::Download, &downloads),
            "cases": ids(Kind::Case, &cases),
            "relatedTools": ids(Kind::Tool, &related),
            "state": "AVAILABLE",
        })
    }

    fn case(&mut self, number: u64, chance: &mut Chance) -> Value {
        let title = words::title(chance);
        let theme_fields = chance.some(1..=3, THEME_FIELDS);
        for &theme_field in &theme_fields {
            self.theme_fields[theme_field as usize].cases += 1;
        }
        let municipalities = chance.some(1..=2, MUNICIPALITIES * self.scale);
        let linked = id(Kind::Tool, chance.below(TOOLS * self.scale));
        json!({
            "title": title,
            "slug": slug(&title, number),
            "summary": words::sentences(chance, 2),
            "themeFields": ids(Kind::ThemeField, &theme_fields),
            "municipalities": ids(Kind::Municipality, &municipalities),
            "places": [words::place(chance)],
            "body": words::body(chance, linked),
            "year": chance.within(2012..=2026),
            "figures": [{ "label": "Teilnehmende", "value": chance.within(8..=400).to_string() }],
        })
    }

    fn municipality(&mut self, number: u64, chance: &mut Chance) -> Value {
        let name = words::place(chance);
        let (land, state) = chance.pick(&STATES);
        json!({
            "title": name,
            "slug": slug(&name, number),
            "name": name,
            "designation": chance.pick(&["Stadt", "Gemeinde", "Markt"]),
            "federalStates": [state],
            "ags": format!("{land}{number:06}"),
        })
    }

    fn download(&mut self, number: u64, chance: &mut Chance) -> Value {
        let title = words::title(chance);
        // Most belong to a tool, which says so itself.
        let belongs_to =
            if chance.below(4) == 0 { chance.some(1..=1, THEME_FIELDS) } else { Vec::new() };
        json!({
            "title": title,
            "slug": slug(&title, number),
            "documentKind": words::document(chance),
            "file": id(Kind::File, number),
            "date": format!("{}-{:02}-01", chance.within(2012..=2026), chance.within(1..=12)),
            "belongsTo": ids(Kind::ThemeField, &belongs_to),
        })
    }

    fn files(&self, folder: &Path) -> anyhow::Result<()> {
        fs::create_dir_all(folder.join("files"))?;
        let mut kept = Vec::new();
        for number in 0..PDFS {
            let bytes = pdf(number);
            let digest = hex::encode(Sha256::digest(&bytes));
            fs::write(folder.join("files").join(&digest), &bytes)?;
            kept.push((digest, bytes.len()));
        }
        let mut out = BufWriter::new(File::create(folder.join("files.jsonl"))?);
        for number in 0..DOWNLOADS * self.scale {
            let (digest, size) = &kept[number as usize % PDFS];
            let file = json!({
                "id": id(Kind::File, number),
                "key": null,
                "sha256": digest,
                "size": size,
                "name": format!("unterlage-{}.pdf", number + 1),
            });
            writeln!(out, "{file}")?;
        }
        Ok(out.flush()?)
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::ThemeField => "theme-field",
            Self::Tool => "tool",
            Self::Case => "case",
            Self::Municipality => "municipality",
            Self::Download => "download",
            Self::File => "file",
        }
    }
}

fn chance(kind: Kind, number: u64) -> Chance {
    Chance::new((kind as u64) << 48 | number)
}

/// Ids as Koffer makes them: in the order of time, and else by chance.
fn id(kind: Kind, number: u64) -> Uuid {
    let mut chance = Chance::new((kind as u64) << 56 | number);
    let mut random = [0; 10];
    random[..8].copy_from_slice(&chance.next().to_be_bytes());
    let first_of_2026 = 1_767_222_000_000;
    uuid::Builder::from_unix_timestamp_millis(first_of_2026 + number, &random).into_uuid()
}

fn ids(kind: Kind, numbers: &[u64]) -> Vec<Uuid> {
    numbers.iter().map(|&number| id(kind, number)).collect()
}

fn slug(title: &str, number: u64) -> String {
    format!("{}-{}", slug::slugify(title), number + 1)
}
