"""Fits the weights of confidence.ts on candidates of scenes whose fillers are known (rows.ts), and prints what each host gives when it is left out."""

import json, re, sys
import numpy as np
from sklearn.linear_model import LogisticRegression

lg = lambda p: np.log(np.clip(p, 0.01, 0.99) / (1 - np.clip(p, 0.01, 0.99)))


def load(d):
    S = json.load(open(f"work/{d}/scenes.json"))
    R = json.load(open(f"work/{d}/rows.json"))
    ov = lambda a, b: max(0, min(a["end"], b["end"]) - max(a["start"], b["start"]))
    for r in R:
        o = [
            ov(r, g) / min(g["end"] - g["start"], r["end"] - r["start"])
            for g in S[r["scene"]]["fillers"]
        ]
        i = int(np.argmax(o)) if o else -1
        r["y"] = 1 if o and o[i] > 0.4 else 0
        r["g"] = i if r["y"] else -1
        q_ = {"start": r.get("ps", r["start"]), "end": r.get("pe", r["end"])}
        r["cut"] = sum(ov(q_, w) for w in S[r["scene"]]["words"])
    return S, R


def report(S, R, p, th, detail=False):
    keys = {}

    def k(x):
        return keys.setdefault(x, dict(tp=0, fp=0, fn=0, cut=0, w=0))

    for si, s in enumerate(S):
        rs = [(r, q) for r, q in zip(R, p) if r["scene"] == si and q >= th]
        rs.sort(key=lambda x: -x[1])
        kept = []
        for r, q in rs:
            if all(min(r["end"], z["end"]) <= max(r["start"], z["start"]) for z in kept):
                kept.append(r)
        got = set(z["g"] for z in kept if z["y"])
        for i, g in enumerate(s["fillers"]):
            for n in [
                s["noise"],
                s["noise"] + " " + g["source"],
                s["noise"]
                + (" between" if "between" in g["where"] else " inside")
                + (" touching" if g["touching"] else " apart"),
                s["noise"] + " host " + s["name"][:12],
            ]:
                k(n)["tp" if i in got else "fn"] += 1
        for n in [s["noise"], s["noise"] + " host " + s["name"][:12]]:
            k(n)["fp"] += sum(1 for z in kept if not z["y"])
            k(n)["cut"] += sum(z["cut"] for z in kept)
            k(n)["w"] += sum(w["end"] - w["start"] for w in s["words"])
    for n in sorted(keys):
        v = keys[n]
        if not detail and " " in n and n not in ("10 dB", "5 dB"):
            continue
        P = v["tp"] / max(1, v["tp"] + v["fp"])
        Rr = v["tp"] / max(1, v["tp"] + v["fn"])
        print(
            n.ljust(40),
            "P %.3f R %.3f F1 %.3f n %d fp %d"
            % (P, Rr, 2 * P * Rr / max(1e-9, P + Rr), v["tp"] + v["fn"], v["fp"]),
            "cut%% %.2f" % (100 * v["cut"] / v["w"]) if v["w"] else "",
        )


def f2(r):
    d = max(0.06, r["end"] - r["start"])
    al = min(1, r["aligned"])
    arc = np.log2(max(0.06, r["arcSeconds"]) / 0.16) if r["arcSeconds"] else 0
    return [
        lg(r["mean"]),
        lg(r["peak"]),
        np.log2(d / 0.25),
        al,
        arc,
        al * np.log2(d / 0.2),
        r["covered"],
        r["wordTaken"],
        min(0.3, r["pauseBefore"]) + min(0.3, r["pauseAfter"]),
        r["voicing"],
        max(0, -8 - r["level"]) / 10,
        r["speech"],
        max(0, 0.16 - d) * 10,
        lg(r["mean"]) * al,
    ]


N = [
    "mean",
    "peak",
    "duration",
    "aligned",
    "arc",
    "alignedDuration",
    "covered",
    "wordTaken",
    "pauses",
    "voicing",
    "quiet",
    "speech",
    "short",
    "alignedMean",
]
C = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
Sd, Rd = load("dev")
Se, Re = load("eval")
X = np.array([f2(r) for r in Re])
y = np.array([r["y"] for r in Re])
Xd = np.array([f2(r) for r in Rd])
yd = np.array([r["y"] for r in Rd])
print(
    "candidates cover",
    {
        n: (
            len(set((r["scene"], r["g"]) for r in Re if r["y"] and Se[r["scene"]]["noise"] == n)),
            sum(len(s["fillers"]) for s in Se if s["noise"] == n),
        )
        for n in ("clean", "10 dB", "5 dB")
    },
)
host = [Se[r["scene"]]["name"][:-2] for r in Re]
p = np.zeros(len(y))
# a false one costs more where much of a word is in it
w = np.array([1 + (0 if r["y"] else 1.5 * min(1, r["cut"] / 0.3)) for r in Re])
wd = np.array([1 + (0 if r["y"] else 1.5 * min(1, r["cut"] / 0.3)) for r in Rd])
for h in set(host):
    te = np.array([x == h for x in host])
    m = LogisticRegression(C=C, max_iter=5000).fit(
        np.r_[X[~te], Xd], np.r_[y[~te], yd], sample_weight=np.r_[w[~te], wd]
    )
    p[te] = m.predict_proba(X[te])[:, 1]
for th in (0.4, 0.5, 0.6):
    print("leave one host out", th)
    report(Se, Re, p, th, th == 0.5)
m = LogisticRegression(C=C, max_iter=5000).fit(
    np.r_[X, Xd], np.r_[y, yd], sample_weight=np.r_[w, wd]
)
print(dict(zip(N, np.round(m.coef_[0], 3))), m.intercept_)
if len(sys.argv) > 2:
    f = "web/analysis/speech/fillers/confidence.ts"
    s = open(f).read()
    s = re.sub(r"const bias = [-\d.]+;", "const bias = %.2f;" % m.intercept_[0], s)
    for n, c in zip(N, m.coef_[0]):
        s = re.sub(r"(\n  %s: )[-\d.]+," % n, lambda k: k.group(1) + "%.2f," % c, s, count=1)
    open(f, "w").write(s)
