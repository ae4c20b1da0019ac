//! Curves as SVG.

use std::fmt::Write;

const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 200.0;
/// Room for the numbers at the axes.
const LEFT: f64 = 56.0;
const BELOW: f64 = 28.0;

/// Draws a curve through points, with the ends of both axes and the highest or lowest point named.
pub(super) fn curve(title: &str, axis: &str, points: &[(f64, f64)]) -> String {
    let finite: Vec<(f64, f64)> = points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
    let (x_low, x_high) = range(finite.iter().map(|point| point.0));
    let (y_low, y_high) = range(finite.iter().map(|point| point.1));
    let x = |value: f64| LEFT + (value - x_low) / (x_high - x_low) * (WIDTH - LEFT - 10.0);
    let y = |value: f64| 24.0 + (y_high - value) / (y_high - y_low) * (HEIGHT - 24.0 - BELOW);
    let path: Vec<String> = finite.iter().map(|point| format!("{:.1},{:.1}", x(point.0), y(point.1))).collect();
    let bottom = HEIGHT - BELOW;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" role=\"img\" aria-label=\"{title}\">\
         <text x=\"{LEFT}\" y=\"14\" class=\"title\">{title}</text>\
         <path d=\"M{LEFT},24 V{bottom} H{WIDTH}\" class=\"axis\"/>\
         <polyline points=\"{}\" class=\"curve\"/>",
        path.join(" ")
    );
    for point in &path {
        let (x, y) = point.split_once(',').unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = write!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"2.5\"/>");
    }
    let under = HEIGHT - 10.0;
    let _ = write!(
        svg,
        "<text x=\"{:.1}\" y=\"30\" class=\"right\">{y_high:.4}</text>\
         <text x=\"{:.1}\" y=\"{bottom}\" class=\"right\">{y_low:.4}</text>\
         <text x=\"{LEFT}\" y=\"{under}\">{axis} {x_low}</text>\
         <text x=\"{WIDTH}\" y=\"{under}\" class=\"right\">{x_high}</text></svg>",
        LEFT - 4.0,
        LEFT - 4.0,
    );
    svg
}

/// Lowest and highest value, a little apart even if there is only one.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) =
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    match low.partial_cmp(&high) {
        Some(std::cmp::Ordering::Less) => (low, high),
        Some(std::cmp::Ordering::Equal) => (low - 0.5, high + 0.5),
        _ => (0.0, 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_drawn_inside() {
        for points in [vec![], vec![(1.0, 2.0)], vec![(1.0, 5.0), (2.0, -3.0), (9.0, f64::NAN), (10.0, 4.0)]] {
            let svg = curve("Loss", "step", &points);
            let drawn = points.iter().filter(|point| point.1.is_finite()).count();
            assert_eq!(svg.matches("<circle").count(), drawn);
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }
}
