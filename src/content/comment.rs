//! Comments: what people say to each other about an edition or one of its fields.
//!
//! A conversation is a comment and the answers to it, one below the other. It is open until
//! somebody says that it is done. Comments are never public, and they are in no revision.

use entity::{account, comment};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, Set,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    idempotency::{self, Once},
    life::{self, Desk},
    log::{Actor, Origin},
    problem::Problems,
};
use crate::{
    app::App,
    auth::{
        account::State,
        grant,
        policy::{self, Action},
        principal::Principal,
    },
    clock,
    error::{Answer, Failure},
    id,
};

/// The longest that somebody may say at once.
const LONGEST: usize = 5_000;

/// How many people one comment may name.
const MENTIONS: usize = 20;

/// What somebody wants to say.
#[derive(Debug, Clone)]
pub struct New {
    /// The field that it is about; the whole edition where none is named.
    pub field: Option<String>,
    pub body: String,
    pub mentions: Vec<Uuid>,
    /// What it answers.
    pub answers: Option<Uuid>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Said {
    pub comment: Option<comment::Model>,
    pub problems: Problems,
}

impl Said {
    fn done(comment: comment::Model) -> Self {
        Self { comment: Some(comment), problems: Problems::default() }
    }

    fn refused(problems: Problems) -> Self {
        Self { comment: None, problems }
    }
}

/// A comment with the answers to it, in the order in which they were given.
#[derive(Debug, Clone)]
pub struct Conversation {
    pub first: comment::Model,
    pub answers: Vec<comment::Model>,
}

/// Whether a conversation goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Open,
    Done,
}

/// A comment in somebody's hands, together with the edition that it is about.
pub struct Opened<'d> {
    pub desk: Desk<'d>,
    pub comment: comment::Model,
}

impl<'d> Opened<'d> {
    /// Opens it, if the person may take part; what one may not see does not exist.
    pub async fn by_id(
        tx: &'d DatabaseTransaction,
        app: &'d App,
        who: &'d Principal,
        id: Uuid,
    ) -> Answer<Self> {
        let found = comment::Entity::find_by_id(id).one(tx).await?;
        let comment = found.filter(|found| found.deleted_at.is_none()).ok_or(Failure::NotFound)?;
        let edition = life::find_by_id(tx, comment.edition_id).await?;
        let desk = Desk::of(tx, app, who, edition).await?;
        desk.may(Action::Comment)?;
        Ok(Self { desk, comment })
    }

    fn is_mine(&self) -> Answer<()> {
        let mine = self.comment.author == self.desk.actor.as_str();
        if mine { Ok(()) } else { Err(Failure::Forbidden) }
    }
}

/// Says something.
pub async fn add(desk: Desk<'_>, once: Option<&Once>, new: New) -> Answer<Said> {
    desk.may(Action::Comment)?;
    desk.not_in_trash()?;
    if let Some(made) = idempotency::made(desk.tx, once).await? {
        let made = comment::Entity::find_by_id(made).one(desk.tx).await?;
        return made.map(Said::done).ok_or(Failure::NotFound);
    }
    let mut problems = Problems::default();
    words(&mut problems, &new.body);
    if let Some(field) = &new.field {
        place(&mut problems, field);
    }
    let answered = answered(&desk, new.answers, &mut problems).await?;
    readers(&desk, &new.mentions, &mut problems).await?;
    if problems.any() {
        return Ok(Said::refused(problems));
    }

    let line = comment::Model {
        id: id::new(),
        edition_id: desk.edition.id,
        parent_id: answered.as_ref().map(|answered| answered.id),
        // An answer is about what it answers.
        field: answered.map_or(new.field, |answered| answered.field),
        body: new.body.trim().to_owned(),
        mentions: json!(new.mentions),
        author: desk.actor.as_str().into(),
        created_at: clock::now(),
        done_at: None,
        done_by: None,
        edited_at: None,
        deleted_at: None,
    };
    comment::Entity::insert(line.clone().into_active_model().reset_all())
        .exec_without_returning(desk.tx)
        .await?;
    idempotency::keep(desk.tx, once, line.id).await?;
    desk.log("comment", Some(&line.id.to_string())).await?;
    Ok(Said::done(line))
}

/// Says it in other words; only who has said it may.
pub async fn edit(opened: Opened<'_>, body: &str, mentions: Option<Vec<Uuid>>) -> Answer<Said> {
    opened.is_mine()?;
    let Opened { desk, comment } = opened;
    let mut problems = Problems::default();
    words(&mut problems, body);
    if let Some(mentions) = &mentions {
        readers(&desk, mentions, &mut problems).await?;
    }
    if problems.any() {
        return Ok(Said::refused(problems));
    }
    let mut next = comment.into_active_model();
    next.body = Set(body.trim().to_owned());
    next.edited_at = Set(Some(clock::now()));
    if let Some(mentions) = mentions {
        next.mentions = Set(json!(mentions));
    }
    let comment = next.update(desk.tx).await?;
    desk.log("edit-comment", Some(&comment.id.to_string())).await?;
    Ok(Said::done(comment))
}

/// Takes it back; only who has said it may. What others have answered stays where it is.
pub async fn delete(opened: Opened<'_>) -> Answer<()> {
    opened.is_mine()?;
    let Opened { desk, comment } = opened;
    let (tx, id) = (desk.tx, comment.id);
    if has_answers(tx, id).await? {
        let mut next = comment.into_active_model();
        next.body = Set(String::new());
        next.mentions = Set(json!([]));
        next.deleted_at = Set(Some(clock::now()));
        next.update(tx).await?;
    } else {
        comment::Entity::delete_by_id(id).exec(tx).await?;
        if let Some(parent) = comment.parent_id
            && !has_answers(tx, parent).await?
        {
            // It was the last thing that kept a comment which had been taken back already.
            comment::Entity::delete_many()
                .filter(comment::Column::Id.eq(parent))
                .filter(comment::Column::DeletedAt.is_not_null())
                .exec(tx)
                .await?;
        }
    }
    desk.log("delete-comment", Some(&id.to_string())).await
}

/// Says that the conversation is done, or that it is not.
pub async fn put(opened: Opened<'_>, standing: Standing) -> Answer<Said> {
    let Opened { desk, comment } = opened;
    let first = match comment.parent_id {
        None => comment,
        Some(first) => by_id(desk.tx, first).await?,
    };
    let is = if first.done_at.is_some() { Standing::Done } else { Standing::Open };
    if is == standing {
        return Ok(Said::done(first));
    }
    let mut next = first.into_active_model();
    let (done_at, done_by, deed) = match standing {
        Standing::Done => (Some(clock::now()), Some(desk.actor.as_str().into()), "resolve-comment"),
        Standing::Open => (None, None, "reopen-comment"),
    };
    next.done_at = Set(done_at);
    next.done_by = Set(done_by);
    let first = next.update(desk.tx).await?;
    desk.log(deed, Some(&first.id.to_string())).await?;
    Ok(Said::done(first))
}

/// The conversations about these editions, in the order in which they began.
pub async fn of(db: &impl ConnectionTrait, editions: &[Uuid]) -> Answer<Vec<Conversation>> {
    let all = comment::Entity::find()
        .filter(comment::Column::EditionId.is_in(editions.iter().copied()))
        .order_by_asc(comment::Column::CreatedAt)
        .order_by_asc(comment::Column::Id)
        .all(db)
        .await?;
    let (first, answers): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|line| line.parent_id.is_none());
    let mut conversations: Vec<Conversation> =
        first.into_iter().map(|first| Conversation { first, answers: Vec::new() }).collect();
    for answer in answers {
        let of = conversations.iter_mut().find(|one| Some(one.first.id) == answer.parent_id);
        if let Some(conversation) = of {
            conversation.answers.push(answer);
        }
    }
    Ok(conversations)
}

/// The conversation that this comment belongs to.
pub async fn conversation(
    db: &impl ConnectionTrait,
    comment: &comment::Model,
) -> Answer<Conversation> {
    let first = match comment.parent_id {
        None => comment.clone(),
        Some(first) => by_id(db, first).await?,
    };
    let answers = comment::Entity::find()
        .filter(comment::Column::ParentId.eq(first.id))
        .order_by_asc(comment::Column::CreatedAt)
        .order_by_asc(comment::Column::Id)
        .all(db)
        .await?;
    Ok(Conversation { first, answers })
}

/// The accounts that a comment names.
pub fn mentions(comment: &comment::Model) -> Vec<Uuid> {
    serde_json::from_value(comment.mentions.clone()).unwrap_or_default()
}

/// Everybody who may read the edition, so that one can speak to them.
pub async fn who_may_read(desk: &Desk<'_>) -> Answer<Vec<account::Model>> {
    desk.may(Action::Comment)?;
    let active = account::Entity::find()
        .filter(account::Column::State.eq(State::Active.name()))
        .order_by_asc(account::Column::Name)
        .order_by_asc(account::Column::Id)
        .all(desk.tx)
        .await?;
    let mut readers = Vec::new();
    for account in active {
        if may_read(desk, &account).await? {
            readers.push(account);
        }
    }
    Ok(readers)
}

fn words(problems: &mut Problems, body: &str) {
    problems.empty("body", body, "Bitte schreiben Sie, was Sie sagen möchten.");
    problems.longer_than("body", body.trim(), LONGEST);
}

/// A field is named as problems name it: `summary`, `body.content[3]`, `partners[0].name`.
fn place(problems: &mut Problems, field: &str) {
    let known = (1..=200).contains(&field.len())
        && field.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-[]".contains(&byte));
    if !known {
        problems.add("field", "UNKNOWN", "Dieses Feld gibt es nicht.");
    }
}

/// The beginning of the conversation that goes on with this answer.
async fn answered(
    desk: &Desk<'_>,
    answers: Option<Uuid>,
    problems: &mut Problems,
) -> Answer<Option<comment::Model>> {
    let Some(id) = answers else { return Ok(None) };
    let found = comment::Entity::find_by_id(id).one(desk.tx).await?;
    let here = found.filter(|found| found.edition_id == desk.edition.id);
    let Some(found) = here else {
        let message = "Der Kommentar, auf den Sie antworten, ist nicht mehr da.";
        problems.add("replyTo", "NOT_FOUND", message);
        return Ok(None);
    };
    match found.parent_id {
        None => Ok(Some(found)),
        Some(first) => by_id(desk.tx, first).await.map(Some),
    }
}

/// Nobody is called who cannot come.
async fn readers(desk: &Desk<'_>, mentions: &[Uuid], problems: &mut Problems) -> Answer<()> {
    if mentions.len() > MENTIONS {
        let message = format!("Höchstens {MENTIONS} Personen; es sind {}.", mentions.len());
        problems.add("mentions", "TOO_MANY", message);
        return Ok(());
    }
    for (at, id) in mentions.iter().enumerate() {
        let account = account::Entity::find_by_id(*id).one(desk.tx).await?;
        let active = account.filter(|account| account.state == State::Active.name());
        let reads = match &active {
            None => false,
            Some(account) => may_read(desk, account).await?,
        };
        if !reads {
            // The same for an account that there is not: nobody learns here who has one.
            let message = "Diese Person kann die Fassung nicht lesen. Bitte erwähnen Sie jemand anderen oder lassen Sie den Zugriff freigeben.";
            problems.add(format!("mentions[{at}]"), "CANNOT_READ", message);
        }
    }
    Ok(())
}

async fn may_read(desk: &Desk<'_>, account: &account::Model) -> Answer<bool> {
    let who = Principal {
        account: account.id,
        session: Uuid::nil(),
        name: account.name.clone(),
        email: account.email.clone(),
        grants: grant::of_account(desk.tx, account.id).await?,
        origin: Origin::default(),
    };
    let actor = Actor::account(account.id);
    let subject = life::subject(desk.door, &actor, &desk.edition, &desk.newest.snapshot)?;
    Ok(policy::may(&who, Action::Read, &subject))
}

async fn has_answers(tx: &DatabaseTransaction, id: Uuid) -> Answer<bool> {
    let answers = comment::Entity::find().filter(comment::Column::ParentId.eq(id));
    Ok(answers.count(tx).await? > 0)
}

async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Answer<comment::Model> {
    comment::Entity::find_by_id(id).one(db).await?.ok_or(Failure::NotFound)
}
