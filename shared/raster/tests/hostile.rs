//! Whatever a mesh says, painting ends, and nothing outside of the window is touched.

use proptest::prelude::*;
use raster::{Sheet, Texture, Vertex};

fn number() -> impl Strategy<Value = f32> {
    prop_oneof![-50.0f32..50.0, any::<f32>(), Just(f32::NAN), Just(f32::INFINITY), Just(f32::MIN), Just(0.0)]
}

fn vertex() -> impl Strategy<Value = Vertex> {
    (number(), number(), number(), number(), any::<[u8; 4]>()).prop_map(|(x, y, u, v, colour)| Vertex {
        at: [x, y],
        uv: [u, v],
        colour,
    })
}

proptest! {
    #[test]
    fn any_mesh_is_painted_within_its_window(
        vertices in prop::collection::vec(vertex(), 0..12),
        indices in prop::collection::vec(0u32..14, 0..40),
        is_coverage in any::<bool>(),
        smooth in any::<bool>(),
    ) {
        let texel = if is_coverage { [180; 4] } else { [200, 10, 10, 220] };
        let texture = Texture::new([3, 2], vec![texel; 5], smooth);
        let mut sheet = Sheet::new([24, 16], [1, 2, 3], 1.5, [-4.0, -4.0]);
        let window = sheet.window([0.0, 0.0], [8.0, 4.0]);
        let before = sheet.clone();
        sheet.paint(&vertices, &indices, &texture, &window);
        for (at, (pixel, ground)) in sheet.pixels.iter().zip(&before.pixels).enumerate() {
            let is_inside = window.rows.contains(&(at / 24)) && window.columns.contains(&(at % 24));
            prop_assert!(is_inside || pixel == ground, "pixel {at} lies outside");
        }
    }
}
