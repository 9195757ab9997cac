"""Adds what sounds nearly like a voice to the pauses of a mix: swells of a crowd, laughter, breath.

swells.py work/data/mixC work/data/mixG SEED. Labels stay: none of it is a filler.
"""

import json, sys
import numpy as np, scipy.signal as ss

from sounds import R, active, load, tilt


def crowd(n, rng, files):
    """several voices at once, or noise shaped like them, loud for a while"""
    if rng.random() < 0.75:
        s = np.zeros(n)
        for _ in range(int(rng.integers(2, 16))):
            a = load(files[rng.integers(len(files))])
            if len(a) < R // 4:
                continue
            s += np.resize(np.roll(a, int(rng.integers(len(a)))), n) / (active(a) + 1e-4)
    else:
        s = rng.standard_normal(n)
        for _ in range(3):
            f = rng.uniform(300, 3000)
            s += 3 * ss.lfilter(*ss.butter(2, [f * 0.8 / 8000, f * 1.2 / 8000], "band"), s)
    top = rng.uniform(0, 1)  # where it is loudest; at 1 it is cut off there
    t = np.arange(n) / n
    e = np.where(t < top, t / max(top, 1e-3), (1 - t) / max(1 - top, 1e-3)) ** rng.uniform(0.5, 2)
    return tilt(s / (s.std() + 1e-9) * e, rng)


if __name__ == "__main__":
    source, out, rng = sys.argv[1], sys.argv[2], np.random.default_rng(int(sys.argv[3]))
    rows = [json.loads(l) for l in open("work/data/fast.jsonl")]
    files = [r["file"] for r in rows if r["engine"] == "asterisk"]
    lengths = json.load(open(source + ".json"))
    x = np.fromfile(source + ".pcm", np.int16)
    y = np.fromfile(source + ".lab", np.uint8)
    y.tofile(out + ".lab")
    off = np.r_[0, np.cumsum(lengths)]
    sound = []
    for a, b in zip(off, off[1:]):
        clip = x[a * 320 : b * 320].astype(np.float32) / 32768
        level = active(clip)
        pauses = np.flatnonzero(y[a:b] == 0)
        for _ in range(int(rng.integers(2, 6))):
            n = int(rng.uniform(0.12, 1.4) * R)
            at = 320 * int(rng.choice(pauses)) if len(pauses) else 0
            if rng.random() < 0.25:
                at = max(0, len(clip) - n)
            swell = crowd(n, rng, files)[: len(clip) - at]
            clip[at : at + len(swell)] += swell * level * 10 ** (rng.uniform(-20, -2) / 20)
        sound.append((np.clip(clip, -1, 1) * 32767).astype(np.int16))
    np.concatenate(sound).tofile(out + ".pcm")
    json.dump([int(n) for n in lengths], open(out + ".json", "w"))
