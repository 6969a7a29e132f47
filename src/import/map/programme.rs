//! Programmes.

use super::{Mapping, disputed, figures::figures};
use crate::kinds::{
    Programme,
    programme::{Project, Touch},
};

pub fn fields(mapping: &mut Mapping<'_>) -> Programme {
    let touched = mapping.many("themeFields", "theme-field");
    Programme {
        designation: mapping.words("kind"),
        acronym: mapping.record.text("acronym"),
        funder: mapping.one("funder", "organisation"),
        run_from: mapping.record.date("runFrom"),
        run_to: mapping.record.date("runTo"),
        office: mapping.one("office", "organisation"),
        evaluation: mapping.one("evaluation", "organisation"),
        supporters: mapping.many("supporters", "organisation"),
        strategic_support: mapping.record.text("strategicSupport"),
        funding: mapping.words("funding"),
        framework: mapping.record.text("partOfFramework"),
        // No source says how they touch; the sentence stays empty.
        touches: touched
            .into_iter()
            .map(|theme_field| Touch { theme_field: Some(theme_field), sentence: None })
            .collect(),
        predecessor: mapping.one("predecessor", "programme"),
        successor: mapping.one("successor", "programme"),
        parent: mapping.one("parent", "programme"),
        projects: projects(mapping),
        figures: figures(mapping, "figures"),
        disputed: disputed(mapping),
        body: mapping.body(),
        ..Programme::default()
    }
}

fn projects(mapping: &mut Mapping<'_>) -> Vec<Project> {
    let records = mapping.record.records("projects");
    let mut projects = Vec::new();
    for mut record in records {
        projects.push(Project {
            name: record.text("name"),
            case: record.one("case", "case", mapping.refs),
        });
        mapping.record.absorb(record);
    }
    projects
}
