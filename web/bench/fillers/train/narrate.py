"""Narrations spoken by TTS with fillers in their text, for the fit: writes work/scenes/*.wav and narrations.json (sentences and where they begin)."""

import json, os, random, re, subprocess, sys
import numpy as np, soundfile as sf, scipy.signal as ss

sys.argv = ["kokoro.py", "7"]
exec(open(os.path.dirname(os.path.abspath(__file__)) + "/kokoro.py").read().split("FILL = [")[0])

rnd = random.Random(5)
SENTENCES = [
    "In this video I will show you how to create a new project in the dashboard.",
    "First, open the settings page and look for the account section.",
    "Click the blue button in the upper right corner.",
    "Now type the name of the project and press enter.",
    "After a few seconds the new project appears in the list on the left.",
    "You can change the title and the description at any time.",
    "Next, drag the file from the desktop into the upload area.",
    "The progress bar shows how much is already done.",
    "If something goes wrong, an error message is shown at the bottom.",
    "Then choose the members that you want to invite.",
    "Finally, save your changes and close the window.",
    "That is all you need to know to get started.",
]
PHONES = {"um": "ˈʌm", "uh": "ˈʌ", "er": "ˈɜɹ"}


def with_filler(text):
    words = text.split()
    k = rnd.choice([0, rnd.randrange(1, len(words)), rnd.randrange(1, len(words))])
    filler = rnd.choice(["um", "uh", "um", "uh", "er"])
    before, after = rnd.choice([(",", ","), (",", ","), (",", ""), ("", ""), (" ...", "...")])
    a, b = words[:k], words[k:]
    if not a:
        return filler.capitalize() + (after or " ") + " " + b[0].lower() + " " + " ".join(b[1:])
    return " ".join(a).rstrip(",") + before + " " + filler + after + " " + " ".join(b)


def kokoro(voice):
    style = np.fromfile(f"work/npm/package/voices/{voice}.bin", np.float32).reshape(-1, 256)
    lang = "en-gb" if voice[0] == "b" else "en-us"

    def speak(text):
        phones = ""
        for part in re.split(r"(\s*\.\.\.\s*|,\s|\b(?:um|uh|er)\b)", text, flags=re.I):
            bare = part.strip().lower()
            if bare in PHONES:
                phones += " " + PHONES[bare]
            elif bare == "...":
                phones += "… "
            elif bare == ",":
                phones += ", "
            elif re.search(r"\w", part):
                phones += " " + ipa(part, lang)
        sound = syn(phones.strip() + ".", style, 1.0)
        return ss.resample_poly(sound, 2, 3).astype(np.float32)

    return speak


def command(line, stdin=False):
    def speak(text):
        full = [x.replace("@", text if not x.startswith("work/") else x) for x in line]
        subprocess.run(full, check=True, capture_output=True, input=text if stdin else None, text=True)
        sound, rate = sf.read("work/t.wav", dtype="float32")
        g = np.gcd(rate, 16000)
        return ss.resample_poly(sound, 16000 // g, rate // g).astype(np.float32)

    return speak


VOICES = {
    **{f"kokoro {v}": kokoro(v) for v in ("af_heart", "am_michael", "bf_emma", "am_puck")},
    "espeak us": command(["espeak-ng", "-v", "en-us", "-s", "155", "-w", "work/t.wav", "@"]),
    "espeak rp": command(["espeak-ng", "-v", "en-gb-x-rp", "-s", "150", "-w", "work/t.wav", "@"]),
    "flite slt": command(["flite", "-voice", "slt", "-t", "@", "-o", "work/t.wav"]),
    "flite rms": command(["flite", "-voice", "rms", "-t", "@", "-o", "work/t.wav"]),
    "festival slt": command(
        ["text2wave", "-eval", "(voice_cmu_us_slt_arctic_hts)", "-o", "work/t.wav"], True
    ),
    "festival kal": command(["text2wave", "-eval", "(voice_kal_diphone)", "-o", "work/t.wav"], True),
}
os.makedirs("work/scenes", exist_ok=True)
out = []
for name, speak in VOICES.items():
    parts, at, sentences = [], 0, []
    for sentence in SENTENCES:
        text = with_filler(sentence) if rnd.random() < 0.62 else sentence
        sound = speak(text)
        sound *= 0.07 / (np.sqrt(np.mean(sound**2)) + 1e-9)
        gap = np.zeros(int(rnd.uniform(0.25, 1.4) * 16000), np.float32)
        sentences.append(dict(text=text, at=at / 16000, samples=len(sound)))
        parts += [sound, gap]
        at += len(sound) + len(gap)
    whole = np.concatenate(parts)
    whole += np.random.default_rng(1).normal(0, 10 ** (-65 / 20), len(whole)).astype(np.float32)
    file = f"work/scenes/{name.replace(' ', '-')}.wav"
    sf.write(file, np.clip(whole, -1, 1), 16000, subtype="PCM_16")
    out.append(dict(file=file, name=name, sentences=sentences))
json.dump(out, open("work/scenes/narrations.json", "w"))
