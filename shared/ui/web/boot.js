// Starts Clew: makes the WebGL context as the application wants it, loads the wasm with visible progress, hands both over.
// It talks to the application by five things: `start(canvas)` of the wasm, `clewFiles`, `clewDrawsInSoftware`, `clewWorker(module)`, which
// starts the graph engine's worker, or one with another module, under the page's content security policy, and the elements #clew and #mirror.
import load, { start } from "./ui.js";

const byId = (id) => document.getElementById(id);
let canvas = byId("clew");
const wasmUrl = new URL("./ui.wasm", import.meta.url);
const workerUrl = new URL("./worker.js", import.meta.url);
const workerWasmUrl = new URL("./worker.wasm", import.meta.url);
// Replaced by the size of the wasm: a compressed answer does not say how long it will be.
const WASM_BYTES = Number("@ui.wasm bytes@") || 0;

const policy = globalThis.trustedTypes?.createPolicy("clew-worker", {
  createScriptURL: (text) => {
    if (text !== workerUrl.href) throw new TypeError("clew-worker: not the worker of this page");
    return text;
  },
});
// The graph engine's worker, told where its wasm lies, or that of another module with the same messages: see worker.js.
globalThis.clewWorker = (module = workerWasmUrl.href) => {
  const url = policy ? policy.createScriptURL(workerUrl.href) : workerUrl.href;
  const worker = new Worker(url, { type: "module", name: "graph" });
  worker.postMessage({ kind: "load", url: module });
  return worker;
};

// What is fetched when somebody or a text needs it: name to address, filled in when the page is packed.
globalThis.clewFiles = {/*@files@*/};

let hasFailed = false;

function fail(title, text, cause) {
  if (hasFailed) return;
  hasFailed = true;
  // The words "start failed" are what browser tests listen for.
  console.error("clew: start failed or stopped:", title, cause ?? "");
  byId("notice-title").textContent = title;
  byId("notice-text").textContent = text;
  byId("notice-progress").hidden = true;
  byId("notice-reload").hidden = false;
  const notice = byId("notice");
  notice.setAttribute("role", "alert");
  notice.hidden = false;
  byId("notice-reload").focus();
}

function stopped(cause) {
  fail(
    "Clew stopped",
    "Something went wrong in the application. Reload the page to go on; if it happens again, tell your administrator what you were doing.",
    cause,
  );
}

// Antialiasing and depth cost up to four times the drawing time without a graphics card, and egui smooths edges itself.
// The first context decides: the application asks for the same one later and gets it. WebGL 1 draws the same, and is what some
// remote desktops have.
function makeContext() {
  const wishes = { alpha: false, antialias: false, depth: false, stencil: false, powerPreference: "high-performance" };
  const kind = canvas.getContext("webgl2", wishes) ? "webgl2" : "webgl";
  const context = canvas.getContext(kind, wishes);
  globalThis.clewDrawsInSoftware = context !== null && drawsInSoftware(context);
  if (!globalThis.clewDrawsInSoftware) return context;
  // Where the processor draws, a canvas that does not wait for the rest of the page halves the long frames. That is asked for
  // when a context is made, and a canvas has one context in its life.
  const other = canvas.cloneNode();
  const quick = other.getContext(kind, { ...wishes, desynchronized: true });
  if (!quick) return context;
  context.getExtension("WEBGL_lose_context")?.loseContext();
  canvas.replaceWith(other);
  canvas = other;
  return quick;
}

function drawsInSoftware(context) {
  const named = context.getExtension("WEBGL_debug_renderer_info");
  const renderer = context.getParameter(named ? named.UNMASKED_RENDERER_WEBGL : context.RENDERER);
  return /swiftshader|llvmpipe|softpipe|basic render/i.test(renderer);
}

function counted(body, onBytes) {
  let bytes = 0;
  return body.pipeThrough(
    new TransformStream({
      transform(chunk, out) {
        bytes += chunk.byteLength;
        onBytes(bytes);
        out.enqueue(chunk);
      },
    }),
  );
}

async function compile() {
  const answer = await fetch(wasmUrl);
  if (!answer.ok || !answer.body) throw new Error(`the server answered ${answer.status} for ${wasmUrl.pathname}`);
  const show = (bytes) => {
    if (WASM_BYTES) byId("notice-progress").value = Math.min(1, bytes / WASM_BYTES);
  };
  const headers = { "Content-Type": "application/wasm" };
  return WebAssembly.compileStreaming(new Response(counted(answer.body, show), { headers }));
}

async function boot() {
  byId("notice-reload").addEventListener("click", () => location.reload());
  if (typeof WebAssembly !== "object" || !WebAssembly.compileStreaming) {
    fail(
      "This browser cannot run Clew",
      "Clew needs WebAssembly. Use a current Chrome, Edge, Firefox or Safari; where WebAssembly is switched off, ask your administrator to allow it for this address.",
    );
    return;
  }
  if (!navigator.cookieEnabled) {
    fail(
      "Cookies are blocked",
      "Clew knows by one cookie that you are signed in, and uses no other. Allow cookies for this address in the browser's settings, then reload the page.",
    );
    return;
  }
  if (!makeContext()) {
    fail(
      "This browser cannot draw Clew",
      "Clew needs WebGL, which is switched off or not available here. Switch hardware acceleration on in the browser's settings, or ask your administrator to allow WebGL for this address.",
    );
    return;
  }
  canvas.addEventListener("webglcontextlost", () =>
    fail("The picture was lost", "The browser took the graphics away, as it does after sleep or when memory is short. Reload the page to go on."),
  );
  let module;
  try {
    module = await compile();
  } catch (error) {
    fail("Clew could not be loaded", "The program did not arrive whole. Check the connection and reload the page.", error);
    return;
  }
  try {
    await load({ module_or_path: module });
    await start(canvas);
  } catch (error) {
    fail("Clew could not start", "The program arrived, but did not start. Reload the page; if it happens again, tell your administrator.", error);
    return;
  }
  if (!hasFailed) {
    byId("notice").hidden = true;
    canvas.focus();
    performance.mark("clew started");
  }
}

// The application's keys with Ctrl: without this the browser takes them too, for its search, its find bar, its history, its tabs,
// and Ctrl+A would select the words of the page. A test holds them against the list of the commands. Copying stays the browser's.
const OWN_KEYS = new Set("kfgzya123456789");
const OWN_KEYS_WITH_SHIFT = new Set("gpz");
addEventListener(
  "keydown",
  (event) => {
    const keys = event.shiftKey ? OWN_KEYS_WITH_SHIFT : OWN_KEYS;
    const isOwn = (event.ctrlKey || event.metaKey) && !event.altKey && keys.has(event.key.toLowerCase());
    if (isOwn && !hasFailed && byId("notice").hidden) event.preventDefault();
  },
  { capture: true },
);

// A panic in the wasm surfaces as an error of the event or frame in which it happened.
const isOfWasm = (error) => error instanceof WebAssembly.RuntimeError;
addEventListener("error", (event) => isOfWasm(event.error) && stopped(event.error));
addEventListener("unhandledrejection", (event) => isOfWasm(event.reason) && stopped(event.reason));
boot();
