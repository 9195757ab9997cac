"""Packs a trained network into TypeScript: pack.py NET.npz OUT.ts DILATION,DILATION,…"""

import base64, json, sys
import numpy as np

z = np.load(sys.argv[1])
dilations = [int(d) for d in sys.argv[3].split(",")]
names = [str(i) for i in range(len(dilations) + 1)] + ["o"]
short = lambda values: json.dumps([float(f"{x:.5g}") for x in values])

layers = ""
for name, dilation in zip(names, [1, *dilations, 1]):
    w, b = z["w" + name], z["b" + name]
    scale = np.abs(w).max((0, 1)) / 127
    q = np.clip(np.round(w / scale), -127, 127).astype(np.int8)
    layers += "    { taps: %d, inputs: %d, outputs: %d, dilation: %d,\n" % (*w.shape, dilation)
    layers += f"      kernel: '{base64.b64encode(q.tobytes()).decode()}',\n"
    layers += f"      scales: {short(scale)},\n      bias: {short(b)} }},\n"
mean, deviation = (z["mu"], z["sd"]) if "sd" in z.files else ([], [])
open(sys.argv[2], "w").write(
    f"""/** Written by `web/bench/fillers/train/pack.py`. Not for hands. */
import type {{ PackedNetwork }} from './network.ts';

// prettier-ignore
export const packed: PackedNetwork = {{
  mean: {short(mean)},
  deviation: {short(deviation)},
  layers: [
{layers}  ],
}};
"""
)
