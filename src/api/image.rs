//! Pictures as the API shows them: in several widths, so that a page loads no more than it shows.

use async_graphql::{Context, Enum, Object, SimpleObject};

use super::{
    file::{self, File, pixels},
    published::Licence,
    visit::Visit,
};
use crate::{
    content::{
        file::{
            address::Part,
            describe::Focus,
            variant::{Variant, Wish},
        },
        head,
    },
    error::Answer,
    files::{PictureFormat, pdf},
};

/// The formats in which pictures are made.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "PictureFormat")]
pub enum ImageFormat {
    /// WebP: small, and shown by every browser of today.
    #[graphql(name = "WEBP")]
    WebP,
    /// AVIF: smaller still, and shown by nearly all.
    Avif,
}

/// A picture, or a page of a document as one, in the sizes that there are.
pub struct Image {
    file: File,
    page: Option<u32>,
}

impl Image {
    /// Nothing where no picture can be made of the file.
    pub fn of(file: File, page: Option<u32>) -> Option<Self> {
        Variant::of(&file.row, Wish { page, ..Wish::default() })?;
        Some(Self { file, page })
    }

    /// The same for a width that somebody has written.
    fn nearest(
        &self,
        visit: &Visit,
        width: Option<i32>,
        format: Option<ImageFormat>,
    ) -> Answer<String> {
        let needed = width.map(pixels).transpose()?.unwrap_or(u32::MAX);
        Ok(self.address(visit, needed, format))
    }

    /// Where it can be loaded, in the size that comes closest to this width and is not smaller.
    pub fn address(&self, visit: &Visit, needed: u32, format: Option<ImageFormat>) -> String {
        let wish = Wish { page: self.page, width: Some(needed), ..Wish::default() };
        let width = Variant::of(&self.file.row, wish).map_or(needed, |variant| variant.width);
        let format = format.map(Into::into);
        self.file.address(visit, Part::Picture { page: self.page, width, format })
    }

    /// All sizes, each with the width that it really has.
    pub fn srcset(&self, visit: &Visit, format: Option<ImageFormat>) -> String {
        let sizes = self.widths().into_iter();
        let sizes =
            sizes.map(|(width, real)| format!("{} {real}w", self.address(visit, width, format)));
        sizes.collect::<Vec<_>>().join(", ")
    }

    /// The widths that there are, and how wide each really is: nothing is enlarged.
    fn widths(&self) -> Vec<(u32, u32)> {
        Variant::widths(&self.file.row)
    }

    fn largest(&self) -> u32 {
        self.widths().last().map_or(0, |(_, real)| *real)
    }
}

/// A point of a picture.
#[derive(SimpleObject)]
pub struct FocalPoint {
    /// How far from the left, from 0 to 1.
    pub x: f64,
    /// How far from the top, from 0 to 1.
    pub y: f64,
}

/// A picture, or a page of a document as one, in the sizes that there are.
#[Object]
impl Image {
    /// Where it can be loaded, at least this wide where it is as wide itself.
    pub async fn url(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The width that you need, in pixels: the next larger one there is is given, at most 1920."
        )]
        width: Option<i32>,
        #[graphql(desc = "The format; where you name none, whoever loads it chooses.")]
        format: Option<ImageFormat>,
    ) -> Answer<String> {
        self.nearest(Visit::of(ctx), width, format)
    }

    /// All sizes, for the attribute `srcset`: each with the width that it really has.
    #[graphql(name = "srcset")]
    async fn all_sizes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The format; where you name none, whoever loads it chooses.")]
        format: Option<ImageFormat>,
    ) -> String {
        self.srcset(Visit::of(ctx), format)
    }

    /// The width of the largest size, in pixels.
    async fn width(&self) -> u32 {
        self.largest()
    }

    /// The height of the largest size, in pixels. Null for a page that cannot be drawn.
    async fn height(&self, ctx: &Context<'_>) -> Answer<Option<u32>> {
        let row = &self.file.row;
        if let (Some(width), Some(height)) = (row.width, row.height) {
            let scaled = f64::from(self.largest()) * f64::from(height) / f64::from(width);
            return Ok(Some((scaled.round() as u32).max(1)));
        }
        let page = i32::try_from(self.page.unwrap_or(1)).unwrap_or(i32::MAX);
        let found = self.file.page(ctx, page).await?;
        let scaled = found.and_then(|page| pdf::scale(page.width, page.height, self.largest()));
        Ok(scaled.map(|(_, height)| height))
    }

    /// The picture as a BlurHash of some 30 letters, to be shown until it is there.
    async fn blurhash(&self) -> Option<&str> {
        self.file.row.blurhash.as_deref()
    }

    /// Its dominant colour: `#aabbcc`.
    async fn color(&self) -> Option<&str> {
        self.file.row.colour.as_deref()
    }

    /// What stays in sight where the picture is cut.
    async fn focal_point(&self) -> Option<FocalPoint> {
        Focus::of(&self.file.row).map(|Focus { x, y }| FocalPoint { x, y })
    }
}

/// A picture that stands for an entry.
pub struct Cover {
    said: head::Cover,
    file: File,
    image: Image,
}

impl Cover {
    /// The picture, if it is public; nothing where none can be made of the file.
    pub async fn load(ctx: &Context<'_>, said: Option<head::Cover>) -> Answer<Option<Self>> {
        let Some(said) = said else { return Ok(None) };
        let Some(file) = file::named(ctx, Some(said.file)).await? else { return Ok(None) };
        let image = Image::of(file.clone(), said.page);
        Ok(image.map(|image| Self { said, file, image }))
    }
}

/// A picture that stands for an entry.
#[Object]
impl Cover {
    /// Where the picture can be loaded, at least this wide where it is as wide itself.
    async fn url(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The width that you need, in pixels.")] width: Option<i32>,
    ) -> Answer<String> {
        self.image.nearest(Visit::of(ctx), width, None)
    }

    /// The picture in the sizes that there are.
    async fn image(&self) -> &Image {
        &self.image
    }

    /// What the picture shows, for those who do not see it. Empty where it is decorative.
    async fn alt(&self) -> &str {
        self.said.alt.as_deref().unwrap_or_default()
    }

    /// True where the picture says nothing that the text does not.
    async fn decorative(&self) -> bool {
        self.said.decorative
    }

    /// Who made the picture.
    async fn credit(&self) -> Option<&str> {
        self.said.credit.as_deref().or(self.file.row.credit.as_deref())
    }

    /// The terms under which the picture may be used again.
    async fn licence(&self) -> Option<Licence> {
        Some(head::Licence::by_id(self.file.row.licence.as_deref()?)?.into())
    }

    /// The picture as a file.
    async fn file(&self) -> &File {
        &self.file
    }
}
