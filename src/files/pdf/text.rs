//! The text of the pages, in the order in which it is drawn, for search and for the HTML twin.

use hayro::{
    hayro_interpret::{
        BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
        InterpreterCache, InterpreterSettings, SoftMask,
        font::{Glyph, GlyphRun},
        hayro_cmap::BfString,
        interpret_page,
    },
    hayro_syntax::{Pdf, page::Page},
    kurbo::{Affine, BezPath, Point, Rect},
};

/// More text than this on one page is not read by anybody.
const LONGEST_PAGE: usize = 200_000;

/// Glyphs are drawn on a square of this size.
const UNITS_PER_EM: f64 = 1000.0;

/// The pages with their text; nothing on those that are pictures only.
pub fn of(pdf: &Pdf) -> Vec<super::Page> {
    let cache = InterpreterCache::new();
    let read = |page| {
        let (width, height) = Page::render_dimensions(page);
        super::Page { width, height, text: of_page(page, &cache) }
    };
    pdf.pages().iter().map(read).collect()
}

fn of_page<'a>(page: &'a Page<'a>, cache: &InterpreterCache<'a>) -> String {
    let settings = InterpreterSettings::default();
    let everything = Rect::new(0.0, 0.0, 1.0, 1.0);
    let mut context = Context::new(Affine::IDENTITY, everything, cache, page.xref(), settings);
    let mut reader = Reader::default();
    interpret_page(page, &mut context, &mut reader);
    reader.finish()
}

/// Hears what is drawn, and keeps the letters.
#[derive(Default)]
struct Reader {
    text: String,
    /// Where the next letter stands if the word goes on.
    pen: Option<Point>,
}

impl Reader {
    fn letter(&mut self, letter: &str, at: Point, size: f64, behind: Point) {
        if self.text.len() > LONGEST_PAGE {
            return;
        }
        if let Some(pen) = self.pen {
            let (across, down) = (at.x - pen.x, (at.y - pen.y).abs());
            if down > size * 0.5 {
                self.breaks('\n');
            } else if across > size * 0.15 || across < -size {
                self.breaks(' ');
            }
        }
        self.text.push_str(letter);
        self.pen = Some(behind);
    }

    fn breaks(&mut self, with: char) {
        if !self.text.is_empty() && !self.text.ends_with(char::is_whitespace) {
            self.text.push(with);
        } else if with == '\n' && self.text.ends_with(' ') {
            self.text.pop();
            self.text.push('\n');
        }
    }

    fn finish(self) -> String {
        let printable = |letter: char| letter == '\n' || !letter.is_control();
        let text: String = self.text.chars().filter(|letter| printable(*letter)).collect();
        text.trim().to_owned()
    }
}

impl<'a> Device<'a> for Reader {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        for glyph in run.glyphs() {
            let letter = match glyph.as_unicode() {
                Some(BfString::Char(letter)) => letter.to_string(),
                Some(BfString::String(letters)) => letters,
                None => continue,
            };
            let advance = match &**glyph {
                Glyph::Outline(glyph) => glyph.advance_width(),
                Glyph::Type3(glyph) => glyph.advance_width(),
            };
            let drawn = props.transform * glyph.transform();
            let size = drawn.determinant().abs().sqrt() * UNITS_PER_EM;
            let behind = Point::new(advance.map_or(UNITS_PER_EM / 2.0, f64::from), 0.0);
            self.letter(&letter, drawn * Point::ZERO, size, drawn * behind);
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
