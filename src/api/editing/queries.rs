//! What editors ask for: one edition, or lists.

use async_graphql::{Context, ID, Object};

use super::{
    editor,
    list::{self, WorkingEditionFilter, WorkingEditionOrder, WorkingEditionPage},
    mutations::KindRule,
    target,
    working_edition::{Reference, WorkingEdition},
};
use crate::{
    api::{
        entry::Kind,
        filter::{Register, uuid},
    },
    content::{
        reference, review,
        workspace::{self, Opened},
    },
    error::{Answer, Failure},
};

/// What editors ask for. Nothing here is for the public.
#[derive(Default)]
pub struct EditionQueries;

#[Object]
impl EditionQueries {
    /// One edition with its newest revision, for those who may see drafts.
    async fn working_edition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The edition's id, or the entry's.")] id: ID,
        #[graphql(desc = "Which edition of the entry is meant, where the id is the entry's.")]
        language: Option<String>,
        #[graphql(desc = "Which edition of the entry is meant, where the id is the entry's.")]
        register: Option<Register>,
    ) -> Answer<Option<WorkingEdition>> {
        let (visit, who) = editor(ctx)?;
        let meant = target(&id, language.as_deref(), register)?;
        match Opened::by_target(&visit.app, who, &meant).await {
            Ok(opened) => Ok(Some(opened.into())),
            Err(Failure::NotFound) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// The editions that you may see, over all kinds.
    async fn working_editions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which editions are meant.")] filter: Option<WorkingEditionFilter>,
        #[graphql(desc = "The order; what was saved last comes first where you give none.")]
        order_by: Option<WorkingEditionOrder>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "How many to skip.")] offset: Option<i32>,
    ) -> Answer<WorkingEditionPage> {
        let (visit, who) = editor(ctx)?;
        let wanted = filter.unwrap_or_default().wanted()?;
        let part = list::asked(order_by, first, offset)?;
        let (found, total_count) = workspace::list(&visit.app, who, &wanted, part).await?;
        Ok(WorkingEditionPage {
            has_more: part.offset + (found.len() as u64) < total_count,
            nodes: found.into_iter().map(WorkingEdition::from).collect(),
            total_count,
        })
    }

    /// What points at an entry or a file, in public and in drafts that you may see.
    async fn references(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the entry or the file.")] id: ID,
    ) -> Answer<Vec<Reference>> {
        let (visit, who) = editor(ctx)?;
        let found = reference::visible(&visit.app, who, uuid(&id)?).await?;
        Ok(found.into_iter().map(Reference).collect())
    }

    /// What is asked of each kind besides.
    async fn kind_rules(&self, ctx: &Context<'_>) -> Answer<Vec<KindRule>> {
        let (visit, _) = editor(ctx)?;
        let mut rules = Vec::new();
        for kind in Kind::ALL.iter().copied() {
            let four_eyes = review::needs_four_eyes(visit.db().pool(), kind.name()).await?;
            rules.push(KindRule { kind, four_eyes });
        }
        Ok(rules)
    }
}
