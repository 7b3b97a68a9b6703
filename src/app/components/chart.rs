//! Charts as SVG without script: lines over time, and bars. They stretch with the page while their words keep their
//! size; the table beside each is its equivalent in text.

use crate::domain::view::grouped;
use leptos::prelude::*;

/// Lines are told apart by colour and by dashes, of which there are so many.
const LOOKS: usize = 6;
/// Height of what is drawn, in pixels.
const HEIGHT: i64 = 180;
/// Room above it for the highest number, and below it for the days.
const ABOVE: i64 = 18;
const BELOW: i64 = 22;
/// Height of a bar with its words.
const BAR: usize = 36;

/// How the line or bar of one of several is drawn.
fn look(i: usize) -> String {
    format!("look--{}", i % LOOKS + 1)
}

/// The end of an axis: the next of 1, 2, 3, 4, 6, 8, 10, 20, …
fn end_of_axis(highest: i64) -> i64 {
    let mut power = 1;
    loop {
        for end in [1, 2, 3, 4, 6, 8].map(|step| step * power) {
            if end >= highest {
                return end;
            }
        }
        power *= 10;
    }
}

fn points(values: &[i64], end: i64) -> String {
    let at = |i: usize, n: i64| {
        let x = if values.len() < 2 { 0.0 } else { 1_000.0 * i as f64 / (values.len() - 1) as f64 };
        format!("{x:.1},{:.1}", 1_000.0 - 1_000.0 * n.max(0) as f64 / end as f64)
    };
    let mut points: Vec<String> = values.iter().enumerate().map(|(i, n)| at(i, *n)).collect();
    // A single moment is a level.
    if let [only] = points.as_slice() {
        points.push(only.replacen("0.0", "1000.0", 1));
    }
    points.join(" ")
}

/// How a line is drawn, beside its name.
#[component]
pub fn Swatch(
    /// Which of several.
    i: usize,
) -> impl IntoView {
    view! { <svg class="swatch" viewBox="0 0 28 8" width="28" height="8" aria-hidden="true"><line class=format!("line {}", look(i)) x1="1" y1="4" x2="27" y2="4"/></svg> }
}

/// Numbers over time, one line a series.
#[component]
pub fn Lines(
    /// What it shows, for those who do not see it.
    title: String,
    /// Names it on its page.
    id: String,
    /// What the steps of time are called.
    labels: Vec<String>,
    /// The numbers.
    series: Vec<Vec<i64>>,
    /// Without words, for the overview.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let named = id.clone();
    let end = end_of_axis(series.iter().flatten().copied().max().unwrap_or_default());
    let lines = series
        .iter()
        .enumerate()
        .map(|(i, values)| view! { <polyline class=format!("line {}", look(i)) points=points(values, end)/> })
        .collect_view();
    if small {
        return view! {
            <svg class="chart chart--small" role="img" aria-labelledby=named viewBox="0 -40 1000 1080" preserveAspectRatio="none">
                <title id=id>{title}</title>
                {lines}
            </svg>
        }
        .into_any();
    }
    let parts = [4, 3, 2].into_iter().find(|parts| end % parts == 0).unwrap_or(1);
    let height = move |i: i64| ABOVE + HEIGHT - HEIGHT * i / parts;
    let rules = (0..=parts).map(|i| view! { <line class="grid" x1="0" x2="100%" y1=height(i) y2=height(i)/> });
    let rules = rules.collect_view();
    let ticks =
        (1..=parts).map(|i| view! { <text class="tick" x="0" y=height(i) - 4>{grouped(end / parts * i)}</text> });
    let middle = labels.len() / 2;
    let wide = labels.len() > 4 && labels.len() % 2 == 1;
    let marks = [
        labels.first().map(|label| ("0", "start", label.clone())),
        labels.get(middle).filter(|_| wide).map(|label| ("50%", "middle", label.clone())),
        labels.last().filter(|_| labels.len() > 1).map(|label| ("100%", "end", label.clone())),
    ];
    let foot = ABOVE + HEIGHT + BELOW - 6;
    let marks = marks.into_iter().flatten().map(|(x, anchor, label)| {
        let class = if anchor == "middle" { "tick tick--middle" } else { "tick" };
        view! { <text class=class x=x y=foot text-anchor=anchor>{label}</text> }
    });
    view! {
        <svg class="chart" role="img" aria-labelledby=named width="100%" height=ABOVE + HEIGHT + BELOW>
            <title id=id>{title}</title>
            {rules}
            <svg x="0" y=ABOVE width="100%" height=HEIGHT viewBox="0 0 1000 1000" preserveAspectRatio="none" overflow="visible">{lines}</svg>
            {ticks.collect_view()}
            {marks.collect_view()}
        </svg>
    }
    .into_any()
}

/// One bar a number.
#[component]
pub fn Bars(
    /// What it shows, for those who do not see it.
    title: String,
    /// Names it on its page.
    id: String,
    /// What the bars are called, and how long they are.
    bars: Vec<(String, i64)>,
    /// Without words, for the overview.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let named = id.clone();
    let longest = bars.iter().map(|(_, n)| *n).max().unwrap_or_default().max(1);
    let height = bars.len() * BAR;
    let length = |n: i64| format!("{:.2}%", 100.0 * n.max(0) as f64 / longest as f64);
    if small {
        let gap = 54 / bars.len().max(1);
        return view! {
            <svg class="chart chart--small" role="img" aria-labelledby=named width="100%" height="56">
                <title id=id>{title}</title>
                {bars.into_iter().enumerate().map(|(i, (_, n))| view! {
                    <rect class="bed" x="0" y=i * gap + 1 width="100%" height=gap.min(10) - 3 rx="2"/>
                    <rect class="bar" x="0" y=i * gap + 1 width=length(n) height=gap.min(10) - 3 rx="2"/>
                }).collect_view()}
            </svg>
        }
        .into_any();
    }
    view! {
        <svg class="chart" role="img" aria-labelledby=named width="100%" height=height>
            <title id=id>{title}</title>
            {bars.into_iter().enumerate().map(|(i, (label, n))| {
                let y = i * BAR;
                view! {
                    <svg x="0" y=y width="84%" height="19" overflow="hidden"><text class="name" x="0" y="14">{label}</text></svg>
                    <text class="name name--n" x="100%" y=y + 14 text-anchor="end">{grouped(n)}</text>
                    <rect class="bed" x="0" y=y + 20 width="100%" height="8" rx="2"/>
                    <rect class="bar" x="0" y=y + 20 width=length(n) height="8" rx="2"/>
                }
            }).collect_view()}
        </svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_on_round_numbers() {
        let ends: Vec<i64> = [0, 1, 2, 3, 6, 11, 50, 51, 999].into_iter().map(end_of_axis).collect();
        assert_eq!(ends, [1, 1, 2, 3, 6, 20, 60, 60, 1_000]);
    }

    #[test]
    fn lines_go_from_side_to_side() {
        assert_eq!(points(&[0, 5, 10], 10), "0.0,1000.0 500.0,500.0 1000.0,0.0");
        assert_eq!(points(&[5], 10), "0.0,500.0 1000.0,500.0");
        assert_eq!(points(&[], 10), "");
    }
}
