import json, os, random, subprocess, glob, sys, wave
import numpy as np, soundfile as sf, scipy.signal as ss

rnd = random.Random(3)
T = json.load(open("work/texts.json"))
texts = T["doc"] + T["ui"] * 2
log = open("work/data/fast.jsonl", "w")


def norm(src, dst, rate=None):
    a, r = sf.read(src, dtype="float32")
    if a.ndim > 1:
        a = a.mean(1)
    if r != 16000:
        from math import gcd

        g = gcd(r, 16000)
        a = ss.resample_poly(a, 16000 // g, r // g).astype(np.float32)
    sf.write(dst, a, 16000, subtype="PCM_16")
    return len(a) / 16000


def emit(engine, voice, kind, text, cmd, stdin=None):
    d = f"work/data/{engine}"
    os.makedirs(d, exist_ok=True)
    dst = f'{d}/{voice.replace("/","-").replace("+","_")}_{kind}_{rnd.randrange(10**7)}.wav'
    tmp = "work/tmp.wav"
    r = subprocess.run(
        [c.replace("@", tmp) for c in cmd], input=stdin, capture_output=True, text=True
    )
    try:
        n = norm(tmp, dst)
    except Exception as e:
        print(engine, voice, e, r.stderr[:200])
        return 0
    finally:
        if os.path.exists(tmp):
            os.remove(tmp)
    log.write(json.dumps(dict(file=dst, engine=engine, voice=voice, kind=kind, text=text)) + "\n")
    return n


isot = {
    "um": ["um", "umm", "uhm"],
    "uh": ["uh", "uhh"],
    "er": ["er", "err"],
    "ah": ["ah"],
    "hmm": ["hmm"],
    "mm": ["mm"],
}
tot = 0


def infill():
    t = rnd.choice(texts).rstrip(".!?")
    w = t.split()
    p = rnd.randrange(0, len(w))
    f = rnd.choice(["um", "uh", "um", "uh", "er"])
    a, b = " ".join(w[:p]).rstrip(",;"), " ".join(w[p:])
    c1 = rnd.choice(["", ","])
    c2 = rnd.choice(["", ",", ","])
    return (a + " " + f + " " + b).strip(), ((a + c1 + " ") if a else "") + f + c2 + " " + b + "."


esp = [
    l
    for l in [
        "en-us",
        "en-gb",
        "en-gb-scotland",
        "en-gb-x-rp",
        "en-us+f2",
        "en-us+m3",
        "en-gb+f4",
        "en-us+m7",
        "en-us+f5",
        "en-gb+m1",
        "en-us+klatt",
        "en-us+klatt4",
        "en-us+Annie",
        "en-us+belinda",
        "en-us+Alex",
        "en-us+steph",
        "en-us+quincy",
    ]
]
for v in esp:
    for i in range(8):
        t = rnd.choice(texts)
        tot += emit(
            "espeak",
            v,
            "plain",
            t,
            [
                "espeak-ng",
                "-v",
                v,
                "-s",
                str(rnd.randint(135, 185)),
                "-p",
                str(rnd.randint(30, 65)),
                "-w",
                "@",
                t,
            ],
        )
    for i in range(5):
        lab, t = infill()
        tot += emit(
            "espeak",
            v,
            "infill",
            lab,
            [
                "espeak-ng",
                "-v",
                v,
                "-s",
                str(rnd.randint(135, 185)),
                "-p",
                str(rnd.randint(30, 65)),
                "-w",
                "@",
                t,
            ],
        )
    for k in isot:
        t = rnd.choice(isot[k])
        tot += emit(
            "espeak",
            v,
            "iso-" + k,
            k,
            [
                "espeak-ng",
                "-v",
                v,
                "-s",
                str(rnd.randint(80, 150)),
                "-p",
                str(rnd.randint(30, 60)),
                "-w",
                "@",
                t,
            ],
        )
    ph = rnd.choice(["[[V:m]]", "[[@:]]", "[[V:]]", "[[@:m]]", "[[3:]]"])
    for ph in ["[[V:m]]", "[[@:]]", "[[V:]]", "[[@:m]]", "[[3:]]"]:
        emit(
            "espeak",
            v,
            "iso-" + ("um" if "m" in ph else "uh"),
            ph,
            ["espeak-ng", "-v", v, "-s", str(rnd.randint(80, 120)), "-w", "@", ph],
        )
for v in ["kal16", "awb", "rms", "slt"]:
    for i in range(30):
        t = rnd.choice(texts)
        tot += emit(
            "flite",
            v,
            "plain",
            t,
            [
                "flite",
                "-voice",
                v,
                "--setf",
                f"duration_stretch={rnd.uniform(.85,1.15):.2f}",
                "-t",
                t,
                "-o",
                "@",
            ],
        )
    for i in range(16):
        lab, t = infill()
        tot += emit(
            "flite",
            v,
            "infill",
            lab,
            [
                "flite",
                "-voice",
                v,
                "--setf",
                f"duration_stretch={rnd.uniform(.9,1.2):.2f}",
                "-t",
                t,
                "-o",
                "@",
            ],
        )
    for k in isot:
        for s in isot[k]:
            emit(
                "flite",
                v,
                "iso-" + k,
                k,
                [
                    "flite",
                    "-voice",
                    v,
                    "--setf",
                    f"duration_stretch={rnd.uniform(1,2.5):.2f}",
                    "-t",
                    s,
                    "-o",
                    "@",
                ],
            )
for v in ["kal_diphone", "ked_diphone", "cmu_us_slt_arctic_hts"]:
    for i in range(25):
        t = rnd.choice(texts)
        tot += emit("festival", v, "plain", t, ["text2wave", "-eval", f"(voice_{v})", "-o", "@"], t)
    for i in range(12):
        lab, t = infill()
        tot += emit(
            "festival", v, "infill", lab, ["text2wave", "-eval", f"(voice_{v})", "-o", "@"], t
        )
    for k in isot:
        for s in isot[k][:2]:
            emit(
                "festival",
                v,
                "iso-" + k,
                k,
                [
                    "text2wave",
                    "-eval",
                    f"(voice_{v})",
                    "-eval",
                    f"(Parameter.set 'Duration_Stretch {rnd.uniform(1,2.2):.2f})",
                    "-o",
                    "@",
                ],
                s,
            )
print("tts", tot)
for lang in ["en", "es", "fr", "it", "ru"]:
    fs = sorted(
        f
        for f in glob.glob(f"/usr/share/asterisk/sounds/{lang}*/**/*.g722", recursive=True)
        if not os.path.islink(f)
    )
    # one folder only (others are links)
    seen = set()
    fs = [f for f in fs if not (os.path.realpath(f) in seen or seen.add(os.path.realpath(f)))]
    n = 0
    for f in fs:
        if any(x in f for x in ["silence", "tone", "beep", "monkeys", "hmm", "phonetic"]):
            continue
        n += emit(
            "asterisk",
            lang,
            "plain",
            "",
            ["ffmpeg", "-v", "error", "-f", "g722", "-i", f, "-ar", "16000", "@"],
        )
    print(lang, len(fs), n)
