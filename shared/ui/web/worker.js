// Lays out graphs beside the page, so that the page never waits: a module worker around the engine's wasm file.
//
// In:  {kind: "load", url}                                     once, first; the address of the wasm file
//      {kind: "start", id, links, positions, flags}            links: Uint32Array of pairs; positions: Float32Array of x, y
//                                                              per node; flags: Uint8Array, 1 = may not be moved.
//                                                              Takes the place of what runs.
//      {kind: "stop"}
// Out: {kind: "places", id, positions, done}                   a transferred Float32Array, at most 30 times a second and
//                                                              once at the end
//      {kind: "failed", id, message}                           id is null if loading failed

const SLICE_MS = 12;
const POST_EVERY_MS = 1000 / 30;
const FIRST_BUDGET = 2_000;
const LARGEST_BUDGET = 1_000_000;

const REFUSED = new Map([
  [-1, "The graph is too large to lay out; hide some objects first."],
  [-2, "A link names an object that is not on the graph."],
  [-3, "No layout was started."],
]);

let loaded = null;
let engine = null;
let run = null;

// Yields to incoming messages without the delay that nested timers get.
const turn = new MessageChannel();
turn.port1.onmessage = work;

self.onmessage = ({ data }) => {
  switch (data.kind) {
    case "load":
      loaded = load(data.url);
      break;
    case "start":
      start(data);
      break;
    case "stop":
      run = null;
      break;
  }
};

async function load(url) {
  try {
    const response = await fetch(url, { credentials: "same-origin" });
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    const { instance } = await WebAssembly.instantiate(await response.arrayBuffer(), {});
    engine = instance.exports;
  } catch (cause) {
    fail(null, `The layout engine could not be loaded (${cause.message}). Reload the page.`);
  }
}

async function start(graph) {
  const mine = { id: graph.id, nodes: graph.flags.length, budget: FIRST_BUDGET, posted: 0 };
  run = mine;
  await loaded;
  // Something newer may have come while the engine was loading.
  if (run !== mine) return;
  try {
    if (engine === null) throw new Error("The layout engine is not loaded. Reload the page.");
    if (graph.positions.length !== mine.nodes * 2 || graph.links.length % 2 !== 0) {
      throw new Error("The graph came in the wrong shape.");
    }
    check(engine.layout_reserve(mine.nodes, graph.links.length / 2));
    new Uint32Array(engine.memory.buffer, engine.layout_links(), graph.links.length).set(graph.links);
    new Uint8Array(engine.memory.buffer, engine.layout_flags(), mine.nodes).set(graph.flags);
    new Float32Array(engine.memory.buffer, engine.layout_places(), mine.nodes * 2).set(graph.positions);
    check(engine.layout_start());
    turn.port2.postMessage(null);
  } catch (cause) {
    stopWith(mine, cause);
  }
}

function work() {
  const mine = run;
  // A turn asked for by a run that has ended, or by one before the run that is still loading.
  if (mine === null) return;
  try {
    const from = performance.now();
    const done = check(engine.layout_step(mine.budget)) === 1;
    const now = performance.now();
    adapt(mine, now - from);
    if (done || now - mine.posted >= POST_EVERY_MS) {
      mine.posted = now;
      post(mine, done);
    }
    if (done) run = null;
    else turn.port2.postMessage(null);
  } catch (cause) {
    stopWith(mine, cause);
  }
}

// The engine counts nodes, not milliseconds: find out how many fit into a slice.
function adapt(mine, took) {
  const factor = Math.min(2, Math.max(0.5, SLICE_MS / Math.max(took, 0.1)));
  mine.budget = Math.min(LARGEST_BUDGET, Math.max(1, Math.round(mine.budget * factor)));
}

function post(mine, done) {
  const positions = new Float32Array(engine.memory.buffer, engine.layout_places(), mine.nodes * 2).slice();
  self.postMessage({ kind: "places", id: mine.id, positions, done }, [positions.buffer]);
}

function check(code) {
  if (code < 0) throw new Error(REFUSED.get(code) ?? `The layout engine answered ${code}.`);
  return code;
}

function stopWith(mine, cause) {
  if (run === mine) run = null;
  fail(mine.id, cause.message);
}

function fail(id, message) {
  self.postMessage({ kind: "failed", id, message });
}
