import json, random, glob, os, sys, subprocess
import numpy as np, soundfile as sf, scipy.signal as ss

from sounds import active, central, coloured, creak, dips, f0med, formant, load, speed, tilt, trim, word, R, HOLD

if __name__ == "__main__":
    rng = np.random.default_rng(int(sys.argv[3]))
    N = int(sys.argv[1])
    names = [f for f in ["fast", "kokoro_1", "kokoro_2", "tux"] if os.path.exists(f"work/data/{f}.jsonl")]
    rows = [json.loads(l) for f in names for l in open(f"work/data/{f}.jsonl")]
    rows = [r for r in rows if r["voice"] not in HOLD]
    infl = {r["file"]: r for r in json.load(open("work/data/infill.json"))}
    plain = {}
    iso = {}
    for r in rows:
        if r["kind"] == "plain":
            plain.setdefault((r["engine"], r["voice"]), []).append(r)
        elif r["kind"].startswith("iso"):
            iso.setdefault(r["engine"], []).append(r)
    inf = [
        infl[r["file"]]
        for r in rows
        if r["kind"] == "infill"
        and r["file"] in infl
        and infl[r["file"]]["end"] - infl[r["file"]]["start"] > 0.1
    ]
    print({k: len(v) for k, v in iso.items()}, len(inf), len(plain))
    keys = list(plain)
    wts = np.array(
        [
            {"asterisk": 6, "kokoro": 2.5, "espeak": 1, "flite": 4, "festival": 3, "tux": 2.5}[k[0]]
            for k in keys
        ],
        float,
    )
    wts /= wts.sum()
    cache = {}

    def get(f):
        if f not in cache:
            cache[f] = load(f)
        return cache[f]

    ast = [r for k in keys if k[0] == "asterisk" for r in plain[k]]
    # neighbours of in-sentence fillers
    infby = {}
    for r in inf:
        infby.setdefault((r["engine"], r["voice"]), []).append(r)
    wav = []
    lab = []
    lens = []
    for c in range(N):
        key = keys[rng.choice(len(keys), p=wts)]
        pool = plain[key]
        segs = []
        L = 0
        target = rng.uniform(6, 13)
        while L < target * R:
            if key in infby and rng.random() < 0.3:
                r = infby[key][rng.integers(len(infby[key]))]
                a = get(r["file"])
                y = np.zeros(len(a), np.uint8)
                y[int(r["start"] * R) : int(r["end"] * R)] = 2
            else:
                a = get(pool[rng.integers(len(pool))]["file"])
                y = np.zeros(len(a), np.uint8)
            if len(a) > 9 * R:
                s = rng.integers(0, len(a) - 8 * R)
                a, y = a[s : s + 8 * R], y[s : s + 8 * R]
            g = np.zeros(int(rng.uniform(0.05, 0.7) * R), np.float32)
            segs.append(
                (np.r_[a / max(active(a), 1e-4) * 0.1, g], np.r_[y, np.zeros(len(g), np.uint8)])
            )
            L += len(a)
        a = np.concatenate([s[0] for s in segs])
        y = np.concatenate([s[1] for s in segs])
        sp = rng.uniform(0.88, 1.14)
        if key[0] == "asterisk" and rng.random() < 0.6:
            sp = rng.uniform(0.78, 1.25)
        n = int(len(a) / sp)
        y = y[np.minimum((np.arange(n) * sp).astype(int), len(y) - 1)]
        a = speed(a, sp)
        if rng.random() < 0.2 and key[0] != "asterisk":  # slow speech: long vowels that are words
            sf.write("work/t1.wav", a, R, subtype="FLOAT")
            f = rng.uniform(0.65, 0.9)
            subprocess.run(["sox", "work/t1.wav", "work/t2.wav", "tempo", "-s", f"{f:.3f}"])
            b = load("work/t2.wav")
            y = y[np.minimum((np.arange(len(b)) * len(a) / len(b)).astype(int), len(y) - 1)]
            a = b
        k = 0 if rng.random() < 0.2 else int(rng.integers(1, 4))
        f0 = f0med(a)
        act0 = active(a)
        if rng.random() < 0.25:
            for _ in range(int(rng.integers(1, 4))):
                q = rng.integers(0, max(1, len(a) - 6000))
                w = int(rng.uniform(0.15, 0.35) * R)
                a[q : q + w] = creak(a[q : q + w], rng)
        if rng.random() < 0.4:
            places = dips(a, rng, k)
        else:
            places = []
            for _ in range(k * 4):
                q = int(rng.integers(4000, max(4001, len(a) - 4000)))
                if (
                    len(places) < k
                    and all(abs(q - z) > 12000 for z in places)
                    and (a[max(0, q - 800) : q + 800] ** 2).mean() > act0**2 * 0.02
                ):
                    lo_ = range(q - 1000, q + 1000, 80)
                    q = (
                        min(lo_, key=lambda z: (a[max(0, z - 120) : z + 120] ** 2).sum())
                        if rng.random() < 0.75
                        else q
                    )
                    places.append(q)
            places.sort()
        out = []
        lo = []
        p0 = 0
        act = active(a)
        for p in places:
            src = rng.random()
            label = 2
            if rng.random() < 0.25:  # a word put in just like a filler: the joints must not tell
                other = pool if rng.random() < 0.5 else plain[keys[rng.integers(len(keys))]]
                f = word(get(other[rng.integers(len(other))]["file"]), rng)
                label = 1
                if f is None:
                    continue
            elif src < 0.48:
                e = rng.choice(["kokoro", "espeak", "flite", "festival"], p=[0.45, 0.2, 0.2, 0.15])
                r = iso[e][rng.integers(len(iso[e]))]
                f = trim(get(r["file"]))
                f = speed(f, rng.uniform(0.8, 1.25))
                if len(f) > 0.9 * R:
                    f = f[: int(rng.uniform(0.5, 0.9) * R)].copy()
                    f[-900:] *= np.linspace(1, 0, 900)
            elif src < 0.7:
                f, _ = formant(rng, f0)
            else:
                f = central(a, rng)
                if f is None:
                    f, _ = formant(rng, f0)
            if len(f) < 0.1 * R:
                continue
            if label == 2 and (src >= 0.7 or src < 0.48):
                if rng.random() < 0.25:
                    f = creak(f, rng)
            if rng.random() < 0.5:
                f = tilt(f, rng)
            f = f / max(active(f), 1e-5) * act * 10 ** (rng.uniform(-10, 2) / 20)
            mode = rng.choice(["apart", "touch", "touch", "touch", "left", "right"])
            g1 = 0 if mode in ("touch", "left") else int(rng.uniform(0.06, 0.6) * R)
            g2 = 0 if mode in ("touch", "right") else int(rng.uniform(0.06, 0.6) * R)
            fade = int(rng.uniform(0.003, 0.015) * R)
            f = f.copy()
            f[:fade] *= np.linspace(0, 1, fade)
            f[-fade:] *= np.linspace(1, 0, fade)
            h = a[p0:p].copy()
            if len(h) > 200:
                h[-80:] *= np.linspace(1, 0, 80)
            out += [h, np.zeros(g1, np.float32), f.astype(np.float32), np.zeros(g2, np.float32)]
            lo += [
                y[p0:p],
                np.zeros(g1, np.uint8),
                np.full(len(f), label, np.uint8),
                np.zeros(g2, np.uint8),
            ]
            p0 = p
        out.append(a[p0:])
        lo.append(y[p0:])
        a = np.concatenate(out)
        y = np.concatenate(lo)
        n = len(a) // 320
        a = a[: n * 320]
        y = y[: n * 320].reshape(n, 320)
        e = (a.reshape(n, 320) ** 2).mean(1)
        sp_ = e > act**2 * 10**-2.6
        fy = np.where((y == 2).mean(1) > 0.5, 2, np.where(sp_, 1, 0)).astype(np.uint8)
        a = tilt(a, rng)
        if rng.random() < 0.68:
            if rng.random() < 0.25:
                b = np.concatenate([load(ast[rng.integers(len(ast))]["file"]) for _ in range(14)])
                b = sum(
                    (
                        b[rng.integers(0, max(1, len(b) - 1)) :][: len(a)]
                        if False
                        else np.resize(np.roll(b, int(rng.integers(len(b)))), len(a))
                    )
                    for _ in range(int(rng.integers(3, 7)))
                )
                nz = b / (b.std() + 1e-9)
            else:
                nz = coloured(len(a), rng)
            a = a + nz * active(a) * 10 ** (-rng.uniform(1, 28) / 20)
        a = a * 10 ** (rng.uniform(-14, 6) / 20)
        pk = np.abs(a).max()
        if not np.isfinite(pk):
            continue
        if pk > 0.98:
            a *= 0.98 / pk
        wav.append((a * 32767).astype(np.int16))
        lab.append(fy)
        lens.append(n)
        if c % 100 == 0:
            print(c, sum(lens) * 0.02, flush=True)
    o = sys.argv[2]
    np.concatenate(wav).tofile(o + ".pcm")
    np.concatenate(lab).tofile(o + ".lab")
    json.dump(lens, open(o + ".json", "w"))
    l = np.concatenate(lab)
    print("hours", len(l) * 0.02 / 3600, "shares", [(l == i).mean() for i in range(3)])
