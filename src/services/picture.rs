//! Pictures that people send: icons of apps, logos of the organisation. Read before we serve them.

use crate::domain::error::{AppError, Field, Rule};

/// The largest picture that is taken, in bytes.
pub const MAX: usize = 128 * 1024;
/// The widest and highest picture that is taken, in pixels.
const SIDE: u32 = 1_024;

/// Reads a picture: its type, and what of it we serve.
pub(super) fn read(bytes: &[u8]) -> Result<(&'static str, Vec<u8>), AppError> {
    let invalid = |rule| AppError::invalid(Field::Picture, rule);
    if bytes.is_empty() {
        return Err(invalid(Rule::Required));
    }
    if bytes.len() > MAX {
        return Err(invalid(Rule::TooLong));
    }
    if bytes.starts_with(b"\x89PNG") {
        // The head tells the size before a pixel is unpacked.
        let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        let head = decoder.read_header_info().map_err(|_| invalid(Rule::Malformed))?;
        if head.width > SIDE || head.height > SIDE {
            return Err(invalid(Rule::TooLong));
        }
        let mut reader = decoder.read_info().map_err(|_| invalid(Rule::Malformed))?;
        let mut pixels = vec![0; reader.output_buffer_size().ok_or(invalid(Rule::TooLong))?];
        reader.next_frame(&mut pixels).map_err(|_| invalid(Rule::Malformed))?;
        return Ok(("image/png", bytes.to_vec()));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| invalid(Rule::Malformed))?;
    if !text.contains("<svg") {
        return Err(invalid(Rule::Malformed));
    }
    // What a document type defines may grow without end where it is used; that it names one is common.
    if text.contains("<!ENTITY") {
        return Err(invalid(Rule::Malformed));
    }
    let filter = svg_hush::Filter::new();
    // Without a filter of their own, pictures inside are taken out: their size would be anybody's guess.
    let mut room = vec![0; MAX];
    let mut left = room.as_mut_slice();
    filter.filter(&mut std::io::Cursor::new(bytes), &mut left).map_err(|_| invalid(Rule::Malformed))?;
    let used = MAX - left.len();
    room.truncate(used);
    Ok(("image/svg+xml", room))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hostile;
    use proptest::prelude::*;

    #[test]
    fn pictures_lose_what_acts_and_what_is_none_is_refused() {
        let rule = |bytes: &[u8]| match read(bytes) {
            Err(AppError::Invalid { rule, .. }) => Some(rule),
            _ => None,
        };
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"><script>alert(2)</script>\
            <a href=\"https://evil.example\"><rect width=\"4\" height=\"4\"/></a>\
            <image href=\"https://evil.example/x.png\"/><image href=\"data:image/png;base64,iVBORw0KGgo=\"/></svg>";
        let (media_type, clean) = read(svg).unwrap();
        let clean = String::from_utf8(clean).unwrap();
        assert_eq!(media_type, "image/svg+xml");
        assert!(clean.contains("rect") && !clean.contains("alert") && !clean.contains("evil.example/x.png"), "{clean}");
        assert!(!clean.contains("data:"), "a picture within is of any size: {clean}");
        let grows = b"<!DOCTYPE svg [<!ENTITY e \"xxxxxxxx\">]><svg xmlns=\"http://www.w3.org/2000/svg\">&e;</svg>";
        for bad in [&b"GIF89a"[..], grows, b"<html><script>", b"\x89PNG\r\n\x1a\nnot one", b"\xff\xfe", b"<svg"] {
            assert_eq!(rule(bad), Some(Rule::Malformed), "{bad:?}");
        }
        assert_eq!(rule(b""), Some(Rule::Required));
        assert_eq!(rule(&vec![b'x'; MAX + 1]), Some(Rule::TooLong));
        // A head that promises 100 megapixels is believed, and refused before a pixel is unpacked.
        let mut bomb = Vec::new();
        let mut encoder = png::Encoder::new(&mut bomb, 10_000, 10_000);
        encoder.set_color(png::ColorType::Grayscale);
        drop(encoder.write_header().unwrap());
        assert_eq!(rule(&bomb), Some(Rule::TooLong));
        let mut good = Vec::new();
        let mut encoder = png::Encoder::new(&mut good, 2, 2);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.write_header().unwrap().write_image_data(&[0, 255, 0, 255]).unwrap();
        assert_eq!(read(&good).unwrap().0, "image/png");
    }

    proptest! {
        #![proptest_config(hostile::few())]
        #[test]
        fn any_picture_is_read_or_refused(
            text in hostile::text(MAX, &["<svg", "<g>", "</g>", ">", "<!--", "<![CDATA[", "&#x41;", "<a href='x'>", "\u{89}PNG"]),
        ) {
            let svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{text}");
            let _ = (read(text.as_bytes()), read(svg.as_bytes()));
        }
    }
}
