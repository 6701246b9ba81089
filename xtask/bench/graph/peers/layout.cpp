// OGDF's FastMultipoleMultilevelEmbedder: layout GRAPH OUT
#include <cmath>
#include <cstdio>
#include <random>
#include <utility>
#include <vector>
#include <sys/resource.h>

#include <ogdf/basic/Graph.h>
#include <ogdf/basic/GraphAttributes.h>
#include <ogdf/energybased/FastMultipoleEmbedder.h>

static double user_secs() {
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return double(usage.ru_utime.tv_sec) + 1e-6 * double(usage.ru_utime.tv_usec);
}

static long peak_kilobytes() {
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

int main(int count, char** words) {
    if (count != 3) return 2;
    std::FILE* file = std::fopen(words[1], "r");
    if (!file) return 3;
    char titles[256];
    if (!std::fgets(titles, sizeof titles, file)) return 3;
    std::vector<std::pair<int, int>> links;
    int from, to, nodes = 0;
    while (std::fscanf(file, "%d,%d", &from, &to) == 2) {
        links.push_back({from, to});
        nodes = std::max(nodes, std::max(from, to) + 1);
    }
    std::fclose(file);

    long before = peak_kilobytes();
    ogdf::setSeed(42);
    ogdf::Graph graph;
    std::vector<ogdf::node> all(nodes);
    for (auto& node : all) node = graph.newNode();
    for (auto& link : links) graph.newEdge(all[link.first], all[link.second]);
    ogdf::GraphAttributes places(graph, ogdf::GraphAttributes::nodeGraphics | ogdf::GraphAttributes::edgeGraphics);
    std::mt19937 chance(99);
    std::uniform_real_distribution<double> anywhere(-1, 1);
    for (auto node : all) {
        places.x(node) = anywhere(chance) * std::sqrt(nodes) * 10;
        places.y(node) = anywhere(chance) * std::sqrt(nodes) * 10;
        places.width(node) = places.height(node) = 1;
    }
    double start = user_secs();
    ogdf::FastMultipoleMultilevelEmbedder embedder;
    embedder.maxNumThreads(1);
    embedder.call(places);
    double secs = user_secs() - start;
    long grown = peak_kilobytes() - before;

    std::FILE* out = std::fopen(words[2], "w");
    if (!out) return 4;
    for (auto node : all) std::fprintf(out, "%.7g %.7g\n", places.x(node), places.y(node));
    std::fclose(out);
    std::printf("{\"secs\": %.6f, \"grown_bytes\": %ld}\n", secs, grown * 1024);
}
