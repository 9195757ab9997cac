import json, sys, numpy as np, jax, jax.numpy as jnp, optax, time, base64

F = 83
H = 48
DIL = [1, 2, 4, 8, 16]


def data(ps):
    X = []
    Y = []
    for p in ps:
        l = json.load(open(p + ".json"))
        x = np.fromfile(p + ".feat", np.float32).reshape(-1, F)
        y = np.fromfile(p + ".lab", np.uint8)
        i = 0
        for n in l:
            X.append(x[i : i + n])
            Y.append(y[i : i + n])
            i += n
    return X, Y


def init(k):
    r = np.random.default_rng(k)
    g = lambda *s: jnp.array(r.standard_normal(s) * np.sqrt(2 / np.prod(s[:-1])), jnp.float32)
    P = {
        "w0": g(3, F, H),
        "b0": jnp.zeros(H),
        "wo": g(1, H, 3) * 0.3,
        "bo": jnp.array([0.0, 0.5, -2.0]),
        "mu": jnp.zeros(F),
    }
    for i, _ in enumerate(DIL):
        P[f"w{i+1}"] = g(3, H, H) * 0.7
        P[f"b{i+1}"] = jnp.zeros(H)
    return P


def conv(x, w, d):
    return jax.lax.conv_general_dilated(
        x, w, (1,), "SAME", rhs_dilation=(d,), dimension_numbers=("NWC", "WIO", "NWC")
    )


def net(P, x, key=None):
    h = jax.nn.relu(conv(x, P["w0"], 1) + P["b0"])
    for i, d in enumerate(DIL):
        u = h
        if key is not None:
            key, s = jax.random.split(key)
            u = u * jax.random.bernoulli(s, 0.9, (u.shape[0], 1, u.shape[2])) / 0.9
        h = h + jax.nn.relu(conv(u, P[f"w{i+1}"], d) + P[f"b{i+1}"])
    return conv(h, P["wo"], 1) + P["bo"]


CW = jnp.array([0.7, 1.0, 1.6])


def weighted(logits, y):
    """cross entropy of the frames whose label is known (below 9)"""
    lp = jax.nn.log_softmax(logits)
    m = y < 9
    yy = jnp.where(m, y, 0)
    w = CW[yy] * m
    return -(jnp.take_along_axis(lp, yy[..., None], -1)[..., 0] * w).sum() / w.sum()


def loss(P, x, y, key):
    return weighted(net(P, x, key), y)


if __name__ == "__main__":
    ps = sys.argv[2].split(",")
    X, Y = data(ps)
    n = len(X)
    print(n, sum(map(len, X)) * 0.02 / 3600, "h")
    T = 256
    rng = np.random.default_rng(0)
    P = init(1)
    epochs = int(sys.argv[3])
    B = 24
    if len(sys.argv) > 4:
        z = np.load(sys.argv[4])
        P = {k: jnp.array(z[k]) for k in z.files}
    va = [i for i in range(n) if i % 25 == 7]
    tr = [i for i in range(n) if i % 25 != 7]
    tot = sum(len(X[i]) for i in tr)
    steps = int(tot / (B * T) * 1.3)
    opt = optax.adamw(optax.cosine_decay_schedule(3e-3, steps * epochs, 0.02), weight_decay=1e-3)
    S = opt.init(P)

    @jax.jit
    def step(P, S, x, y, key):
        l, g = jax.value_and_grad(loss)(P, x, y, key)
        u, S = opt.update(g, S, P)
        return optax.apply_updates(P, u), S, l

    pl = np.array([len(X[i]) for i in tr], float)
    pl /= pl.sum()
    key = jax.random.PRNGKey(0)
    t0 = time.time()
    for e in range(epochs):
        L = 0
        for s in range(steps):
            xb = np.zeros((B, T, F), np.float32)
            yb = np.full((B, T), 9, np.uint8)
            for b in range(B):
                i = tr[rng.choice(len(tr), p=pl)]
                m = len(X[i])
                q = rng.integers(0, max(1, m - T + 1))
                c = min(T, m - q)
                xb[b, :c] = X[i][q : q + c]
                yb[b, :c] = Y[i][q : q + c]
                xb[b, :, :80] += rng.normal(0, 0.08)
                if rng.random() < 0.5:
                    k = rng.integers(0, 36)
                    xb[b, :, k : k + 4] = 0
                    xb[b, :, 40 + k : 44 + k] = 0
            key, sk = jax.random.split(key)
            P, S, l = step(P, S, xb, yb, sk)
            L += float(l)
        p = []
        t = []
        for i in va:
            p.append(np.asarray(jax.nn.softmax(net(P, X[i][None]))[0, :, 2]))
            t.append(Y[i] == 2)
        p = np.concatenate(p)
        t = np.concatenate(t)
        tp = ((p > 0.5) & t).sum()
        print(
            e,
            round(L / steps, 4),
            "val P",
            round(tp / max(1, (p > 0.5).sum()), 3),
            "R",
            round(tp / t.sum(), 3),
            round(time.time() - t0),
            flush=True,
        )
        np.savez(sys.argv[1], **{k: np.asarray(v) for k, v in P.items()})
