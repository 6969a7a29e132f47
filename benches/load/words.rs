//! German words, so that titles sort, fold and weigh as real ones do.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::chance::Chance;

const FORMS: &[&str] = &[
    "Leitfaden",
    "Handreichung",
    "Checkliste",
    "Planspiel",
    "Konzept",
    "Zukunftswerkstatt",
    "Vorlage",
    "Bürgerdialog",
    "Lernreise",
    "Übersicht",
    "Fragebogen",
    "Rahmenplan",
    "Ideensammlung",
    "Methodenkoffer",
    "Strategie",
    "Ämterlotse",
    "Öffentlichkeitspaket",
    "Auftaktveranstaltung",
];

const TOPICS: &[&str] = &[
    "Nahversorgung",
    "Ärztliche Versorgung",
    "Übergänge in die Ausbildung",
    "Wohnen im Alter",
    "Leerstand",
    "Mobilität ohne eigenes Auto",
    "Jugendbeteiligung",
    "Öffentlicher Nahverkehr",
    "Zuzug und Rückkehr",
    "Pflege zu Hause",
    "Ehrenamt",
    "Breitbandausbau",
    "Schulwege",
    "Dorfmitte",
    "Baulandentwicklung",
    "Grünflächen",
    "Familienfreundlichkeit",
    "Digitale Verwaltung",
    "Interkommunale Gewerbegebiete",
    "Älter werden im Quartier",
    "Integration",
    "Fachkräfte",
    "Kulturangebote",
    "Straßen und Plätze",
];

const GROUPS: &[&str] = &[
    "kleine Gemeinden",
    "Jugendliche",
    "Ältere",
    "junge Familien",
    "Verwaltungen",
    "Vereine",
    "Ratsmitglieder",
    "Zugezogene",
    "Pendlerinnen und Pendler",
    "ländliche Räume",
    "Mittelstädte",
    "Landkreise",
];

const PLACE_STARTS: &[&str] = &[
    "Alt", "Neu", "Ober", "Unter", "Groß", "Klein", "Öhr", "Übel", "Mühl", "Linden", "Wald",
    "Stein", "Schön", "Weiß", "Grün", "Kirch", "Burg", "Sonnen", "Hohen", "Nieder", "Lauter",
    "Rott", "Ährn", "Süd",
];

const PLACE_ENDS: &[&str] = &[
    "dorf", "hausen", "bach", "berg", "stadt", "felde", "kirchen", "heim", "ingen", "au", "büren",
    "förde", "tal", "brück", "walde", "see", "rode", "münde", "leben", "stedt",
];

const SENTENCES: &[&str] = &[
    "Am Anfang stand die Frage, wie sich das Angebot in {ort} auch in zehn Jahren noch tragen lässt.",
    "Verwaltung, Vereine und Betriebe haben gemeinsam festgehalten, was gut läuft und was fehlt.",
    "Das Vorgehen eignet sich für {gruppe}, wenn es einen festen Ansprechpartner im Rathaus gibt.",
    "In drei Treffen entstand ein Fahrplan mit Zuständigkeiten, Kosten und einem Zeitpunkt für die Auswertung.",
    "Wichtig war, früh über {thema} zu sprechen und die Ergebnisse nach jeder Runde öffentlich zu machen.",
    "Die Erfahrungen zeigen, dass kurze Wege und verlässliche Termine mehr bewirken als zusätzliche Gremien.",
    "Wer wenig Zeit hat, beginnt mit der Bestandsaufnahme und überspringt die Vertiefung zunächst.",
    "Rund vierzig Menschen aus {ort} und den Nachbargemeinden haben sich beteiligt.",
    "Die Unterlagen dürfen angepasst werden; Logo und Fördergeber sind dabei zu nennen.",
    "Ohne die Unterstützung des Landkreises wäre der Umbau der Räume nicht möglich gewesen.",
    "Für {gruppe} gibt es eine gekürzte Fassung, die ohne Fachbegriffe auskommt.",
    "Eine erste Auswertung nach zwei Jahren hat gezeigt, wo nachgesteuert werden muss.",
    "Zum Thema {thema} liegen Zahlen aus der Kommunalstatistik vor, die jährlich fortgeschrieben werden.",
    "Die Kosten blieben überschaubar, weil vorhandene Räume und Geräte genutzt wurden.",
    "Bei der Umsetzung half ein Beirat, in dem auch Jugendliche aus {ort} stimmberechtigt sind.",
    "Als hilfreich erwies sich eine Karte, auf der alle Angebote mit Öffnungszeiten verzeichnet sind.",
];

const DOCUMENTS: &[&str] =
    &["Leitfaden", "Flyer", "Präsentation", "Vorlage", "Bericht", "Checkliste"];

/// What a title is made of.
pub fn title(chance: &mut Chance) -> String {
    let (form, topic) = (chance.pick(FORMS), chance.pick(TOPICS));
    match chance.below(4) {
        0 => format!("{topic} in {}: {form}", place(chance)),
        1 => format!("{form} {topic} für {}", chance.pick(GROUPS)),
        2 => format!("{topic} – {form} aus {}", place(chance)),
        _ => format!("{form}: {topic} in {} und Umgebung", place(chance)),
    }
}

pub fn topic(number: u64) -> &'static str {
    TOPICS[number as usize % TOPICS.len()]
}

pub fn group(chance: &mut Chance) -> &'static str {
    chance.pick(GROUPS)
}

pub fn place(chance: &mut Chance) -> String {
    format!("{}{}", chance.pick(PLACE_STARTS), chance.pick(PLACE_ENDS))
}

pub fn document(chance: &mut Chance) -> &'static str {
    chance.pick(DOCUMENTS)
}

/// So many sentences in a row.
pub fn sentences(chance: &mut Chance, how_many: usize) -> String {
    let one = |chance: &mut Chance| {
        let sentence = chance.pick(SENTENCES);
        let sentence = sentence.replace("{ort}", &place(chance));
        sentence.replace("{gruppe}", group(chance)).replace("{thema}", chance.pick(TOPICS))
    };
    (0..how_many).map(|_| one(chance)).collect::<Vec<_>>().join(" ")
}

/// A text of about 1.5 kB, as a document tree: headings, a list, and a link to another entry.
pub fn body(chance: &mut Chance, links_to: Uuid) -> Value {
    let text = |text: String| json!({ "type": "text", "text": text });
    let paragraph = |content: Value| json!({ "type": "paragraph", "content": content });
    let heading = |words: &str| json!({ "type": "heading", "attrs": { "level": 2 }, "content": [text(words.into())] });
    let point =
        |words: String| json!({ "type": "listItem", "content": [paragraph(json!([text(words)]))] });
    let link = json!({
        "type": "text", "text": title(chance),
        "marks": [{ "type": "entryLink", "attrs": { "entry": links_to } }],
    });
    json!({ "type": "doc", "content": [
        paragraph(json!([text(sentences(chance, 4))])),
        heading("So geht es"),
        { "type": "bulletList", "content": [
            point(sentences(chance, 1)), point(sentences(chance, 1)), point(sentences(chance, 1)),
        ] },
        heading("Erfahrungen"),
        paragraph(json!([text(sentences(chance, 4)), text(" Mehr steht unter „".into()), link, text("“.".into())])),
        paragraph(json!([
            { "type": "text", "text": "Wichtig:", "marks": [{ "type": "strong" }] },
            text(format!(" {}", sentences(chance, 3))),
        ])),
    ] })
}
