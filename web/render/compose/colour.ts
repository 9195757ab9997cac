/** From one camera's way of writing colours to the screen's: matrix and range (ITU-R BT.601, BT.709, BT.2020). */

/** Shares of red and blue in luma. */
const shares: Record<string, [red: number, blue: number]> = {
  bt709: [0.2126, 0.0722],
  bt470bg: [0.299, 0.114],
  smpte170m: [0.299, 0.114],
  'bt2020-ncl': [0.2627, 0.0593],
};

type ColourSpace = Pick<VideoColorSpace, 'matrix' | 'fullRange'>;

/** Rows of y, u, v: what each of the other's y, u, v counts for, and what is added. Samples are 0 to 255. */
export type ColourMatrix = readonly (readonly [number, number, number, number])[];

/** Null when both are the same. What a stream does not say is taken for BT.709 in video range. */
export function colourMatrix(from: ColourSpace, to: ColourSpace): ColourMatrix | null {
  const [a, b] = [from, to].map(({ matrix, fullRange }) => ({
    matrix: shares[matrix ?? ''] ?? shares['bt709']!,
    full: fullRange ?? false,
  })) as [Described, Described];
  if (a.full === b.full && a.matrix.every((share, i) => share === b.matrix[i])) return null;
  const origin = convert([0, 0, 0], a, b);
  const columns = ([0, 1, 2] as const).map((i) => {
    const unit: Colour = [0, 0, 0];
    unit[i] = 1;
    return convert(unit, a, b).map((value, row) => value - origin[row]!);
  });
  return [0, 1, 2].map(
    (row) => [columns[0]![row]!, columns[1]![row]!, columns[2]![row]!, origin[row]!] as const,
  );
}

interface Described {
  matrix: [red: number, blue: number];
  full: boolean;
}
type Colour = [number, number, number];

function convert([y, u, v]: Colour, from: Described, to: Described): Colour {
  const [kr, kb] = from.matrix;
  const luma = from.full ? y / 255 : (y - 16) / 219;
  const chroma = from.full ? 255 : 224;
  const red = luma + 2 * (1 - kr) * ((v - 128) / chroma);
  const blue = luma + 2 * (1 - kb) * ((u - 128) / chroma);
  const green = (luma - kr * red - kb * blue) / (1 - kr - kb);
  const [r, b] = to.matrix;
  const shade = r * red + (1 - r - b) * green + b * blue;
  const span = to.full ? 255 : 224;
  return [
    to.full ? 255 * shade : 16 + 219 * shade,
    128 + (span * (blue - shade)) / (2 * (1 - b)),
    128 + (span * (red - shade)) / (2 * (1 - r)),
  ];
}
