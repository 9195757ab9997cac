import pydoc, random, re, json, sys, os, importlib

random.seed(7)
mods = "argparse asyncio base64 bisect calendar codecs collections configparser contextlib csv ctypes datetime decimal difflib email fileinput fnmatch fractions functools getpass gettext glob gzip hashlib heapq html http imaplib inspect io ipaddress itertools json keyword locale logging mailbox math mimetypes multiprocessing numbers operator os pathlib pickle platform pprint queue random re sched secrets select shelve shlex shutil smtplib socket sqlite3 statistics string subprocess tarfile tempfile textwrap threading time timeit tkinter tokenize traceback turtle types typing unittest urllib.parse uuid wave weakref webbrowser xml.dom zipfile".split()
S = set()


def take(doc):
    for s in re.split(r"(?<=[.!?])\s+|\n\s*\n", doc or ""):
        s = " ".join(s.split())
        if (
            30 < len(s) < 110
            and re.fullmatch(r"[A-Z][A-Za-z ,;'’-]+[.!?]", s)
            and not re.search(r"[A-Z]{2}|[a-z][A-Z]", s)
        ):
            S.add(s)


for m in mods:
    try:
        mod = importlib.import_module(m)
    except Exception:
        continue
    take(mod.__doc__)
    for n in dir(mod):
        o = getattr(mod, n, None)
        try:
            take(o.__doc__)
        except Exception:
            pass
        if isinstance(o, type):
            for k in dir(o):
                try:
                    take(getattr(o, k).__doc__)
                except Exception:
                    pass
ui = []
V = "Click|Open|Select|Press|Choose|Drag|Scroll down to|Hover over|Look at|Go back to|Double click".split(
    "|"
)
N = "the settings menu|the export button|a new project|the search field|the account page|our dashboard|the report for March|the upper right corner|an empty column|the user list|the save dialog|a colour for the label|the error message|her profile|the other window|the summary tab".split(
    "|"
)
T = "and wait for the page to load|to see what has changed|then type the name of the customer|because it saves a lot of time|so that everybody can read it|and we are almost done here|or use the shortcut on your keyboard|before you send it to the team|if you want to share it with others|and I am going to show you why|which is where most of the numbers are|and her answer appears at the bottom|as you can see over here|for all of the months of the year|since there are a lot of errors".split(
    "|"
)
P = "Now|So|Okay|Then|After that|First|Next|Here|Well|Alright|In the end|As always".split("|")
for v in V:
    for n in N:
        for t in T:
            ui.append((v, n, t))
random.shuffle(ui)
ui = [
    f"{random.choice(P)}, {v.lower()} {n} {t}." if random.random() < 0.5 else f"{v} {n} {t}."
    for v, n, t in ui[:500]
]
S = sorted(S)
random.shuffle(S)
json.dump({"doc": S, "ui": ui}, open("work/texts.json", "w"))
print(len(S), len(ui))
print(S[:8])
