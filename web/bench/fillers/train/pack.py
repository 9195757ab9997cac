import numpy as np, base64, sys, json

z = np.load(sys.argv[1])
DIL = [1, 1, 2, 4, 8, 16, 1]
names = ["0", "1", "2", "3", "4", "5", "o"]
out = []
for n, d in zip(names, DIL):
    w = z["w" + n]
    b = z["b" + n]
    s = np.abs(w).max((0, 1)) / 127
    q = np.clip(np.round(w / s), -127, 127).astype(np.int8)
    out.append(
        (
            w.shape,
            d,
            base64.b64encode(q.tobytes()).decode(),
            [float(f"{x:.5g}") for x in s],
            [float(f"{x:.5g}") for x in b],
        )
    )
o = open("web/analysis/speech/fillers/network-weights.ts", "w")
o.write("""/** Written by `web/bench/fillers/train/pack.py`. Not for hands. */
export interface PackedLayer {
  taps: number;
  inputs: number;
  outputs: number;
  dilation: number;
  /** Base64 of int8, taps × inputs × outputs. */
  kernel: string;
  /** Per output. */
  scales: number[];
  bias: number[];
}

// prettier-ignore
export const weights: PackedLayer[] = [
""")
for sh, d, k, s, b in out:
    o.write(
        "  { taps: %d, inputs: %d, outputs: %d, dilation: %d,\n    kernel: '%s',\n    scales: %s,\n    bias: %s },\n"
        % (*sh, d, k, json.dumps(s), json.dumps(b))
    )
o.write("];\n")
