//! Frames of AV1, decoded by rav1d and made into pixels.
//!
//! Colours in AV1 are brightness and two differences. The differences often come for four pixels
//! together and are given to each of them as they are; that is good enough for what is made here.
//! Wide colours without a profile, and light beyond white (HDR), are taken to be sRGB.

use anyhow::{Context as _, Result, bail};
use image::RgbaImage;
use re_rav1d::dav1d::{
    Decoder, Error, Picture, PixelLayout, PlanarImageComponent, Plane, Settings, pixel::YUVRange,
};

use super::{
    super::{MOST_PIXELS, UNREADABLE, tape::Tape},
    items::Item,
};

/// How often the decoder is asked whether it has the frame now.
const TRIES: usize = 4;

/// The colours of a frame, all of them opaque.
pub fn colours(item: &Item<'_>) -> Result<RgbaImage> {
    let picture = decoded(item)?;
    let coding = Coding::of(item, &picture)?;
    let brightness = Samples::of(&picture, PlanarImageComponent::Y)?;
    let differences = match picture.pixel_layout() {
        PixelLayout::I400 => None,
        _ => Some((
            Samples::of(&picture, PlanarImageComponent::U)?,
            Samples::of(&picture, PlanarImageComponent::V)?,
        )),
    };
    let mut pixels = RgbaImage::new(picture.width(), picture.height());
    for (y, row) in pixels.rows_mut().enumerate() {
        let brightness = brightness.row(y);
        let differences = differences.as_ref().map(|(blue, red)| (blue.row(y), red.row(y)));
        for (x, pixel) in row.enumerate() {
            let light = brightness.at(x);
            let [red, green, blue] = match &differences {
                Some((blue, red)) => coding.colour(light, blue.at(x), red.at(x)),
                None => [coding.brightness(light); 3],
            };
            pixel.0 = [byte(red), byte(green), byte(blue), u8::MAX];
        }
    }
    Ok(pixels)
}

/// How opaque each pixel is, row by row.
pub fn opacity(item: &Item<'_>) -> Result<Vec<u8>> {
    let picture = decoded(item)?;
    let coding = Coding::of(item, &picture)?;
    let samples = Samples::of(&picture, PlanarImageComponent::Y)?;
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut opacity = Vec::with_capacity(width * height);
    for y in 0..height {
        let row = samples.row(y);
        opacity.extend((0..width).map(|x| byte(coding.brightness(row.at(x)))));
    }
    Ok(opacity)
}

fn byte(part: f32) -> u8 {
    (part * 255.0).round().clamp(0.0, 255.0) as u8
}

fn decoded(item: &Item<'_>) -> Result<Picture> {
    let mut settings = Settings::new();
    // The workshop may begin no threads.
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_frame_size_limit(MOST_PIXELS);
    let mut decoder = Decoder::with_settings(&settings).context(UNREADABLE)?;

    let sent = decoder.send_data(item.frame.clone(), None, None, None);
    waits(sent)?;
    for _ in 0..TRIES {
        match decoder.get_picture() {
            Ok(picture) => return of_its_size(picture, item),
            Err(Error::Again) => waits(decoder.send_pending_data())?,
            Err(_) => bail!(UNREADABLE),
        }
    }
    bail!(UNREADABLE)
}

fn waits(sent: Result<(), Error>) -> Result<()> {
    match sent {
        Ok(()) | Err(Error::Again) => Ok(()),
        Err(_) => bail!(UNREADABLE),
    }
}

/// The boxes have been asked how large the frame is, and must have told the truth.
fn of_its_size(picture: Picture, item: &Item<'_>) -> Result<Picture> {
    if (picture.width(), picture.height()) == item.size()? {
        Ok(picture)
    } else {
        bail!(UNREADABLE)
    }
}

/// One of the three planes of a frame.
struct Samples {
    plane: Plane,
    /// Bytes from one row to the next.
    stride: usize,
    /// Two bytes each, where there are more than 8 bits.
    wide: bool,
    /// By how much columns and rows are fewer than those of the picture, in powers of two.
    fewer: (u32, u32),
}

impl Samples {
    fn of(picture: &Picture, component: PlanarImageComponent) -> Result<Self> {
        let fewer = match (component, picture.pixel_layout()) {
            (PlanarImageComponent::Y, _) => (0, 0),
            (_, PixelLayout::I420) => (1, 1),
            (_, PixelLayout::I422) => (1, 0),
            _ => (0, 0),
        };
        Ok(Self {
            plane: picture.plane(component),
            stride: usize::try_from(picture.stride(component))?,
            wide: picture.bit_depth() > 8,
            fewer,
        })
    }

    /// The samples for a row of the picture.
    fn row(&self, y: usize) -> Row<'_> {
        let start = (y >> self.fewer.1) * self.stride;
        Row { samples: &self.plane[start..], wide: self.wide, fewer: self.fewer.0 }
    }
}

struct Row<'a> {
    samples: &'a [u8],
    wide: bool,
    fewer: u32,
}

impl Row<'_> {
    fn at(&self, x: usize) -> u16 {
        let x = x >> self.fewer;
        if self.wide {
            u16::from_ne_bytes([self.samples[2 * x], self.samples[2 * x + 1]])
        } else {
            self.samples[x].into()
        }
    }
}

/// How colours were made into numbers.
struct Coding {
    /// The number for no light, and how many there are up to white.
    black: f32,
    span: f32,
    /// The number for no difference, and how many there are for the largest.
    middle: f32,
    spread: f32,
    matrix: Matrix,
}

enum Matrix {
    /// Green, blue and red instead of brightness and differences.
    Identity,
    /// Differences from green and orange.
    GreenOrange,
    /// How much red and blue lend to the brightness.
    Shares(f32, f32),
}

impl Coding {
    /// What the box says goes before what the stream says.
    fn of(item: &Item<'_>, picture: &Picture) -> Result<Self> {
        let said = item.all(*b"colr").find_map(|content| content.strip_prefix(b"nclx"));
        let (matrix, full) = match said {
            Some(said) => {
                let mut tape = Tape::new(said);
                tape.u32()?;
                (tape.u16()?, tape.u8()? & 0x80 != 0)
            }
            None => (
                picture.matrix_coefficients() as u16,
                matches!(picture.color_range(), YUVRange::Full),
            ),
        };
        let matrix = match matrix {
            0 => Matrix::Identity,
            1 => Matrix::Shares(0.2126, 0.0722),
            7 => Matrix::Shares(0.212, 0.087),
            8 => Matrix::GreenOrange,
            9 | 10 => Matrix::Shares(0.2627, 0.0593),
            _ => Matrix::Shares(0.299, 0.114),
        };
        let one = (1_u32 << (picture.bit_depth() - 8)) as f32;
        let (black, span, spread) = if full {
            (0.0, 256.0 * one - 1.0, 256.0 * one - 1.0)
        } else {
            (16.0 * one, 219.0 * one, 224.0 * one)
        };
        Ok(Self { black, span, middle: 128.0 * one, spread, matrix })
    }

    fn brightness(&self, brightness: u16) -> f32 {
        (f32::from(brightness) - self.black) / self.span
    }

    fn difference(&self, difference: u16) -> f32 {
        (f32::from(difference) - self.middle) / self.spread
    }

    /// Red, green and blue.
    fn colour(&self, first: u16, second: u16, third: u16) -> [f32; 3] {
        let light = self.brightness(first);
        if let Matrix::Identity = self.matrix {
            return [self.brightness(third), light, self.brightness(second)];
        }
        let (to_blue, to_red) = (self.difference(second), self.difference(third));
        match self.matrix {
            Matrix::Shares(red_share, blue_share) => {
                let red = light + 2.0 * (1.0 - red_share) * to_red;
                let blue = light + 2.0 * (1.0 - blue_share) * to_blue;
                let green = light - red_share * red - blue_share * blue;
                [red, green / (1.0 - red_share - blue_share), blue]
            }
            Matrix::GreenOrange | Matrix::Identity => {
                let rest = light - to_blue;
                [rest + to_red, light + to_blue, rest - to_red]
            }
        }
    }
}
