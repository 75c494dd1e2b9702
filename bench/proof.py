"""The case of `rung rehearse`: every example, on the server that is there, so without its start."""
import glob
import os
import shutil

import measure


def rehearse(bench):
    rows = []
    for source in sorted(glob.glob(os.path.join(bench.root, "examples/*/rung.yaml"))):
        name = os.path.basename(os.path.dirname(source))
        folder = bench.project("rehearse-" + name)
        shutil.copytree(os.path.dirname(source), folder, dirs_exist_ok=True)
        with open(os.path.join(folder, "rung.yaml"), "a", encoding="ascii") as file:
            file.write('\nscratch: { url: "postgresql:///postgres" }\n')
        database = bench.new_database()
        samples = measure.interleave(
            {"rehearse": bench.on(folder, "--url", f"postgresql:///{database}", "rehearse", "--budget", "1h")},
            bench.few)
        rows.append(measure.time_row(f"rehearsal of examples/{name}", samples, "rehearse", bar=1000))
    return rows


CASES = {"rehearse": rehearse}
