"""A peer's side of the harness: one JSON object a line on stdin, one answer a line on stdout.

    {"do": "start", "mode": "sparse", "threads": 1, "options": {"batch": 1024}}  ->  {"ok": true}
    {"do": "check"}   ->  {"ok": true, "values": {"loss": [0.7]}}
    {"do": "repeat"}  ->  {"ok": true, "ms": 12.5}

A failure is answered by {"ok": false, "missing": bool, "reason": "..."}; the end of stdin ends the process.
"""

import json
import os
import sys
import time


def uses_openblas():
    with open("/proc/self/maps") as maps:
        return any("openblas" in line for line in maps)


def serve(make):
    """`make(mode, threads, options)` gives an object with `check()` and `repeat()`."""
    answers, sys.stdout = sys.stdout, sys.stderr
    peer = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"ok": True}
            if request["do"] == "start":
                peer = make(request["mode"], request["threads"], request["options"])
                if "OPENBLAS_CORETYPE" in os.environ and not uses_openblas():
                    raise ModuleNotFoundError(name="libopenblas (Debian's libopenblas0-pthread)")
            elif request["do"] == "check":
                answer["values"] = peer.check()
            elif request["do"] == "repeat":
                began = time.perf_counter()
                peer.repeat()
                answer["ms"] = (time.perf_counter() - began) * 1000
            else:
                raise ValueError(f"unknown request {request['do']!r}")
        except ModuleNotFoundError as error:
            answer = {"ok": False, "missing": True, "reason": f"{error.name} is not installed, which {sys.executable} needs"}
        except Exception as error:  # the harness decides what a failure means
            answer = {"ok": False, "missing": False, "reason": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
