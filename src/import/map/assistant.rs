//! Assistants, whose steps have texts of their own.

use super::{Mapping, Record};
use crate::kinds::{Assistant, assistant::AssistantStep};

pub fn fields(mapping: &mut Mapping<'_>) -> Assistant {
    let tool = mapping.one("tool", "tool");
    let records = mapping.record.records("steps");
    let mut steps: Vec<(i32, AssistantStep)> =
        records.into_iter().map(|record| step(mapping, record)).collect();
    steps.sort_by_key(|(order, _)| *order);
    Assistant {
        acronym: mapping.record.text("acronym"),
        year: mapping.record.number("year"),
        audience: mapping.words("audience"),
        purpose: mapping.words("purpose"),
        saved_data: mapping.words("savedData"),
        cost_free: mapping.record.flag("costFree"),
        browser_based: mapping.record.flag("browserBased"),
        registration_required: mapping.record.flag("registrationRequired"),
        collaborative: mapping.record.flag("collaborative"),
        body: mapping.body(),
        operator: mapping.one("operator", "organisation"),
        programme: mapping.one("programme", "programme"),
        origin: mapping.one("origin", "programme"),
        tools: tool.into_iter().collect(),
        steps: steps.into_iter().map(|(_, step)| step).collect(),
        ..Assistant::default()
    }
}

fn step(mapping: &mut Mapping<'_>, mut record: Record) -> (i32, AssistantStep) {
    let german = mapping.speaks_german();
    let key = record.text("key").unwrap_or_default();
    let order = record.number("order").unwrap_or_default();
    let words = |texts: Vec<String>| if german { texts } else { Vec::new() };
    let edition = (key.clone(), mapping.language.clone(), mapping.register);
    let text = mapping.collection.steps.get(&edition);
    let step = AssistantStep {
        title: record.text("title").unwrap_or_default(),
        alternative_titles: words(record.texts("alternativeTitles")),
        purpose: record.text("purpose").filter(|_| german),
        questions: words(record.texts("asksFor")),
        produces: words(record.texts("produces")),
        participants: words(record.texts("participants")),
        record_fields: record.texts("recordFields"),
        body: text.and_then(|text| mapping.rich_text(text, mapping.register)),
        has_video: record.flag("hasVideo"),
        tools: record.one("tool", "tool", mapping.refs).into_iter().collect(),
        source_url: record.text("sourceUrl"),
        further_sources: record.texts("furtherSources"),
        key,
        ..AssistantStep::default()
    };
    mapping.record.absorb(record);
    (order, step)
}
