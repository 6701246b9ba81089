#!/usr/bin/env python3
"""Computes what other programs say about small graphs, for `tests/measures.rs` to compare with.

    pip install networkx==3.6.1 igraph==1.0.0
    python3 make.py > values.json
"""
import json
import random

import igraph
import networkx as nx


def communities(chance):
    """120 nodes in groups of 12, four of five edges inside."""
    edges = set()
    while len(edges) < 300:
        a = chance.randrange(120)
        b = a // 12 * 12 + chance.randrange(12) if chance.random() < 0.8 else chance.randrange(120)
        if a != b:
            edges.add((min(a, b), max(a, b)))
    return 120, [(a, b, 1) for a, b in sorted(edges)], False


def transfers(chance):
    """80 nodes with directed weighted edges, among them parallel ones and loops."""
    edges = [(chance.randrange(80), chance.randrange(80), chance.randrange(1, 20)) for _ in range(200)]
    return 80, edges + edges[:15] + [(3, 3, 2), (9, 9, 5)], True


def sparse(chance):
    """60 nodes in several parts, with many bridges."""
    edges = {(min(a, b), max(a, b)) for a, b in ((chance.randrange(60), chance.randrange(60)) for _ in range(52)) if a != b}
    return 60, [(a, b, chance.randrange(1, 9)) for a, b in sorted(edges)], False


def lattice(_):
    """8 by 8."""
    across = [(v, v + 1, 1) for v in range(64) if v % 8 < 7]
    return 64, across + [(v, v + 8, 1) for v in range(56)], False


def flow(chance):
    """50 nodes with directed edges, each pair at most once."""
    edges = {(chance.randrange(50), chance.randrange(50)) for _ in range(130)}
    return 50, [(a, b, chance.randrange(1, 9)) for a, b in sorted(edges) if a != b], True


def listed(values, n):
    return [values[v] for v in range(n)]


def numbered(groups, n):
    """The smallest node of each node's group."""
    of = [0] * n
    for group in groups:
        for v in group:
            of[v] = min(group)
    return of


def measured(n, edges, is_directed, chance):
    graph = (nx.MultiDiGraph if is_directed else nx.MultiGraph)()
    graph.add_nodes_from(range(n))
    graph.add_weighted_edges_from(edges)
    multi = nx.MultiGraph()
    multi.add_nodes_from(range(n))
    multi.add_weighted_edges_from(edges)
    simple = nx.Graph(graph)
    simple.remove_edges_from(list(nx.selfloop_edges(simple)))
    other = igraph.Graph(n, [(a, b) for a, b, _ in edges], directed=is_directed)
    undirected = igraph.Graph(n, [(a, b) for a, b, _ in edges])
    weights = [w for _, _, w in edges]
    best = max(undirected.community_leiden("modularity", weights=weights, n_iterations=10).modularity for _ in range(20))
    pairs = [(chance.randrange(n), chance.randrange(n)) for _ in range(40)]
    plain = nx.DiGraph(graph) if is_directed else nx.Graph(graph)
    for a, b, w in edges:
        plain[a][b]["weight"] = min(plain[a][b]["weight"], w)
    incoming, outgoing = (graph.in_degree, graph.out_degree) if is_directed else (graph.degree, graph.degree)
    return {
        "nodes": n,
        "directed": is_directed,
        "edges": edges,
        "in": listed(dict(incoming()), n),
        "out": listed(dict(outgoing()), n),
        "all": listed(dict(graph.degree()), n),
        "all_weight": listed(dict(graph.degree(weight="weight")), n),
        "components": numbered(nx.connected_components(multi), n),
        "strong": numbered(nx.strongly_connected_components(graph), n) if is_directed else None,
        "page_rank": other.pagerank(damping=0.85),
        "page_rank_weighted": other.pagerank(damping=0.85, weights=weights),
        "betweenness": other.betweenness(),
        "closeness": listed(nx.closeness_centrality(graph), n),
        "harmonic": listed(nx.harmonic_centrality(graph), n),
        "core": listed(nx.core_number(simple), n),
        "triangles": listed(nx.triangles(simple), n),
        "clustering": listed(nx.clustering(simple), n),
        "transitivity": nx.transitivity(simple),
        "bridges": sorted([min(a, b), max(a, b)] for a, b in nx.bridges(multi)),
        "articulations": sorted(nx.articulation_points(simple)),
        "spanning": nx.minimum_spanning_tree(multi).size(weight="weight"),
        "leiden": best,
        "pairs": [pair(plain, a, b) for a, b in pairs],
        "cycles": sum(1 for _ in nx.simple_cycles(plain, length_bound=5)),
    }


def pair(graph, a, b):
    if not nx.has_path(graph, a, b):
        return {"from": a, "to": b, "paths": [], "weight": None, "ranked": []}
    ranked = []
    for path in nx.shortest_simple_paths(graph, a, b) if a != b else [[a]]:
        ranked.append(len(path) - 1)
        if len(ranked) == 8:
            break
    return {
        "from": a,
        "to": b,
        "paths": sorted(nx.all_shortest_paths(graph, a, b)),
        "weight": nx.dijkstra_path_length(graph, a, b),
        "ranked": ranked,
    }


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return [rounded(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def main():
    chance = random.Random(7)
    found = {}
    for make in (communities, transfers, sparse, lattice, flow):
        found[make.__name__] = rounded(measured(*make(chance), chance))
    print("{")
    rows = [f"{json.dumps(name)}: {json.dumps(values, separators=(',', ':'))}" for name, values in found.items()]
    print(",\n".join(rows))
    print("}")


main()
