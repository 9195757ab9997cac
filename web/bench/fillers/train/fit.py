"""Fits the weights of confidence.ts: fit.py work/rows-bench.json … [--write]

The files come from rows.ts. Prints what every host gives when it is left out of the fit.
"""

import json, re, sys
import numpy as np
from sklearn.linear_model import LogisticRegression

NAMES = ["mean", "peak", "duration", "aligned", "alignedClear", "pauses", "quiet"]
SURE = 0.5
length = lambda a: a["end"] - a["start"]
overlap = lambda a, b: max(0, min(a["end"], b["end"]) - max(a["start"], b["start"]))


def load(file):
    rows, scenes = [], json.load(open(file))
    for scene in scenes:
        scene["host"] = file + re.sub(r" [12]$", "", scene["name"])
        scene["set"] = re.sub(r".*rows-|\.json", "", file) + " " + scene["noise"]
        for row in scene["rows"]:
            if row["heard"] < 0.5:
                continue
            place = row["place"]
            shares = [overlap(place, f) / min(length(place), length(f)) for f in scene["fillers"]]
            hit = int(np.argmax(shares)) if shares and max(shares) >= 0.5 else -1
            cut = sum(overlap(place, w) for w in scene["words"])
            rows.append({**row, "scene": scene, "hit": hit, "cut": cut})
    return scenes, rows


def report(scenes, rows, p):
    for name in dict.fromkeys(s["set"] for s in scenes):
        tp = fp = n = cut = spoken = 0
        for scene in (s for s in scenes if s["set"] == name):
            sure = [(q, r) for q, r in zip(p, rows) if r["scene"] is scene and q >= SURE]
            kept = []
            for _, r in sorted(sure, key=lambda x: -x[0]):
                if all(overlap(r["place"], k["place"]) == 0 for k in kept):
                    kept.append(r)
            tp += len({k["hit"] for k in kept} - {-1})
            fp += sum(k["hit"] < 0 for k in kept)
            cut += sum(k["cut"] for k in kept)
            n += len(scene["fillers"])
            spoken += sum(map(length, scene["words"]))
        print(
            f"{name:20} precision {tp / max(1, tp + fp):.3f}  recall {tp / max(1, n):.3f}  "
            f"F1 {2 * tp / max(1, tp + fp + n):.3f}  n {n}  words cut {100 * cut / spoken:.2f} %"
        )


scenes, rows = [], []
for file in (a for a in sys.argv[1:] if a != "--write"):
    s, r = load(file)
    scenes += s
    rows += r
X = np.array([[r["evidence"][n] for n in NAMES] for r in rows])
y = np.array([r["hit"] >= 0 for r in rows])
host = np.array([r["scene"]["host"] for r in rows])
spread = X.std(0) + 1e-6
# A false one costs more where much of a word is in it.
weight = np.array([1 if r["hit"] >= 0 else 1 + 1.5 * min(1, r["cut"] / 0.3) for r in rows])
fit = lambda use: LogisticRegression(C=1, max_iter=5000).fit(
    X[use] / spread, y[use], sample_weight=weight[use]
)
p = np.zeros(len(y))
for h in set(host):
    p[host == h] = fit(host != h).predict_proba(X[host == h] / spread)[:, 1]
report(scenes, rows, p)
model = fit(np.ones(len(y), bool))
weights = dict(zip(["bias", *NAMES], [model.intercept_[0], *(model.coef_[0] / spread)]))
print({k: round(float(v), 2) for k, v in weights.items()})
if "--write" in sys.argv:
    file = "web/analysis/speech/fillers/confidence.ts"
    head, rest = open(file).read().split("const byEncoder: Weights = {\n")
    body, tail = rest.split("\n};", 1)
    for k, v in weights.items():
        body = re.sub(rf"(?m)^  {k}: .*,$", f"  {k}: {v:.2f},", body)
    open(file, "w").write(head + "const byEncoder: Weights = {\n" + body + "\n};" + tail)
