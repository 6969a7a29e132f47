//! What editors do with files, as mutations. They are sent to `/upload` before.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use entity::file;

use super::{
    editor,
    file::{WorkingFile, used_by},
    working_edition::Reference,
};
use crate::{
    api::{
        filter::uuid,
        problem::{self, Problem},
    },
    content::{
        file::{
            delete,
            describe::{self, Description, Focus},
            replace::{self, Replacement},
            version,
        },
        head::Licence,
        problem::Problems,
    },
    error::{Answer, Failure},
};

/// A point of a picture.
#[derive(InputObject)]
pub struct FocalPointInput {
    /// How far from the left, from 0 to 1.
    x: f64,
    /// How far from the top, from 0 to 1.
    y: f64,
}

/// What is said of a file. What you leave out stays as it is; null empties.
#[derive(InputObject)]
pub struct DescribeFileInput {
    /// The file's id.
    file: ID,
    /// What it is called, at most 200 characters. It is saved under this name.
    title: MaybeUndefined<String>,
    /// The language it is in, as a BCP 47 tag, where the document does not say so.
    language: MaybeUndefined<String>,
    /// What a picture shows, for those who do not see it; at most 500 characters.
    alt: MaybeUndefined<String>,
    /// True where a picture says nothing that a text would not.
    decorative: Option<bool>,
    /// Who made it, at most 300 characters.
    credit: MaybeUndefined<String>,
    /// The terms under which it may be used again, by their identifier: `CC-BY-4.0`.
    licence: MaybeUndefined<String>,
    /// What stays in sight where the picture is cut.
    focal_point: MaybeUndefined<FocalPointInput>,
}

/// Other bytes under the same address.
#[derive(InputObject)]
pub struct ReplaceFileInput {
    /// The file that is replaced, by its id. It keeps id, address, title, alternative text, credit and
    /// licence.
    file: ID,
    /// The file that you have sent for it, by its id. It has no id of its own any more then.
    with: ID,
    /// SHA-256 of the version that you have before you.
    expected_sha256: String,
    /// Why, for editors and in the feed; at most 500 characters.
    note: Option<String>,
}

/// An earlier version that is to be the newest again.
#[derive(InputObject)]
pub struct RestoreFileVersionInput {
    /// The file's id.
    file: ID,
    /// The number of the version.
    version: i32,
    /// SHA-256 of the version that you have before you.
    expected_sha256: String,
    /// Why, for editors and in the feed; at most 500 characters.
    note: Option<String>,
}

/// A file that nothing needs any more.
#[derive(InputObject)]
pub struct DeleteFileInput {
    /// The file's id.
    file: ID,
}

/// What came of it.
#[derive(SimpleObject)]
pub struct FilePayload {
    /// The file as it is now.
    file: WorkingFile,
    /// What stands in the way. Where there is anything, nothing has changed.
    problems: Vec<Problem>,
}

impl FilePayload {
    fn of((row, problems): (file::Model, Problems)) -> Self {
        Self { file: row.into(), problems: problem::all(problems) }
    }
}

/// What came of deleting.
#[derive(SimpleObject)]
pub struct DeleteFilePayload {
    /// The file's id, if it is gone.
    deleted: Option<ID>,
    /// What stands in the way. Where there is anything, nothing has changed.
    problems: Vec<Problem>,
    /// What points at it, as far as you may see.
    used_by: Vec<Reference>,
}

/// What editors do with files.
#[derive(Default)]
pub struct FileMutations;

#[Object]
impl FileMutations {
    /// Says what a file is: its title, what a picture shows, who made it, on what terms. Whoever may
    /// edit something that shows the file may say so; where it is public, so is this at once.
    async fn describe_file(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: DescribeFileInput,
    ) -> Answer<FilePayload> {
        let (visit, who) = editor(ctx)?;
        let (app, person) = (visit.app.clone(), who.clone());
        let file = uuid(&input.file)?;
        let said = input.description()?;
        let described = visit.db().write(move |tx| {
            Box::pin(async move { describe::describe(tx, &app, &person, file, said).await })
        });
        Ok(FilePayload::of(described.await?))
    }

    /// Puts other bytes under a file's address. What was there becomes an earlier version. Where the
    /// file is public, you must be allowed to publish everything that shows it.
    async fn replace_file(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: ReplaceFileInput,
    ) -> Answer<FilePayload> {
        let wish = Replacement {
            file: uuid(&input.file)?,
            with: uuid(&input.with)?,
            expected: input.expected_sha256,
            note: input.note,
        };
        replaced(ctx, wish).await
    }

    /// Makes an earlier version the newest again; what it replaces becomes an earlier version in turn.
    async fn restore_file_version(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: RestoreFileVersionInput,
    ) -> Answer<FilePayload> {
        let (visit, who) = editor(ctx)?;
        let file = uuid(&input.file)?;
        let (app, person) = (visit.app.clone(), who.clone());
        let asking = visit.db().write(move |tx| {
            Box::pin(async move { version::may_restore(tx, &app, &person, file).await })
        });
        asking.await?;
        let with = version::send_again(&visit.app, who, file, input.version).await?;
        let expected = input.expected_sha256;
        let restored = replaced(ctx, Replacement { file, with, expected, note: input.note }).await;
        if !restored.as_ref().is_ok_and(|payload| payload.problems.is_empty()) {
            let person = who.clone();
            let throwing = visit.db().write(move |tx| {
                Box::pin(async move { delete::delete(tx, &person, with).await.map(drop) })
            });
            throwing.await?;
        }
        restored
    }

    /// Deletes a file for good, with its earlier versions. What points at it must let go of it first.
    async fn delete_file(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: DeleteFileInput,
    ) -> Answer<DeleteFilePayload> {
        let (visit, who) = editor(ctx)?;
        let person = who.clone();
        let file = uuid(&input.file)?;
        let deleted = visit
            .db()
            .write(move |tx| Box::pin(async move { delete::delete(tx, &person, file).await }));
        let problems = deleted.await?;
        let used_by = if problems.any() { used_by(ctx, file).await? } else { Vec::new() };
        let deleted = (!problems.any()).then_some(input.file);
        Ok(DeleteFilePayload { deleted, problems: problem::all(problems), used_by })
    }
}

async fn replaced(ctx: &Context<'_>, wish: Replacement) -> Answer<FilePayload> {
    let (visit, who) = editor(ctx)?;
    let (app, person) = (visit.app.clone(), who.clone());
    let replaced = visit
        .db()
        .write(move |tx| Box::pin(async move { replace::replace(tx, &app, &person, wish).await }));
    Ok(FilePayload::of(replaced.await?))
}

impl DescribeFileInput {
    fn description(self) -> Answer<Description> {
        let language = said(self.language).map(|language| {
            let read = |language: String| {
                let refused = |message| Failure::bad_input("language", message);
                language.parse().map_err(refused)
            };
            language.map(read).transpose()
        });
        let licence = said(self.licence).map(|licence| {
            let read = |id: String| {
                let message = format!("„{id}“ ist keine bekannte Lizenz; zum Beispiel CC-BY-4.0.");
                Licence::by_id(&id).ok_or_else(|| Failure::bad_input("licence", message))
            };
            licence.map(read).transpose()
        });
        let focus = |point: FocalPointInput| Focus { x: point.x, y: point.y };
        Ok(Description {
            title: said(self.title),
            language: language.transpose()?,
            alt: said(self.alt),
            decorative: self.decorative,
            credit: said(self.credit),
            licence: licence.transpose()?,
            focus: said(self.focal_point).map(|point| point.map(focus)),
        })
    }
}

/// What somebody says, null included; nothing where they say nothing.
fn said<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}
