// Loads the graph engine into this worker. The messages are the graph engine's own.
const { instance } = await WebAssembly.instantiateStreaming(fetch(new URL("./worker.wasm", import.meta.url)), {});
postMessage({ kind: "ready", exports: Object.keys(instance.exports) });
