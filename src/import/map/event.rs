//! Events.

use super::{Mapping, disputed};
use crate::kinds::{
    Event,
    event::{EventFormat, Recording},
    value::Quantity,
};

pub fn fields(mapping: &mut Mapping<'_>) -> Event {
    mapping.record.text("datePrecision");
    let series = mapping.record.text("series");
    // Some series are events themselves; of others only the name is known.
    let series_entry = series.as_deref().and_then(|key| mapping.refs.entry("event", key));
    Event {
        designation: mapping.words("kind"),
        format: format(mapping),
        start: mapping.record.date("startDate"),
        end: mapping.record.date("endDate"),
        time_text: mapping.words("time"),
        place: mapping.record.text("place"),
        access: mapping.words("access"),
        registration_deadline: mapping.record.date("registrationDeadline"),
        capacity: mapping.record.number("capacity"),
        attendance: attendance(mapping),
        hosts: mapping.many("hosts", "organisation"),
        series_name: series.filter(|_| series_entry.is_none()),
        series: series_entry,
        municipality: mapping.one("municipality", "municipality"),
        programme: mapping.one("programme", "programme"),
        theme_fields: mapping.many("themeFields", "theme-field"),
        tools: mapping.many("tools", "tool"),
        downloads: mapping.many("downloads", "download"),
        recording: mapping
            .record
            .flag("hasRecording")
            .map(|available| Recording { available, url: None }),
        disputed: disputed(mapping),
        ..Event::default()
    }
}

fn format(mapping: &mut Mapping<'_>) -> Option<EventFormat> {
    match mapping.record.text("format")?.as_str() {
        "Online" => Some(EventFormat::Online),
        "Präsenz" => Some(EventFormat::OnSite),
        "Hybrid" => Some(EventFormat::Both),
        other => {
            mapping.record.fault("format", format!("„{other}“ is none of Online, Präsenz, Hybrid"));
            None
        }
    }
}

fn attendance(mapping: &mut Mapping<'_>) -> Option<Quantity> {
    let mut attendees = mapping.record.record("attendees")?;
    let value = attendees.number("value").map(f64::from);
    let qualifier = attendees.text("qualifier");
    mapping.record.absorb(attendees);
    Some(Quantity { value: value?, qualifier })
}
