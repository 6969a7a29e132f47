//! Files as editors have them before them, published or not.

use async_graphql::{Context, ID, Object};

use super::editor;
use crate::{
    api::{file::File, filter::uuid},
    content::upload,
    error::Answer,
};

/// What editors ask about files.
#[derive(Default)]
pub struct FileQueries;

#[Object]
impl FileQueries {
    /// A file that you have sent, or that something points at which you may see. Its addresses are
    /// good for a quarter of an hour, whether it is public or not.
    async fn working_file(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file's id.")] id: ID,
    ) -> Answer<Option<File>> {
        let (visit, who) = editor(ctx)?;
        let found = upload::seen(&visit.app, who, uuid(&id)?).await?;
        Ok(found.map(File::working))
    }
}
