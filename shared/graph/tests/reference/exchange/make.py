#!/usr/bin/env python3
"""Writes small graphs as networkx and igraph write them, and reads ours with both.

    pip install networkx==3.6.1 igraph==1.0.0
    python3 make.py write      # networkx.graphml, igraph.graphml
    python3 make.py back       # ours, as each of them writes it after reading it
    python3 make.py read       # shows what they make of ours

`gephi.graphml` and `yed.graphml` are written by hand in the form of these programs.
"""
import pathlib
import sys

import igraph
import networkx as nx

HERE = pathlib.Path(__file__).parent
GOLDEN = HERE / "../../golden"


def write():
    payments = nx.MultiDiGraph(title="Payments")
    payments.add_node("a", label="Åse Ødegård", type="person", x=1.5, y=-2.0, age=41)
    payments.add_node("b", label="Fjord & Sønn <AS>", type="company")
    payments.add_node(7)
    payments.add_edge("a", "b", weight=1250.5, count=3)
    payments.add_edge("a", "b", weight=0.0001)
    payments.add_edge("b", 7, label="rent\nand heat")
    nx.write_graphml(payments, HERE / "networkx.graphml")

    friends = igraph.Graph(edges=[(0, 1), (1, 2), (2, 2)], directed=False)
    friends.vs["name"] = ["Åse", "Bjørn", "Øyvind"]
    friends.vs["x"] = [0.0, 10.0, -5.5]
    friends.vs["y"] = [0.0, 1e3, 2.25]
    friends.vs["hidden"] = [False, True, False]
    friends.es["weight"] = [1.0, 2.5, 1e-7]
    friends.write_graphml(str(HERE / "igraph.graphml"))


def read():
    for path in sorted(GOLDEN.glob("*.graphml")):
        try:
            graph = nx.read_graphml(path)
            print(path.name, "networkx", graph, graph.nodes["n0"], list(graph.edges(data=True))[:2])
        except nx.NetworkXError as error:
            print(path.name, "networkx refuses:", error)
        graph = igraph.Graph.Read_GraphML(str(path))
        print(path.name, "igraph", graph.summary(), graph.vs[0].attributes(), graph.es[0].attributes())


def back():
    ours = GOLDEN / "case-as-attribute.graphml"
    nx.write_graphml(nx.read_graphml(ours), HERE / "networkx-back.graphml")
    igraph.Graph.Read_GraphML(str(ours)).write_graphml(str(HERE / "igraph-back.graphml"))


{"write": write, "back": back, "read": read}[sys.argv[1]]()
