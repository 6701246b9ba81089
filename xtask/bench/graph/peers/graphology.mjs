// graphology: graphology.mjs TASK GRAPH PAIRS. Tells user seconds of one round, or of one shortest way.
import fs from 'node:fs';
import Graph from 'graphology';
import unweighted from 'graphology-shortest-path/unweighted.js';
import iterate from 'graphology-layout-forceatlas2/iterate.js';
import helpers from 'graphology-layout-forceatlas2/helpers.js';
import defaults from 'graphology-layout-forceatlas2/defaults.js';
import forceAtlas2 from 'graphology-layout-forceatlas2';

const [, , task, file, pairsFile] = process.argv;
const lines = (path) => fs.readFileSync(path, 'utf8').split('\n').filter((line) => line !== '');
const pairs = (path) => lines(path).slice(1).map((line) => line.split(',').map(Number));
const links = pairs(file);
const nodes = 1 + links.reduce((most, [a, b]) => Math.max(most, a, b), 0);

let seed = 99;
const chance = () => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return seed / 0x7fffffff;
};

const graph = new Graph({ type: 'undirected' });
for (let v = 0; v < nodes; v++) graph.addNode(String(v), { x: (chance() - 0.5) * 1000, y: (chance() - 0.5) * 1000 });
for (const [a, b] of links) if (!graph.hasEdge(String(a), String(b))) graph.addEdge(String(a), String(b));

// One call first, so that what is measured is compiled.
function timed(count, work) {
    work();
    const start = process.cpuUsage().user;
    for (let at = 0; at < count; at++) work();
    return (process.cpuUsage().user - start) / 1e6 / count;
}

function round() {
    const settings = { ...defaults, ...forceAtlas2.inferSettings(nodes), barnesHutOptimize: true };
    const matrices = helpers.graphToByteArrays(graph, () => 1);
    return timed(nodes > 50_000 ? 3 : 20, () => iterate(settings, matrices.nodes, matrices.edges));
}

function path() {
    const ends = pairs(pairsFile);
    const ways = () => ends.map(([a, b]) => unweighted.bidirectional(graph, String(a), String(b)));
    const steps = ways().reduce((sum, way) => sum + (way ? way.length - 1 : 0), 0);
    return { secs: timed(1, ways) / ends.length, value: steps };
}

console.log(JSON.stringify(task === 'step' ? { secs: round() } : path()));
