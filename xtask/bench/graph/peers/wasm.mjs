// The engine's own wasm module without a page: wasm.mjs TASK MODULE GRAPH. Tells user seconds of one round (`step`) or of a whole
// layout (`layout`), and as `value` the bytes that the module's memory grew to.
import fs from 'node:fs';

const [, , task, module, file] = process.argv;
const { instance } = await WebAssembly.instantiate(fs.readFileSync(module), { page: { goes_on: () => 1 } });
const engine = instance.exports;

// Read without a list of lines, so that a million nodes fit.
function pairs() {
    const text = fs.readFileSync(file);
    const numbers = [];
    let number = -1;
    for (let at = text.indexOf(10) + 1; at < text.length; at++) {
        const digit = text[at] - 48;
        if (digit >= 0 && digit <= 9) {
            number = Math.max(number, 0) * 10 + digit;
        } else if (number >= 0) {
            numbers.push(number);
            number = -1;
        }
    }
    if (number >= 0) numbers.push(number);
    return Uint32Array.from(numbers);
}

function check(code) {
    if (code < 0) throw new Error(`the engine refused: ${code}`);
    return code;
}

let seed = 99;
const chance = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return seed / 0x7fffffff - 0.5;
};

const links = pairs();
const nodes = 1 + links.reduce((most, v) => Math.max(most, v), 0);

function fill() {
    check(engine.layout_reserve(nodes, links.length / 2));
    new Uint32Array(engine.memory.buffer, engine.layout_links(), links.length).set(links);
    const places = new Float32Array(engine.memory.buffer, engine.layout_places(), nodes * 2);
    for (let at = 0; at < places.length; at++) places[at] = chance() * 1000;
}

function timed(count, work) {
    const start = process.cpuUsage().user;
    for (let at = 0; at < count; at++) work();
    return (process.cpuUsage().user - start) / 1e6 / count;
}

function rounds() {
    fill();
    check(engine.layout_go_on());
    return timed(10, () => check(engine.layout_step(1)));
}

// Some first, so that what is measured is compiled.
function round() {
    for (let at = 0; at < 4; at++) rounds();
    return rounds();
}

function whole() {
    fill();
    return timed(1, () => {
        check(engine.layout_start(0, 0xffffffff));
        while (check(engine.layout_step(1000000)) === 0);
    });
}

// A million nodes are laid out once, for their memory; what is smaller twice, the second time compiled.
if (task === 'layout' && nodes < 1000000) whole();
const secs = task === 'step' ? round() : whole();
console.log(JSON.stringify({ secs, value: engine.memory.buffer.byteLength }));
