//! Colours as `#rrggbb`, and whether text on them can be read.

/// Red, green and blue of `#rrggbb`, each 0 to 255.
fn channels(text: &str) -> Option<[u8; 3]> {
    let digits =
        text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let channel = |i: usize| u8::from_str_radix(digits.get(i..i + 2)?, 16).ok();
    Some([channel(0)?, channel(2)?, channel(4)?])
}

/// Relative luminance (WCAG 2.2).
fn luminance(channels: [u8; 3]) -> f64 {
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let [red, green, blue] = channels.map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// Contrast of a colour with white, 1 to 21 (WCAG 2.2). `None` if it is no colour.
pub fn contrast_with_white(text: &str) -> Option<f64> {
    channels(text).map(|channels| 1.05 / (luminance(channels) + 0.05))
}

/// Whether white text of any size can be read on it: a contrast of at least 4.5.
pub fn is_readable(text: &str) -> bool {
    contrast_with_white(text).is_some_and(|contrast| contrast >= 4.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_what_the_guidelines_say() {
        assert!((contrast_with_white("#000000").unwrap() - 21.0).abs() < 0.01);
        assert!((contrast_with_white("#ffffff").unwrap() - 1.0).abs() < 0.01);
        assert!((contrast_with_white("#777777").unwrap() - 4.48).abs() < 0.01);
        assert!(is_readable("#1d6a55") && !is_readable("#777777") && !is_readable("#ffcc00"));
        for bad in ["", "red", "#12345", "#gggggg", "123456", "#12345é", "#+1+2+3"] {
            assert_eq!(contrast_with_white(bad), None, "{bad}");
        }
    }
}
