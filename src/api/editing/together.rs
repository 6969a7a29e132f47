//! Working on the same edition at the same time: who is there, who writes, and what they do.
//!
//! These streams are answered over a socket. Each is for one edition, and ends when whoever follows
//! it may no longer read that.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use futures_util::{Stream, stream};

use super::{
    editor, target,
    working_edition::{Doer, EditionState, doer},
};
use crate::{
    api::{
        filter::uuid,
        problem::{self, Problem},
    },
    content::{
        follow::{Follower, News},
        life::Desk,
        presence::{self, Gathering, Intent, Window},
    },
    error::{Answer, Failure},
};

/// Somebody who has an edition open, in one window.
#[derive(SimpleObject, Clone)]
pub struct Present {
    /// The id of the window.
    pub window: ID,
    /// Who it is.
    pub who: Doer,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Whether it is in this window that somebody writes.
    pub writing: bool,
    /// Whether it is your window.
    pub is_me: bool,
}

/// Everybody who has an edition open.
#[derive(SimpleObject, Clone)]
pub struct Presence {
    /// Your own window: name it where you take over. Null where you have none open.
    pub window: Option<ID>,
    /// Whether it is you, in this window, who writes.
    pub am_writing: bool,
    /// Who writes, if anybody does.
    pub writer: Option<Present>,
    /// All who are there, whoever came first before the others.
    pub present: Vec<Present>,
}

/// Which edition you want to write on.
#[derive(InputObject)]
pub struct TakeOverInput {
    /// The edition's id.
    edition: ID,
    /// Your window, by the id that `presence` tells; your newest one where you name none.
    window: Option<ID>,
}

/// What came of taking over.
#[derive(SimpleObject)]
pub struct TakeOverPayload {
    /// Who is there now.
    pub presence: Presence,
    /// What stands in the way. Where there is anything, nothing has changed.
    pub problems: Vec<Problem>,
}

/// What somebody did with an edition.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditionDeed {
    /// Nothing yet: this is what you found when you began to follow.
    Found,
    /// There is a new revision.
    Saved,
    /// It was handed in for review.
    Submitted,
    /// It was approved.
    Approved,
    /// Somebody wants changes.
    ChangesRequested,
    /// The public sees the newest revision.
    Published,
    /// The public sees it no longer.
    Withdrawn,
    /// It was taken from the public for good.
    Archived,
    /// It was thrown away.
    Trashed,
    /// It was taken out of the trash.
    Restored,
    /// Somebody said something about it.
    Commented,
    /// Something that was said was changed, taken back, or said to be done or not done.
    CommentChanged,
    /// Something else happened to it, such as a plan for later.
    Other,
}

/// Something that was done with an edition while you have it open.
pub struct EditionChange(News);

/// Something that was done with an edition while you have it open.
#[Object]
impl EditionChange {
    /// What was done.
    async fn what(&self) -> EditionDeed {
        self.deed()
    }

    /// Who did it; at first, who saved the edition last.
    async fn by(&self, ctx: &Context<'_>) -> Answer<Doer> {
        doer(ctx, self.actor()).await
    }

    /// Whether it was you, in this window or another.
    async fn is_mine(&self, ctx: &Context<'_>) -> Answer<bool> {
        let (_, who) = editor(ctx)?;
        Ok(self.actor() == who.actor().as_str())
    }

    /// When it happened.
    async fn at(&self) -> DateTime<Utc> {
        let edition = &self.0.edition;
        let saved_at = edition.saved_at.unwrap_or(edition.created_at);
        self.0.line.as_ref().map_or(saved_at, |line| line.at)
    }

    /// The number of the newest revision now: what you would have to send as `expectedRevision`.
    async fn revision(&self) -> i32 {
        self.0.edition.latest
    }

    /// What the edition is now.
    async fn state(&self) -> EditionState {
        self.0.state.into()
    }

    /// The id of the comment, where it is about one; ask for it in `comments`.
    async fn comment_id(&self) -> Option<ID> {
        let of_a_comment =
            matches!(self.deed(), EditionDeed::Commented | EditionDeed::CommentChanged);
        let line = self.0.line.as_ref().filter(|_| of_a_comment)?;
        line.detail.clone().map(ID)
    }
}

impl EditionChange {
    fn deed(&self) -> EditionDeed {
        self.0.line.as_ref().map_or(EditionDeed::Found, |line| deed(&line.action))
    }

    fn actor(&self) -> &str {
        self.0.line.as_ref().map_or(&self.0.edition.editor, |line| &line.actor)
    }
}

/// The deed that a line of the log tells.
fn deed(action: &str) -> EditionDeed {
    match action {
        "create" | "save" => EditionDeed::Saved,
        "submit" => EditionDeed::Submitted,
        "approve" => EditionDeed::Approved,
        "request-changes" => EditionDeed::ChangesRequested,
        "publish" => EditionDeed::Published,
        "withdraw" => EditionDeed::Withdrawn,
        "archive" => EditionDeed::Archived,
        "trash" => EditionDeed::Trashed,
        "take-out-of-trash" => EditionDeed::Restored,
        "comment" => EditionDeed::Commented,
        "edit-comment" | "delete-comment" | "resolve-comment" | "reopen-comment" => {
            EditionDeed::CommentChanged
        }
        _ => EditionDeed::Other,
    }
}

impl From<Gathering> for Presence {
    fn from(Gathering { window, present }: Gathering) -> Self {
        let shown = |one: presence::Present| Present {
            is_me: one.window == window,
            window: ID(one.window.to_string()),
            who: Doer { account_id: Some(ID(one.account.to_string())), name: one.name },
            since: one.since,
            writing: one.writing,
        };
        let present: Vec<Present> = present.into_iter().map(shown).collect();
        let writer = present.iter().find(|one| one.writing).cloned();
        let mine = present.iter().find(|one| one.is_me);
        Self {
            window: mine.map(|one| one.window.clone()),
            am_writing: mine.is_some_and(|one| one.writing),
            writer,
            present,
        }
    }
}

/// What can be done where several work on one edition.
#[derive(Default)]
pub struct TogetherMutations;

#[Object]
impl TogetherMutations {
    /// Makes you the one who writes. Whoever did is told by `presence`, and loses nothing.
    async fn take_over(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: TakeOverInput,
    ) -> Answer<TakeOverPayload> {
        let (visit, who) = editor(ctx)?;
        let meant = target(&input.edition, None, None)?;
        let window = input.window.as_ref().map(uuid).transpose()?;
        let (app, person) = (visit.app.clone(), who.clone());
        let taken = visit
            .db()
            .write(move |tx| {
                Box::pin(async move {
                    let desk = Desk::open(tx, &app, &person, &meant).await?;
                    presence::take_over(desk, window).await
                })
            })
            .await?;
        Ok(TakeOverPayload {
            presence: taken.gathering.into(),
            problems: problem::all(taken.problems),
        })
    }
}

/// What can be followed over a socket.
#[derive(Default)]
pub struct Subscription;

/// What can be followed over a socket.
#[Subscription]
impl Subscription {
    /// Who has the edition open and who writes, told at once and whenever it changes. Following it
    /// is being there: whoever stops is gone.
    async fn presence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The edition's id.")] edition: ID,
        #[graphql(
            desc = "True if you want to write. You do, unless somebody else does; then see `takeOver`.",
            default
        )]
        writing: bool,
    ) -> Result<impl Stream<Item = Answer<Presence>>, Failure> {
        let (visit, who) = editor(ctx)?;
        let meant = target(&edition, None, None)?;
        let intent = if writing { Intent::Write } else { Intent::Read };
        let window = Window::open(visit.app.clone(), who.clone(), &meant, intent).await?;
        Ok(stream::unfold(Some(window), |window| async {
            let mut window = window?;
            match window.next().await {
                Ok(gathering) => Some((Ok(gathering.into()), Some(window))),
                Err(refused) => Some((Err(refused), None)),
            }
        }))
    }

    /// What is done with the edition, as it happens: new revisions, reviews, publication, comments.
    /// It begins with the edition as it is.
    async fn edition_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The edition's id.")] edition: ID,
    ) -> Result<impl Stream<Item = Answer<EditionChange>>, Failure> {
        let (visit, who) = editor(ctx)?;
        let meant = target(&edition, None, None)?;
        let follower = Follower::of(visit.app.clone(), who.clone(), &meant).await?;
        Ok(stream::unfold(Some(follower), |follower| async {
            let mut follower = follower?;
            match follower.next().await {
                Ok(news) => Some((Ok(EditionChange(news)), Some(follower))),
                Err(refused) => Some((Err(refused), None)),
            }
        }))
    }
}
