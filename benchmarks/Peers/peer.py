"""Runs rows of benchmarks/Figures in a library of Python, told by lines of JSON on the standard input.

usage: peer.py LIBRARY THREADS

    {"row": "poly_grad", "dtype": "f32", "inputs": [{"path": "x0", "shape": [1000]}], "outputs": "folder"}
        runs the row once, writes each result as raw numbers to folder/0, folder/1, ...
        answers {"results": 2}, or {} if it has no such row
    {"calls": 100}
        answers {"seconds": 0.01}, the time of so many calls of the last row

Its first line is {"name": "PyTorch 2.6"}: the library, as it stands above its column.
"""

import importlib
import json
import sys
import time


def answer(**what):
    print(json.dumps(what), flush=True)


def main(library, threads):
    peer = importlib.import_module(library).Peer(threads)
    answer(name=peer.name)
    call = None
    for line in sys.stdin:
        request = json.loads(line)
        if "calls" in request:
            start = time.perf_counter()
            for _ in range(request["calls"]):
                call()
            answer(seconds=time.perf_counter() - start)
            continue
        call = peer.row(request)
        if call is None:
            answer()
            continue
        results = peer.arrays(call())
        for i, array in enumerate(results):
            array.tofile(f"{request['outputs']}/{i}")
        answer(results=len(results))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
