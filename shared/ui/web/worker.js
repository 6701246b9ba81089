// Lays out and measures graphs beside the page, so that the page never waits: a module worker around the engine's wasm file, or
// around the one that reads and writes files.
//
// In:  {kind: "load", url}                                     once, first; the address of the wasm file
//      {kind: "start", id, layout, of, links, positions, flags, groups, numbers}
//                                                              layout, of: see Kind; links: Uint32Array of pairs; positions:
//                                                              Float32Array of x, y per node; flags: Uint8Array, 1 = may not
//                                                              be moved; groups: Uint32Array, numbers: Float64Array of two
//                                                              per node, each where the layout asks for it.
//                                                              Takes the place of what runs.
//      {kind: "stop"}
//      {kind: "measure", id, measure, how, a, b, c, nodes, links, weights, times, marks}
//                                                              measure, a, b, c: see Measure; how: 1 directions + 2 weights;
//                                                              weights: Float32Array, times: Float64Array, each where they
//                                                              count; marks: Uint8Array, for searches. Nothing else is heard
//                                                              until it is done: to give it up, end the worker.
//      {kind: "paint", id, width, height, colour, scale, left, top, textures, meshes}
//                                                              textures: those that have changed, each {number, width, height,
//                                                              coverage: Uint8Array}; meshes: {texture, vertices: Uint8Array of 20
//                                                              bytes per corner, indices: Uint32Array}; colour: red in the lowest
//                                                              byte.
//      {kind: "errand", id, errand, parts}                     for the module that reads and writes files; errand: see Errand;
//                                                              parts: a list of Uint8Array
// Out: {kind: "places", id, positions, done}                   a transferred Float32Array, at most 30 times a second and
//                                                              once at the end
//      {kind: "progress", id, done, all}                       at most ten times a second
//      {kind: "measured", id, columns, list, told}             Float64Array, Uint32Array, two numbers
//      {kind: "painted", id, width, height, pixels}            a transferred Uint8Array, four bytes per pixel
//      {kind: "done", id, bytes}                               a transferred Uint8Array
//      {kind: "failed", id, message}                           id is null if loading failed

const SLICE_MS = 12;
const POST_EVERY_MS = 1000 / 30;
const TELL_EVERY_MS = 100;
const NO_NODE = 0xffff_ffff;
const CORNER_BYTES = 20;
const FIRST_BUDGET = 2_000;
const LARGEST_BUDGET = 1_000_000;

const REFUSED = new Map([
  [-1, "The graph is too large to lay out; hide some objects first."],
  [-2, "A link names an object that is not on the graph."],
  [-3, "No layout was started."],
  [-4, "The engine is older than this page. Reload the page."],
  [-5, "A number is not one that can be used here."],
]);

let loaded = null;
let engine = null;
let run = null;
let measuring = null;

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
    case "measure":
      measure(data);
      break;
    case "paint":
      paint(data);
      break;
    case "errand":
      runErrand(data);
      break;
  }
};

async function load(url) {
  try {
    const response = await fetch(url, { credentials: "same-origin" });
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    const { instance } = await WebAssembly.instantiate(await response.arrayBuffer(), { page: { goes_on: goesOn } });
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
    const has = (numbers, each) => numbers === undefined || numbers.length === mine.nodes * each;
    if (!has(graph.positions, 2) || !has(graph.groups, 1) || !has(graph.numbers, 2) || graph.links.length % 2 !== 0) {
      throw new Error("The graph came in the wrong shape.");
    }
    check(engine.layout_reserve(mine.nodes, graph.links.length / 2));
    new Uint32Array(engine.memory.buffer, engine.layout_links(), graph.links.length).set(graph.links);
    new Uint8Array(engine.memory.buffer, engine.layout_flags(), mine.nodes).set(graph.flags);
    new Float32Array(engine.memory.buffer, engine.layout_places(), mine.nodes * 2).set(graph.positions);
    // Each asks for room, which may move the memory: the view is made behind it.
    fill(Uint32Array, engine.layout_groups, graph.groups);
    fill(Float64Array, engine.layout_numbers, graph.numbers);
    check(engine.layout_start(graph.layout ?? 0, graph.of ?? NO_NODE));
    turn.port2.postMessage(null);
  } catch (cause) {
    stopWith(mine, cause);
  }
}

function fill(Numbers, where, given) {
  if (given === undefined) return;
  const at = where();
  new Numbers(engine.memory.buffer, at, given.length).set(given);
}

async function measure(asked) {
  run = null;
  await loaded;
  try {
    if (engine === null) throw new Error("The graph engine is not loaded. Reload the page.");
    const links = asked.links.length / 2;
    const has = (numbers, many) => numbers === undefined || numbers.length === many;
    if (links % 1 !== 0 || !has(asked.weights, links) || !has(asked.times, links) || !has(asked.marks, asked.nodes)) {
      throw new Error("The graph came in the wrong shape.");
    }
    check(engine.layout_reserve(asked.nodes, links));
    fill(Uint32Array, engine.layout_links, asked.links);
    fill(Float32Array, engine.layout_weights, asked.weights);
    fill(Float64Array, engine.measure_times, asked.times);
    fill(Uint8Array, engine.layout_flags, asked.marks);
    measuring = { id: asked.id, told: performance.now() };
    check(engine.measure_run(asked.measure, asked.how, asked.a, asked.b, asked.c));
    const { buffer } = engine.memory;
    const columns = new Float64Array(buffer, engine.measure_columns(), engine.measure_columns_length()).slice();
    const list = new Uint32Array(buffer, engine.measure_list(), engine.measure_list_length()).slice();
    const told = [engine.measure_told(0), engine.measure_told(1)];
    self.postMessage({ kind: "measured", id: asked.id, columns, list, told }, [columns.buffer, list.buffer]);
  } catch (cause) {
    fail(asked.id, cause.message);
  } finally {
    measuring = null;
  }
}

async function paint(asked) {
  await loaded;
  try {
    if (engine === null) throw new Error("The graph engine is not loaded. Reload the page.");
    for (const { number, width, height, coverage } of asked.textures) {
      check(engine.paint_reserve_texture(width, height));
      fill(Uint8Array, engine.paint_coverage, coverage);
      check(engine.paint_take_texture(number));
    }
    const { width, height } = asked;
    check(engine.paint_begin(width, height, asked.colour, asked.scale, asked.left, asked.top));
    for (const { texture, vertices, indices } of asked.meshes) {
      check(engine.paint_reserve(vertices.length / CORNER_BYTES, indices.length));
      fill(Uint8Array, engine.paint_vertices, vertices);
      fill(Uint32Array, engine.paint_indices, indices);
      check(engine.paint_mesh(texture));
    }
    const pixels = new Uint8Array(engine.memory.buffer, engine.paint_pixels(), width * height * 4).slice();
    self.postMessage({ kind: "painted", id: asked.id, width, height, pixels }, [pixels.buffer]);
  } catch (cause) {
    fail(asked.id, cause.message);
  }
}

async function runErrand(asked) {
  await loaded;
  try {
    if (engine === null) throw new Error("What reads and writes files is not loaded. Reload the page.");
    for (const part of asked.parts) fill(Uint8Array, () => engine.exchange_part(part.length), part);
    const isDone = engine.exchange_run(asked.errand) === 0;
    const bytes = new Uint8Array(engine.memory.buffer, engine.exchange_answer(), engine.exchange_answer_length()).slice();
    if (!isDone) throw new Error(new TextDecoder().decode(bytes));
    self.postMessage({ kind: "done", id: asked.id, bytes }, [bytes.buffer]);
  } catch (cause) {
    fail(asked.id, cause.message);
  }
}

// Asked by the engine now and then; it cannot hear the page meanwhile.
function goesOn(done, all) {
  const now = performance.now();
  if (measuring !== null && now - measuring.told >= TELL_EVERY_MS) {
    measuring.told = now;
    self.postMessage({ kind: "progress", id: measuring.id, done, all });
  }
  return 1;
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
