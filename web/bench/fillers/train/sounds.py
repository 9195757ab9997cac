"""Sounds that mix.py puts together: loading, levels, synthetic fillers, noise, other voices."""

import json, random, glob, os, sys, subprocess
import numpy as np, soundfile as sf, scipy.signal as ss

R = 16000


def load(f):
    a, r = sf.read(f, dtype="float32")
    assert r == R
    return a


def trim(a, db=-32, win=160):
    n = len(a) // win
    if n < 3:
        return a
    e = 10 * np.log10((a[: n * win].reshape(n, win) ** 2).mean(1) + 1e-10)
    k = np.where(e > e.max() + db)[0]
    return a[k[0] * win : (k[-1] + 1) * win]


def active(a):
    n = len(a) // 320
    if n < 2 or not len(a):
        return np.sqrt((a**2).mean() + 1e-12)
    e = (a[: n * 320].reshape(n, 320) ** 2).mean(1)
    return np.sqrt(e[e > e.max() * 1e-3].mean() + 1e-12)


def speed(a, f):
    n = int(len(a) / f)
    return np.interp(np.arange(n) * f, np.arange(len(a)), a).astype(np.float32)


def f0med(a):
    out = []
    for i in range(0, len(a) - 640, 800):
        w = a[i : i + 640] * np.hanning(640)
        p = np.abs(np.fft.rfft(w, 2048)) ** 2
        r = np.fft.irfft(p)
        if r[0] < 1e-3:
            continue
        r = r / r[0]
        l = np.argmax(r[40:260]) + 40
        if r[l] > 0.4:
            out.append(R / l)
    return float(np.median(out)) if out else 130.0


def reson(x, f, b):
    r = np.exp(-np.pi * b / R)
    c = 2 * r * np.cos(2 * np.pi * f / R)
    return ss.lfilter([1 - c + r * r], [1, -c, r * r], x)


def formant(rng, f0):
    kind = rng.choice(["uh", "um", "er", "ah", "hmm", "mm", "um", "uh"])
    d = rng.uniform(0.16, 0.75)
    n = int(d * R)
    t = np.arange(n) / R
    f = (
        f0
        * rng.uniform(0.75, 1.1)
        * (1 - rng.uniform(-0.03, 0.18) * t / d)
        * (1 + 0.01 * np.cumsum(rng.standard_normal(n)) / np.sqrt(n))
        * (1 + 0.008 * np.sin(2 * np.pi * rng.uniform(3, 7) * t))
    )
    oq = rng.uniform(0.5, 0.75)
    if rng.random() < 0.4:  # creak: slow, uneven glottal pulses
        base = rng.uniform(38, 85)
        pos = 0
        ph = np.zeros(n)
        k = 0
        sh = np.ones(n)
        drift = rng.uniform(-0.3, 0.3)
        while pos < n:
            T = int(
                R / (base * (1 + drift * pos / n) * np.exp(rng.normal(0, rng.uniform(0.05, 0.25))))
            )
            T = max(T, 60)
            e = min(n, pos + T)
            ph[pos:e] = k + np.arange(e - pos) / T
            sh[pos:e] = np.exp(rng.normal(0, 0.25))
            pos = e
            k += 1
        oq = rng.uniform(0.15, 0.45)
    else:
        ph = np.cumsum(f / R)
        sh = 1
    fr = ph % 1
    g = np.where(
        fr < oq * 0.66,
        0.5 * (1 - np.cos(np.pi * fr / (oq * 0.66))),
        np.where(fr < oq, np.cos(np.pi / 2 * (fr - oq * 0.66) / (oq * 0.34)), 0),
    )
    g = np.diff(g, prepend=0) * sh
    g += rng.standard_normal(n) * g.std() * rng.uniform(0.01, 0.12)
    s = rng.uniform(0.85, 1.2)
    F = {
        "uh": (600, 1200),
        "um": (600, 1200),
        "er": (480, 1380),
        "ah": (720, 1150),
        "hmm": (450, 1300),
        "mm": (260, 1100),
    }[kind]
    F1, F2 = F[0] * rng.uniform(0.85, 1.12), F[1] * rng.uniform(0.88, 1.15)

    def tract(x, F1, F2, nas):
        y = x
        for fr_, b in ((F1, 70), (F2, 100), (2500, 140), (3500, 220)):
            y = reson(y, min(fr_ * s, 7000), b * rng.uniform(0.8, 1.6))
        if nas:
            y = ss.lfilter(*ss.butter(2, 700 / (R / 2)), y)
        return y / (np.abs(y).max() + 1e-9)

    y = tract(g, F1, F2, kind == "mm")
    if kind in ("um", "hmm"):
        m = tract(g, 260, 1100, True) * rng.uniform(0.35, 0.7)
        k = int(n * rng.uniform(0.35, 0.75))
        x = np.clip((np.arange(n) - k) / (0.03 * R), 0, 1)
        y = y * (1 - x) + m * x
    at = int(rng.uniform(0.015, 0.06) * R)
    de = int(rng.uniform(0.04, 0.14) * R)
    e = np.ones(n)
    e[:at] = np.linspace(0, 1, at)
    e[-de:] = np.minimum(e[-de:], np.linspace(1, 0, de))
    e *= 1 - rng.uniform(0, 0.4) * t / d
    return (y * e).astype(np.float32), kind


def central(a, rng):
    """longest steady central-vowel stretch of a speaker, its pitch periods overlap-added to a new length"""
    best = None
    for i in range(0, len(a) - 960, 240):
        w = a[i : i + 960]
        if (w**2).mean() < 0.3 * active(a) ** 2:
            continue
        x = ss.lfilter([1, -0.97], 1, w) * np.hamming(960)
        r = np.correlate(x, x, "full")[959 : 959 + 19]
        try:
            c = np.linalg.solve(
                np.array([[r[abs(p - q)] for q in range(18)] for p in range(18)])
                + np.eye(18) * r[0] * 1e-6,
                r[1:19],
            )
        except Exception:
            continue
        z = np.roots(np.r_[1, -c])
        z = z[z.imag > 0]
        fr = np.angle(z) * R / 2 / np.pi
        bw = -np.log(np.abs(z)) * R / np.pi
        fr = np.sort(fr[(bw < 350) & (fr > 200)])
        if len(fr) < 2:
            continue
        if 420 < fr[0] < 780 and 950 < fr[1] < 1650:
            p = np.abs(np.fft.rfft(w * np.hanning(960), 2048)) ** 2
            ac = np.fft.irfft(p)
            ac /= ac[0] + 1e-9
            l = np.argmax(ac[40:260]) + 40
            if ac[l] > 0.55:
                q = ac[l] * 2 - abs(
                    np.log(((w[:480] ** 2).mean() + 1e-9) / ((w[480:] ** 2).mean() + 1e-9))
                )
                if best is None or q > best[0]:
                    best = (q, i, l)
    if best is None:
        return None
    _, i, l = best
    seg = a[max(0, i - 160) : i + 1120]
    d = int(rng.uniform(0.18, 0.6) * R)
    # WSOLA: pick pieces two periods long at random places in the stretch, in phase
    out = np.zeros(d + 4 * l, np.float32)
    nrm = np.zeros_like(out)
    w = np.hanning(2 * l).astype(np.float32)
    pos = 0
    ref = None
    while pos < d:
        frac = 0.15 + 0.7 * pos / d
        c0 = int(frac * (len(seg) - 3 * l) + rng.uniform(-0.1, 0.1) * len(seg))
        c0 = min(max(c0, 0), len(seg) - 3 * l - 1)
        if c0 < 0:
            return None
        if ref is None:
            k = c0
        else:
            k = max(range(c0, c0 + l, 2), key=lambda q: float(np.dot(seg[q : q + l], ref)))
        out[pos : pos + 2 * l] += seg[k : k + 2 * l] * w
        nrm[pos : pos + 2 * l] += w
        ref = seg[k + l : k + 2 * l]
        pos += l
    y = (out / np.maximum(nrm, 0.2))[:d]
    at = int(0.03 * R)
    de = int(rng.uniform(0.04, 0.12) * R)
    y[:at] *= np.linspace(0, 1, at)
    y[-de:] *= np.linspace(1, 0, de)
    y *= np.linspace(1, rng.uniform(0.6, 1), d)
    return y.astype(np.float32)


def word(a, rng):
    """a syllable or two of a clip, cut where it is quiet; None where there is none"""
    q = sorted(dips(a, rng, 12, 9))
    pairs = [
        (i, j) for i in q for j in q if 0.1 * R < j - i < 0.5 * R and active(a[i:j]) > 0.3 * active(a)
    ]
    if not pairs:
        return None
    i, j = pairs[rng.integers(len(pairs))]
    return trim(a[i:j]).copy()


def dips(a, rng, k, apart=60):
    """places of low energy in the clip (samples): ends of words most of the time"""
    n = len(a) // 160
    e = np.convolve(
        10 * np.log10((a[: n * 160].reshape(n, 160) ** 2).mean(1) + 1e-9), np.ones(3) / 3, "same"
    )
    c = [i for i in range(3, n - 3) if e[i] == e[max(0, i - 8) : i + 9].min()]
    if not c:
        return []
    th = np.percentile([e[i] for i in c], 65)
    c = [i for i in c if e[i] <= th]
    rng.shuffle(c)
    out = []
    for i in c:
        if all(abs(i - j) > apart for j in out):
            out.append(i)
        if len(out) == k:
            break
    return sorted(i * 160 + 80 for i in out)


def tilt(a, rng):
    x = rng.uniform(-0.5, 0.5)
    y = ss.lfilter([1, x], [1], a)
    if rng.random() < 0.3:
        y = ss.lfilter(*ss.butter(2, rng.uniform(2800, 7000) / (R / 2)), y)
    if rng.random() < 0.3:
        y = ss.lfilter(*ss.butter(1, rng.uniform(80, 300) / (R / 2), "high"), y)
    if rng.random() < 0.3:
        L = int(rng.uniform(0.08, 0.35) * R)
        h = rng.standard_normal(L) * np.exp(-np.arange(L) / (L / 5))
        h[0] = 0
        h *= rng.uniform(0.1, 0.5) / np.sqrt((h**2).sum())
        h[0] = 1
        y = ss.fftconvolve(y, h)[: len(y)]
    return y.astype(np.float32)


def coloured(n, rng):
    k = rng.choice(["white", "pink", "brown", "hum", "clicks", "fan"])
    if k in ("white", "pink", "brown", "fan"):
        X = np.fft.rfft(rng.standard_normal(n))
        f = np.maximum(np.arange(len(X)), 20 * n / R)
        X /= f ** {"white": 0, "pink": 0.5, "brown": 1, "fan": 0.8}[k]
        y = np.fft.irfft(X, n)
        if rng.random() < 0.5:
            xp = np.arange(0, n + 8000, 8000)
            y *= np.interp(np.arange(n), xp, rng.uniform(0.3, 1, len(xp)))
        if k == "fan":
            y /= y.std()
            y += 0.5 * np.sin(2 * np.pi * rng.uniform(90, 400) * np.arange(n) / R)
    elif k == "hum":
        t = np.arange(n) / R
        b = rng.choice([50, 60, 100, 120.0])
        y = sum(
            rng.uniform(0.2, 1) / h * np.sin(2 * np.pi * b * h * t + rng.uniform(0, 6))
            for h in range(1, 9)
        ) + 0.1 * rng.standard_normal(n)
    else:
        y = 0.01 * rng.standard_normal(n)
        for _ in range(n // R * 4):
            p = rng.integers(0, n - 800)
            L = int(rng.integers(40, 700))
            y[p : p + L] += (
                rng.standard_normal(L) * np.exp(-np.arange(L) / (L / 5)) * rng.uniform(0.3, 2)
            )
    return (y / (y.std() + 1e-9)).astype(np.float32)


def creak(a, rng):
    n = len(a)
    base = rng.uniform(38, 80)
    e = np.zeros(n)
    pos = 0
    while pos < n:
        T = max(80, int(R / (base * np.exp(rng.normal(0, rng.uniform(0.05, 0.3))))))
        k = np.arange(min(T, n - pos))
        e[pos : pos + len(k)] = np.exp(-k / (R * rng.uniform(0.002, 0.006))) * np.exp(
            rng.normal(0, 0.2)
        )
        pos += T
    m = rng.uniform(0.6, 1)
    return (a * (1 - m + m * e * 2.2)).astype(np.float32)


HOLD = {
    "af_bella",
    "am_michael",
    "bf_emma",
    "bm_george",
    "am_puck",
    "af_sky",
    "en-gb-scotland",
    "en-us+m7",
    "en-us+klatt4",
    "awb",
    "rms",
    "cmu_us_slt_arctic_hts",
    "en-gb+f4",
}
