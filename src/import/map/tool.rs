//! Tools.

use super::{Mapping, contribution};
use crate::kinds::{
    Tool,
    tool::{ToolFormat, ToolState},
};

pub fn fields(mapping: &mut Mapping<'_>) -> Tool {
    // Which of its facts came from a source and which from the collection's editors, the model does
    // not keep; the field stays in the report.
    Tool {
        formats: formats(mapping),
        theme_fields: mapping.many("themeFields", "theme-field"),
        body: mapping.body(),
        steps: None,
        target_groups: mapping.words("targetGroup").into_iter().collect(),
        used_by: mapping.words("users").into_iter().collect(),
        effort: None,
        duration: None,
        year: mapping.record.number("year"),
        authors: mapping
            .record
            .records("authors")
            .into_iter()
            .map(|author| contribution(mapping, author))
            .collect(),
        organisations: mapping.many("organisations", "organisation"),
        municipality: mapping.one("municipality", "municipality"),
        places: mapping.record.texts("places"),
        downloads: mapping.many("downloads", "download"),
        cases: Vec::new(),
        related_tools: mapping.many("relatedTools", "tool"),
        part_of: mapping.one("partOf", "tool"),
        recorded_at: mapping.one("event", "event"),
        video_url: None,
        assistant_steps: mapping.record.text("assistantStep").into_iter().collect(),
        state: state(mapping),
    }
}

fn formats(mapping: &mut Mapping<'_>) -> Vec<ToolFormat> {
    let names = mapping.record.texts("formats");
    let mut formats = Vec::new();
    for name in names {
        match name.as_str() {
            "Konzept" => formats.push(ToolFormat::Konzept),
            "Vortrag" => formats.push(ToolFormat::Vortrag),
            "Video" => formats.push(ToolFormat::Video),
            "Leitfaden" => formats.push(ToolFormat::Leitfaden),
            "Methode" => formats.push(ToolFormat::Methode),
            "Best Practice" => formats.push(ToolFormat::BestPractice),
            "Checkliste" => formats.push(ToolFormat::Checkliste),
            "Vorlage" => formats.push(ToolFormat::Vorlage),
            "Spiel" => formats.push(ToolFormat::Spiel),
            "Software" => formats.push(ToolFormat::Software),
            other => mapping
                .record
                .fault("formats", format!("„{other}“ is not a form of tools that we know")),
        }
    }
    formats
}

fn state(mapping: &mut Mapping<'_>) -> ToolState {
    match mapping.record.text("status").as_deref() {
        None | Some("veröffentlicht") => ToolState::Available,
        Some("angekündigt") => ToolState::Announced,
        Some("archiviert") => ToolState::Archived,
        Some(other) => {
            let message = format!("„{other}“ is none of veröffentlicht, angekündigt, archiviert");
            mapping.record.fault("status", message);
            ToolState::Available
        }
    }
}
