//! Drawings of the graph in the memory of a graphics card, by the OpenGL that egui itself draws with.
//!
//! The only file of the crate that needs `unsafe`: every call of OpenGL is. What they rely on: the context is the window's own
//! and current, as eframe promises for `App::ui` and for paint callbacks; names are used with the context that made them, and
//! only while they are not deleted, which [`Cards::tidy`] alone does, with names that nobody else has any more; buffers are
//! filled from slices, whose length goes along; what is drawn lies within them, because egui's meshes are whole. A context that
//! is lost takes everything with it: the page then asks to be loaded again.
#![expect(unsafe_code, reason = "OpenGL; see the head of the file")]

use std::mem::{offset_of, take};
use std::sync::Arc;

use eframe::egui_glow::{CallbackFn, Painter, ShaderVersion};
use eframe::glow::{self, HasContext as _};
use egui::epaint::{PaintCallback, PaintCallbackInfo, Vertex};
use egui::mutex::Mutex;
use egui::{Context, Mesh, Rect, Shape, TextureId, Vec2};

use crate::canvas::{Card, Lies, OnCard};

/// As egui's own, but for where the triangles lie, and for letters whose texture has grown since.
const VERTICES: &str = "
    precision highp float;
    uniform vec4 lies;
    uniform vec2 texture_scale;
    in vec2 place;
    in vec2 on_texture;
    in vec4 colour;
    out vec2 at;
    out vec4 tint;
    void main() {
        gl_Position = vec4(place * lies.xy + lies.zw, 0.0, 1.0);
        at = on_texture * texture_scale;
        tint = colour;
    }";
const PIXELS: &str = "
    precision highp float;
    uniform sampler2D sheet;
    in vec2 at;
    in vec4 tint;
    out vec4 pixel;
    void main() {
        pixel = tint * texture(sheet, at);
    }";
const PLACE: u32 = 0;
const ON_TEXTURE: u32 = 1;
const COLOUR: u32 = 2;

/// The window's card.
#[derive(Clone, Default)]
pub struct Cards {
    /// What is drawn no more.
    gone: Arc<Mutex<Vec<Names>>>,
}

impl Cards {
    /// Hands the card to all that is drawn in `ctx`; false where its OpenGL is too old for that (WebGL 1).
    pub fn hand_in(&self, ctx: &Context, gl: &glow::Context) -> bool {
        let is_new = matches!(ShaderVersion::get(gl), ShaderVersion::Gl140 | ShaderVersion::Es300);
        if is_new {
            let gone = self.gone.clone();
            let make = move |ctx: &Context| -> Box<dyn OnCard> {
                Box::new(Drawing { ctx: ctx.clone(), kept: Arc::default(), gone: gone.clone() })
            };
            Card::new(make).hand_in(ctx);
        }
        is_new
    }

    /// Deletes what is drawn no more: to be called in every frame.
    pub fn tidy(&self, gl: &glow::Context) {
        for names in self.gone.lock().drain(..) {
            // SAFETY: as the head of the file says; who had these names has given them away.
            unsafe { names.delete(gl) };
        }
    }
}

/// One drawing.
struct Drawing {
    ctx: Context,
    kept: Arc<Mutex<Kept>>,
    gone: Arc<Mutex<Vec<Names>>>,
}

impl OnCard for Drawing {
    fn keep(&mut self, meshes: Vec<Mesh>) {
        self.kept.lock().coming = Some((meshes, size_of_letters(&self.ctx)));
    }

    fn shape(&self, pane: Rect, lies: Lies) -> Shape {
        let (ctx, kept) = (self.ctx.clone(), self.kept.clone());
        let draw = move |info: PaintCallbackInfo, painter: &Painter| {
            let letters = size_of_letters(&ctx);
            let kept = &mut *kept.lock();
            // SAFETY: as the head of the file says; egui calls this with its context current.
            if unsafe { kept.draw(painter, &info, lies, letters) }.is_err() {
                kept.has_failed = true;
                ctx.request_repaint();
            }
        };
        Shape::Callback(PaintCallback { rect: pane, callback: Arc::new(CallbackFn::new(draw)) })
    }

    fn has_failed(&self) -> bool {
        self.kept.lock().has_failed
    }
}

impl Drop for Drawing {
    fn drop(&mut self) {
        // A frame that is still to be painted finds nothing to draw.
        self.gone.lock().push(take(&mut *self.kept.lock()).names);
    }
}

/// How large the texture of all letters is, in pixels.
fn size_of_letters(ctx: &Context) -> Vec2 {
    let [width, height] = ctx.fonts(|fonts| fonts.font_image_size());
    Vec2::new(width as f32, height as f32)
}

/// What is drawn, and what is to be: it is sent when it is drawn for the first time.
#[derive(Default)]
struct Kept {
    /// With the size of the texture of letters that it is for.
    coming: Option<(Vec<Mesh>, Vec2)>,
    names: Names,
    letters: Vec2,
    has_failed: bool,
}

/// What the card calls what it keeps.
#[derive(Default)]
struct Names {
    program: Option<glow::Program>,
    /// One for each mesh, the lowest first.
    layers: Vec<Layer>,
}

struct Layer {
    array: glow::VertexArray,
    vertices: glow::Buffer,
    indices: glow::Buffer,
    /// How many indices are drawn.
    count: i32,
    texture: TextureId,
}

impl Kept {
    /// # Errors
    /// What the card says if it cannot keep this.
    ///
    /// # Safety
    /// `painter` must have made all names here, and its context must be current.
    unsafe fn draw(
        &mut self,
        painter: &Painter,
        info: &PaintCallbackInfo,
        lies: Lies,
        letters: Vec2,
    ) -> Result<(), String> {
        let gl = painter.gl();
        // SAFETY: the caller's.
        unsafe {
            if let Some((meshes, letters)) = self.coming.take() {
                self.names.send(gl, &meshes)?;
                self.letters = letters;
            }
            let Some(program) = self.names.program else { return Ok(()) };
            let [width, height] = info.screen_size_px;
            gl.viewport(0, 0, width as i32, height as i32);
            gl.use_program(Some(program));
            // From points to a square of 2 by 2 around the middle of the screen, y upwards.
            let screen = Vec2::new(width as f32, height as f32) / info.pixels_per_point;
            let (scale, shift) = (Vec2::splat(2.0 * lies.scale) / screen, 2.0 * lies.shift / screen);
            let place = gl.get_uniform_location(program, "lies");
            gl.uniform_4_f32(place.as_ref(), scale.x, -scale.y, shift.x - 1.0, 1.0 - shift.y);
            let place = gl.get_uniform_location(program, "texture_scale");
            for layer in &self.names.layers {
                let is_letters = layer.texture == TextureId::default();
                let scale = if is_letters { self.letters / letters } else { Vec2::splat(1.0) };
                gl.uniform_2_f32(place.as_ref(), scale.x, scale.y);
                gl.bind_texture(glow::TEXTURE_2D, painter.texture(layer.texture));
                gl.bind_vertex_array(Some(layer.array));
                gl.draw_elements(glow::TRIANGLES, layer.count, glow::UNSIGNED_INT, 0);
            }
        }
        Ok(())
    }
}

impl Names {
    /// Sends these meshes in place of what was there.
    ///
    /// # Errors
    /// What the card says if it cannot keep them.
    ///
    /// # Safety
    /// `gl` must have made all names here, and must be current.
    unsafe fn send(&mut self, gl: &glow::Context, meshes: &[Mesh]) -> Result<(), String> {
        // SAFETY: the caller's.
        unsafe {
            if self.program.is_none() {
                self.program = Some(program(gl)?);
            }
            while self.layers.len() < meshes.len() {
                self.layers.push(Layer::new(gl)?);
            }
            for (number, layer) in self.layers.iter_mut().enumerate() {
                match meshes.get(number) {
                    Some(mesh) => layer.send(gl, mesh),
                    None => layer.count = 0,
                }
            }
        }
        Ok(())
    }

    /// # Safety
    /// As for [`Self::send`].
    unsafe fn delete(self, gl: &glow::Context) {
        // SAFETY: the caller's.
        unsafe {
            for layer in self.layers {
                gl.delete_vertex_array(layer.array);
                gl.delete_buffer(layer.vertices);
                gl.delete_buffer(layer.indices);
            }
            if let Some(program) = self.program {
                gl.delete_program(program);
            }
        }
    }
}

impl Layer {
    /// An empty one.
    ///
    /// # Errors
    /// What the card says if it has no room.
    ///
    /// # Safety
    /// `gl` must be current.
    unsafe fn new(gl: &glow::Context) -> Result<Self, String> {
        // SAFETY: the caller's.
        unsafe {
            let array = gl.create_vertex_array()?;
            let (vertices, indices) = (gl.create_buffer()?, gl.create_buffer()?);
            gl.bind_vertex_array(Some(array));
            gl.bind_buffer(glow::ARRAY_BUFFER, Some(vertices));
            gl.bind_buffer(glow::ELEMENT_ARRAY_BUFFER, Some(indices));
            let attributes = [
                (PLACE, 2, glow::FLOAT, offset_of!(Vertex, pos)),
                (ON_TEXTURE, 2, glow::FLOAT, offset_of!(Vertex, uv)),
                (COLOUR, 4, glow::UNSIGNED_BYTE, offset_of!(Vertex, color)),
            ];
            for (attribute, numbers, kind, offset) in attributes {
                let stride = size_of::<Vertex>() as i32;
                gl.enable_vertex_attrib_array(attribute);
                gl.vertex_attrib_pointer_f32(attribute, numbers, kind, kind != glow::FLOAT, stride, offset as i32);
            }
            Ok(Self { array, vertices, indices, count: 0, texture: TextureId::default() })
        }
    }

    /// # Safety
    /// `gl` must have made this one, and must be current.
    unsafe fn send(&mut self, gl: &glow::Context, mesh: &Mesh) {
        // SAFETY: the caller's.
        unsafe {
            gl.bind_vertex_array(Some(self.array));
            gl.bind_buffer(glow::ARRAY_BUFFER, Some(self.vertices));
            gl.buffer_data_u8_slice(glow::ARRAY_BUFFER, bytemuck::cast_slice(&mesh.vertices), glow::STATIC_DRAW);
            gl.bind_buffer(glow::ELEMENT_ARRAY_BUFFER, Some(self.indices));
            gl.buffer_data_u8_slice(glow::ELEMENT_ARRAY_BUFFER, bytemuck::cast_slice(&mesh.indices), glow::STATIC_DRAW);
        }
        (self.count, self.texture) = (mesh.indices.len() as i32, mesh.texture_id);
    }
}

/// # Errors
/// What the card's compiler says.
///
/// # Safety
/// `gl` must be current.
unsafe fn program(gl: &glow::Context) -> Result<glow::Program, String> {
    // SAFETY: the caller's.
    unsafe {
        let version = ShaderVersion::get(gl).version_declaration();
        let program = gl.create_program()?;
        for (attribute, name) in [(PLACE, "place"), (ON_TEXTURE, "on_texture"), (COLOUR, "colour")] {
            gl.bind_attrib_location(program, attribute, name);
        }
        for (kind, text) in [(glow::VERTEX_SHADER, VERTICES), (glow::FRAGMENT_SHADER, PIXELS)] {
            let shader = gl.create_shader(kind)?;
            gl.shader_source(shader, &[version, text].concat());
            gl.compile_shader(shader);
            gl.attach_shader(program, shader);
            // It stays as long as the program has it.
            gl.delete_shader(shader);
        }
        gl.link_program(program);
        if gl.get_program_link_status(program) { Ok(program) } else { Err(gl.get_program_info_log(program)) }
    }
}
