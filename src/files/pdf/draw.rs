//! Pages as pictures.

use anyhow::{Context as _, Result, bail};
use hayro::{
    PixmapSettings, RenderCache, RenderSettings, hayro_interpret::InterpreterSettings, render,
    vello_cpu::color::palette::css::WHITE,
};

use super::drawable;
use crate::files::picture::{PictureFormat, encode};

/// A page that is higher than this is as good as endless.
const HIGHEST: f32 = 8000.0;

/// By how much a page of this size is enlarged to be so many pixels wide, and how high it is then;
/// nothing for pages that cannot be drawn.
pub fn scale(across: f32, down: f32, width: u32) -> Option<(f32, u32)> {
    // Parts of a pixel are cut off, and rounding must not cut off a whole one.
    let scale = (width as f32 + 0.01) / across;
    let height = down * scale;
    let fits = scale.is_finite() && scale > 0.0 && (1.0..=HIGHEST).contains(&height);
    fits.then_some((scale, height as u32))
}

/// Draws a page, this many pixels wide, on white.
pub fn draw(bytes: Vec<u8>, page: u32, width: u32, format: PictureFormat) -> Result<Vec<u8>> {
    let pdf = drawable(bytes)?;
    let place = usize::try_from(page)?.checked_sub(1).context("Pages are counted from 1.")?;
    let page =
        pdf.pages().get(place).context("There is no such page. Diese Seite gibt es nicht.")?;

    let (across, down) = page.render_dimensions();
    let Some((scale, _)) = scale(across, down, width) else {
        bail!("The page has no sensible size. Die Seite hat keine sinnvolle Größe.");
    };
    let drawn = render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings::default(),
        &PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE },
    );
    // On white nothing shines through, so the colours are plain.
    let (width, height) = (drawn.width().into(), drawn.height().into());
    encode(drawn.data_as_u8_slice(), width, height, format)
}
