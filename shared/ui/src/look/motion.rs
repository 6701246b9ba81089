//! What the operating system says about motion.

/// True where the person asked their system for less motion (the page knows; elsewhere it is the person's setting).
pub fn system_reduces_motion() -> bool {
    #[cfg(target_arch = "wasm32")]
    {
        let query = |window: web_sys::Window| window.match_media("(prefers-reduced-motion: reduce)").ok().flatten();
        web_sys::window().and_then(query).is_some_and(|query| query.matches())
    }
    #[cfg(not(target_arch = "wasm32"))]
    false
}
