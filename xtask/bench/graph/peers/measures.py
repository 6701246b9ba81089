"""igraph, NetworKit and rustworkx: measures.py TASK GRAPH OUT. Tells user seconds of the bare work, the middle of three."""
import json
import random
import resource
import sys

task, graph, out = sys.argv[1:4]
with open(graph) as file:
    links = [tuple(map(int, line.split(","))) for line in file.read().splitlines()[1:] if line]
nodes = max(max(link) for link in links) + 1


def user_secs():
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def write(numbers):
    with open(out, "w") as file:
        file.writelines(f"{number}\n" for number in numbers)


def igraph_net():
    import igraph

    return igraph.Graph(n=nodes, edges=links)


def networkit_net():
    import networkit

    networkit.setNumberOfThreads(1)
    net = networkit.Graph(nodes)
    for a, b in links:
        net.addEdge(a, b)
    return net


def rustworkx_net():
    import rustworkx

    net = rustworkx.PyDiGraph()
    net.add_nodes_from(range(nodes))
    net.add_edges_from([(a, b, 1.0) for a, b in links] + [(b, a, 1.0) for a, b in links])
    return net


def igraph_betweenness(net):
    chance = random.Random(5)
    return net.betweenness(sources=[chance.randrange(nodes) for _ in range(64)])


def rustworkx_page_rank(net):
    import rustworkx

    # It ends when the error is below the tolerance times the number of nodes.
    ranks = rustworkx.pagerank(net, tol=1e-8 / nodes, max_iter=1000)
    return [ranks[v] for v in range(nodes)]


def networkit_leiden(net):
    import networkit

    leiden = networkit.community.ParallelLeiden(net, iterations=2)
    leiden.run()
    return leiden.getPartition().getVector()


def igraph_leiden(net):
    return net.community_leiden(objective_function="modularity", n_iterations=2).membership


TASKS = {
    "igraph-betweenness": (igraph_net, igraph_betweenness),
    "rustworkx-page-rank": (rustworkx_net, rustworkx_page_rank),
    "networkit-leiden": (networkit_net, networkit_leiden),
    "igraph-leiden": (igraph_net, igraph_leiden),
}

make, work = TASKS[task]
net = make()
times = []
for _ in range(3):
    start = user_secs()
    result = work(net)
    times.append(user_secs() - start)
write(result)
print(json.dumps({"secs": sorted(times)[1]}))
