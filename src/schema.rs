//! The schema: all root fields together, and what every request passes on its way to them.

use std::sync::Arc;

use async_graphql::{Context, ID, MergedObject, Object, Schema};

use crate::{
    api::{
        account::{AccountMutations, AccountQueries},
        change::{self, ChangeConnection},
        editing::{
            EditingMutations, EditingQueries,
            comment::CommentMutations,
            saved_view::{SavedViewMutations, SavedViewQueries},
            task::TaskQueries,
            together::{Subscription, TogetherMutations},
        },
        entry,
        file::{self, File},
        filter::{Register, uuid},
        site::{Perspective, Site, Viewer},
        visit::Visit,
    },
    app::App,
    content::{edition::Wish, view::View},
    error::{Answer, Failure},
    kinds::{Entry, KindQueries, Node},
};

/// Everything that can be read.
#[derive(MergedObject, Default)]
pub struct Query(
    KindQueries,
    Shared,
    EditingQueries,
    TaskQueries,
    SavedViewQueries,
    AccountQueries,
);

/// Everything that can be changed.
#[derive(MergedObject, Default)]
pub struct Mutation(
    EditingMutations,
    CommentMutations,
    SavedViewMutations,
    TogetherMutations,
    AccountMutations,
);

pub type Koffer = Schema<Query, Mutation, Subscription>;

/// The schema of a running Koffer.
pub fn build(app: &Arc<App>) -> Koffer {
    let schema = Schema::build(Query::default(), Mutation::default(), Subscription)
        // Our own gate has measured the document already; suggestions would only tell what else there is.
        .disable_suggestions();
    if app.config.introspection() {
        schema.finish()
    } else {
        schema.disable_introspection().finish()
    }
}

/// The schema in the words of GraphQL, as it is committed in `admin/schema.graphql`.
pub fn sdl() -> String {
    Schema::build(Query::default(), Mutation::default(), Subscription)
        .finish()
        .sdl_with_options(async_graphql::SDLExportOptions::new().sorted_enum_items())
}

/// Root fields that are not about one kind.
#[derive(Default)]
pub struct Shared;

#[Object]
impl Shared {
    /// Whatever has this id: an entry or a file.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id.")] id: ID,
    ) -> Answer<Option<Node>> {
        find(ctx, &id).await
    }

    /// Whatever has these ids, in the same order, with null where there is nothing.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids, at most 100.")] ids: Vec<ID>,
    ) -> Answer<Vec<Option<Node>>> {
        if ids.len() > 100 {
            return Err(Failure::bad_input(
                "ids",
                format!("At most 100 ids at once, not {}.", ids.len()),
            ));
        }
        futures_util::future::try_join_all(ids.iter().map(|id| find(ctx, id))).await
    }

    /// One entry of whatever kind, by its id or by its path.
    async fn entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The entry's id. Give either id or path.")] id: Option<ID>,
        #[graphql(desc = "Kind and slug, `tool/world-cafe`, or a path that led here before.")] path: Option<String>,
        #[graphql(desc = "The language you would like best, as a BCP 47 tag.", default = "de")]
        language: String,
        #[graphql(desc = "The register you would like best.", default_with = "Register::Standard")]
        register: Register,
    ) -> Answer<Option<Entry>> {
        let language =
            language.parse().map_err(|message: String| Failure::bad_input("language", message))?;
        Visit::of(ctx).wishes(ctx, Wish { language, register: register.into() });
        match (id, path) {
            (Some(id), None) => entry::by_id(ctx, uuid(&id)?).await,
            (None, Some(path)) => entry::by_path(ctx, &path).await,
            _ => Err(Failure::bad_input("path", "Say which one: give either id or path.")),
        }
    }

    /// The collection as a whole.
    async fn site(&self) -> Site {
        Site
    }

    /// What became public, changed or was withdrawn, oldest first: follow it to stay in step.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many lines, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Answer<ChangeConnection> {
        change::changes(ctx, after, first).await
    }

    /// Who is asking.
    async fn viewer(&self, ctx: &Context<'_>) -> Viewer {
        let visit = Visit::of(ctx);
        let perspective = match (&visit.preview, &visit.view) {
            (Some(_), _) => Perspective::Preview,
            (None, View::Drafts(_)) => Perspective::Drafts,
            (None, View::Published) => Perspective::Published,
        };
        Viewer { perspective }
    }
}

async fn find(ctx: &Context<'_>, id: &ID) -> Answer<Option<Node>> {
    // What is not one of our ids names nothing; that is an answer, not a mistake.
    let Ok(id) = uuid(id) else { return Ok(None) };
    if let Some(entry) = entry::by_id(ctx, id).await? {
        return Ok(Some(entry.into()));
    }
    let file: Option<File> = file::named(ctx, Some(id)).await?;
    Ok(file.map(Node::from))
}
