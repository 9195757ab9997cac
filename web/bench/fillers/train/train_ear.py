"""Trains the network that listens to an encoder.

train_ear.py OUT.npz EPOCHS work/data/mixA.MODEL.npz … [--from START.npz]
"""

import sys, time
import numpy as np, jax, jax.numpy as jnp, optax

from train import conv, weighted

HIDDEN, DILATIONS = 48, [1, 2, 4]


def init(inputs):
    r = np.random.default_rng(1)
    g = lambda *s: jnp.array(r.standard_normal(s) * np.sqrt(2 / np.prod(s[:-1])), jnp.float32)
    P = {
        "w0": g(1, inputs, HIDDEN),
        "b0": jnp.zeros(HIDDEN),
        "wo": g(1, HIDDEN, 3) * 0.3,
        "bo": jnp.array([0.0, 0.5, -2.0]),
    }
    for i, _ in enumerate(DILATIONS):
        P[f"w{i+1}"] = g(3, HIDDEN, HIDDEN) * 0.7
        P[f"b{i+1}"] = jnp.zeros(HIDDEN)
    return P


def drop(x, keep, key):
    """whole channels"""
    if key is None:
        return x
    return x * jax.random.bernoulli(key, keep, (x.shape[0], 1, x.shape[2])) / keep


def net(P, x, key=None):
    keys = [None] * 9 if key is None else jax.random.split(key, 9)
    h = jax.nn.relu(conv(drop(x, 0.85, keys[8]), P["w0"], 1) + P["b0"])
    for i, d in enumerate(DILATIONS):
        h = h + jax.nn.relu(conv(drop(h, 0.9, keys[i]), P[f"w{i+1}"], d) + P[f"b{i+1}"])
    return conv(h, P["wo"], 1) + P["bo"]


def loss(P, x, y, key):
    return weighted(net(P, x, key), y)


def average_precision(p, t):
    t = t[np.argsort(-p)]
    return float((np.cumsum(t) / np.arange(1, len(t) + 1) * t).sum() / t.sum())


if __name__ == "__main__":
    out, epochs, *files = sys.argv[1:]
    epochs, start = int(epochs), None
    if "--from" in files:
        start = np.load(files[-1])
        files = files[:-2]
    X, Y = [], []
    for file in files:
        z = np.load(file)
        off = np.r_[0, np.cumsum(z["n"])]
        h, y = z["h"], z["y"]
        X += [h[a:b] for a, b in zip(off, off[1:])]
        Y += [y[a:b] for a, b in zip(off, off[1:])]
    print(len(X), "windows", sum(map(len, Y)) * 0.02 / 3600, "h")
    some = np.concatenate([x[::7] for x in X]).astype(np.float32)
    mu, sd = some.mean(0), some.std(0) + 1e-3
    if start:
        mu, sd = start["mu"], start["sd"]
    normal = lambda x: (x.astype(np.float32) - mu) / sd
    T, B = 256, 24
    held = [i for i in range(len(X)) if i % 25 == 7]
    used = [i for i in range(len(X)) if i % 25 != 7]
    share = np.array([len(Y[i]) for i in used], float)
    steps = int(share.sum() / (B * T) * 1.3)
    rng, key = np.random.default_rng(0), jax.random.PRNGKey(0)
    P = {k: jnp.array(start[k]) for k in start.files} if start else init(X[0].shape[1])
    P = {k: v for k, v in P.items() if k not in ("mu", "sd")}
    rate = optax.cosine_decay_schedule(8e-4 if start else 2e-3, steps * epochs, 0.02)
    optimizer = optax.adamw(rate, weight_decay=1e-2)
    S = optimizer.init(P)

    @jax.jit
    def step(P, S, x, y, key):
        l, g = jax.value_and_grad(loss)(P, (x.astype(jnp.float32) - mu) / sd, y, key)
        u, S = optimizer.update(g, S, P)
        return optax.apply_updates(P, u), S, l

    began = time.time()
    for e in range(epochs):
        total = 0
        for _ in range(steps):
            x = np.zeros((B, T, X[0].shape[1]), np.float16)
            y = np.full((B, T), 9, np.uint8)
            for b in range(B):
                i = used[rng.choice(len(used), p=share / share.sum())]
                q = rng.integers(0, max(1, len(Y[i]) - T + 1))
                c = min(T, len(Y[i]) - q)
                x[b, :c], y[b, :c] = X[i][q : q + c], Y[i][q : q + c]
            key, sub = jax.random.split(key)
            P, S, l = step(P, S, x, y, sub)
            total += float(l)
        p = [np.asarray(jax.nn.softmax(net(P, normal(X[i])[None]))[0, :, 2]) for i in held]
        ap = average_precision(np.concatenate(p), np.concatenate([Y[i] == 2 for i in held]))
        print(e, f"loss {total / steps:.4f}, held out {ap:.3f}, {time.time() - began:.0f} s", flush=True)
        np.savez(out, mu=mu, sd=sd, **{k: np.asarray(v) for k, v in P.items()})
