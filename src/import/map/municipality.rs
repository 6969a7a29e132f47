//! Municipalities.

use super::Mapping;
use crate::kinds::{
    Municipality,
    municipality::{FederalState, Participation},
};

pub fn fields(mapping: &mut Mapping<'_>) -> Municipality {
    let name = mapping.record.text("name");
    mapping.record.give("title", name.clone());
    Municipality {
        name: name.unwrap_or_default(),
        designation: mapping.words("designation"),
        category: mapping.words("kind"),
        federal_states: federal_states(mapping),
        ags: mapping.record.text("ags"),
        part_of: mapping.one("partOf", "municipality"),
        participations: participations(mapping),
        note: mapping.words("note"),
        ..Municipality::default()
    }
}

fn federal_states(mapping: &mut Mapping<'_>) -> Vec<FederalState> {
    let names = mapping.record.texts("federalStates");
    let mut states = Vec::new();
    for name in names {
        match FederalState::by_name(&name) {
            Some(state) => states.push(state),
            None => mapping
                .record
                .fault("federalStates", format!("„{name}“ is not one of the sixteen Länder")),
        }
    }
    states
}

fn participations(mapping: &mut Mapping<'_>) -> Vec<Participation> {
    let german = mapping.speaks_german();
    let records = mapping.record.records("participations");
    let mut participations = Vec::new();
    for mut record in records {
        participations.push(Participation {
            programme: record.one("project", "programme", mapping.refs),
            role: record.text("role").filter(|_| german),
            joined: record.date("joined"),
            tranche: record.number("tranche"),
            cluster: record.text("cluster"),
        });
        mapping.record.absorb(record);
    }
    participations
}
