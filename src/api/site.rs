//! What the collection is as a whole, and who is asking.

use async_graphql::{Context, Enum, Object, SimpleObject};

use super::{entry::Kind, file::File, visit::Visit};
use crate::{content::file::exception, error::Answer};

/// The collection as a whole.
#[derive(Default)]
pub struct Site;

/// What has to be said of documents that screen readers cannot read.
#[derive(SimpleObject)]
pub struct AccessibilityStatement {
    /// Public documents that are not accessible, each with reason, plan and day in its
    /// `accessibility.exception`.
    pub exceptions: Vec<File>,
}

/// How many entries of a kind are public.
#[derive(SimpleObject)]
pub struct KindCount {
    /// The kind.
    pub kind: Kind,
    /// How many entries of it are public, in whatever language.
    pub count: i64,
}

/// The collection as a whole.
#[Object]
impl Site {
    /// What the collection is called.
    async fn title(&self) -> &str {
        "Werkzeugkoffer für die kommunale Demografiearbeit"
    }

    /// Where this API is reached.
    async fn api_url(&self, ctx: &Context<'_>) -> String {
        format!("{}/graphql", Visit::of(ctx).app.config.public_url())
    }

    /// The language that readings fall back to, as a BCP 47 tag.
    async fn default_language(&self) -> &str {
        "de"
    }

    /// How many entries of each kind are public.
    async fn kinds(&self, ctx: &Context<'_>) -> Answer<Vec<KindCount>> {
        let visit = Visit::of(ctx);
        let wish = visit.wish(ctx);
        let counts = visit.reader(&wish).kinds().await?;
        let counted = |kind: Kind| {
            let count =
                counts.iter().find(|(name, _)| name == kind.name()).map_or(0, |(_, count)| *count);
            KindCount { kind, count }
        };
        Ok(Kind::ALL.iter().copied().map(counted).collect())
    }

    /// What the statement on accessibility has to say of documents that screen readers cannot read.
    async fn accessibility_statement(&self, ctx: &Context<'_>) -> Answer<AccessibilityStatement> {
        let documents = exception::in_public(Visit::of(ctx).db().pool()).await?;
        Ok(AccessibilityStatement { exceptions: documents.into_iter().map(File::from).collect() })
    }

    /// The version of Koffer that answers.
    async fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }
}

/// What a request may see.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Perspective {
    /// What is published, and nothing else.
    Published,
    /// Drafts in the place of what is published, as far as you may see them.
    Drafts,
    /// What is published, and the drafts that a preview shows.
    Preview,
}

/// Who is asking.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Viewer {
    /// What this request sees.
    pub perspective: Perspective,
}
