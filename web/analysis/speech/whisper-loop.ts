/**
 * Whisper's decoder as one graph that writes whole windows, built from the weights of the usual one.
 *
 * The usual ("merged") decoder takes one step a run. Each run copies the keys and values of the
 * sound in (37 MB for whisper-base), turns them about, turns the table of tokens back into floats, and
 * multiplies with a single row, for which int8 kernels are not made. Here the steps are a `Loop` inside
 * of the graph: keys and values stay where they are, the table stays int8, and several windows go
 * through together. Of the steps' arithmetic only the last product differs (8-bit activations).
 */
import { Graph, dataType } from './onnx-graph.ts';
import { readModel, type ModelContent, type StoredTensor } from './onnx-file.ts';

export interface DecoderShape {
  layers: number;
  heads: number;
  width: number;
  /** Layer and head of those that follow the speech; their attention is given out. */
  alignmentHeads: readonly (readonly [number, number])[];
  eos: number;
  /** Token for "nobody speaks". */
  noSpeech: number;
}

/** Inputs and outputs of the graph; `B` windows, `P` tokens given, `S` frames, `V` tokens, `N` steps. */
export const ends = {
  /** float [B, S, width]. */
  hidden: 'hidden',
  /** int64 [P]: what the text begins with. */
  prefix: 'prefix',
  /** int64 [B, 1]: the first token of the prefix for each window; bool [B, 1]: false. */
  first: 'first',
  unfinished: 'unfinished',
  /** float [B, heads, width / heads, 0] and [B, heads, 0, width / heads]. */
  noKeys: 'no-keys',
  noValues: 'no-values',
  /** int64 []: most steps. */
  steps: 'steps',
  /** float [V]: added to every token's logit, and to the first's after the prefix. */
  bias: 'bias',
  firstBias: 'first-bias',
  /** float []: 0 takes the likeliest token. */
  temperature: 'temperature',
  /** [N, B, 1]: the token each step chose, its log probability, that of "nobody speaks". */
  tokens: 'tokens',
  logProbabilities: 'log-probabilities',
  noSpeech: 'no-speech',
  /** float [N, B, alignment heads, 1, S]; left out where there are none. */
  attention: 'attention',
} as const;

/** The file of the graph; null where the decoder's weights are not laid out as expected. */
export function loopDecoder(merged: Uint8Array, shape: DecoderShape): Uint8Array | null {
  const weights = Weights.find(readModel(merged), shape);
  return weights && mainGraph(weights, shape).file();
}

/** A product with int8 weights: names of the tensors. */
interface Linear {
  weight: string;
  scale: string;
  zero: string;
  bias: string | null;
}

const attentions = ['self_attn', 'encoder_attn'] as const;
const projections = ['q_proj', 'k_proj', 'v_proj', 'out_proj'] as const;

/** What the merged decoder holds, by its place in the model. */
class Weights {
  readonly #tensors: ReadonlyMap<string, StoredTensor>;
  readonly #linear: ReadonlyMap<string, Linear>;
  readonly embedding: StoredTensor & { name: string };
  private constructor(
    tensors: ReadonlyMap<string, StoredTensor>,
    linear: ReadonlyMap<string, Linear>,
    embedding: StoredTensor & { name: string },
  ) {
    this.#tensors = tensors;
    this.#linear = linear;
    this.embedding = embedding;
  }

  static find({ nodes, tensors }: ModelContent, { layers, width }: DecoderShape): Weights | null {
    const scales = new Map<string, string>();
    for (const { type, inputs, outputs } of nodes) {
      const scale = inputs.find((name) => tensors.has(name));
      if (type === 'Mul' && scale && outputs[0]?.endsWith('MatMul_quant_scales_mul:0'))
        scales.set(placeOf(outputs[0]), scale);
    }
    const linear = new Map<string, Linear>();
    for (const { type, inputs, outputs } of nodes) {
      if (type !== 'MatMulInteger') continue;
      const place = placeOf(outputs[0]!);
      const [, weight, , zero] = inputs;
      const scale = scales.get(place);
      if (!place || !weight || !zero || !scale) continue;
      const bias = parameter(tensors, `${place}.bias`);
      linear.set(place, { weight, zero, scale, bias });
    }
    const name = [...tensors.keys()].find((n) => /embed_tokens\.weight.*_quantized$/.test(n));
    const embedding = name && tensors.get(name);
    if (!embedding || embedding.raw.length !== embedding.dims[0]! * width) return null;
    const weights = new Weights(tensors, linear, { ...embedding, name: name.slice(0, -10) });
    const wanted = Array.from({ length: layers }, (_, l) => [
      ...attentions.flatMap((a) => projections.map((p) => `layers.${l}.${a}.${p}`)),
      ...['fc1', 'fc2'].map((f) => `layers.${l}.${f}`),
    ]).flat();
    const norms = ['layer_norm', ...Array.from({ length: layers }, (_, l) => normsOf(l)).flat()];
    const whole =
      wanted.every((place) => linear.has(place)) &&
      norms.every((n) => parameter(tensors, `${n}.weight`) && parameter(tensors, `${n}.bias`)) &&
      parameter(tensors, 'embed_positions.weight') !== null;
    return whole ? weights : null;
  }

  linear(graph: Graph, input: string, place: string): string {
    const { weight, scale, zero, bias } = this.#linear.get(place)!;
    const parts = [weight, scale, zero, ...(bias ? [bias] : [])];
    for (const name of parts) this.#store(graph, name);
    return graph.node('DynamicQuantizeMatMul', [input, ...parts]);
  }
  norm(graph: Graph, input: string, place: string): string {
    const parts = [
      this.parameter(graph, `${place}.weight`),
      this.parameter(graph, `${place}.bias`),
    ];
    return graph.node('LayerNormalization', [input, ...parts], { axis: -1, epsilon: 1e-5 });
  }
  parameter(graph: Graph, place: string): string {
    return this.#store(graph, parameter(this.#tensors, place)!);
  }
  /** Scale and zero point of the table of tokens. */
  embeddingScale(graph: Graph): [string, string] {
    const { name } = this.embedding;
    return [this.#store(graph, `${name}_scale`), this.#store(graph, `${name}_zero_point`)];
  }
  #store(graph: Graph, name: string): string {
    return graph.stored(name, this.#tensors.get(name)!.message);
  }
}

const normsOf = (layer: number) =>
  ['self_attn_layer_norm', 'encoder_attn_layer_norm', 'final_layer_norm'].map(
    (n) => `layers.${layer}.${n}`,
  );

/** "layers.0.self_attn.q_proj" of "/model/decoder/layers.0/self_attn/q_proj/MatMul_…". */
const placeOf = (output: string): string =>
  /(layers\.\d+\/.*?)\/MatMul/.exec(output)?.[1]?.replaceAll('/', '.') ?? '';

/** Merging two graphs into one puts a number behind the names that both had. */
const parameter = (tensors: ReadonlyMap<string, StoredTensor>, place: string): string | null =>
  ['_merged_0', '', '_merged_1']
    .map((ending) => `model.decoder.${place}${ending}`)
    .find((name) => tensors.has(name)) ?? null;

function mainGraph(weights: Weights, shape: DecoderShape): Graph {
  const { layers, heads, width, alignmentHeads } = shape;
  const main = new Graph('main');
  const size = width / heads;
  const tokens = weights.embedding.dims[0]!;
  main.input(ends.hidden, 'float', ['B', 'S', width]);
  main.input(ends.prefix, 'int64', ['P']);
  main.input(ends.first, 'int64', ['B', 1]);
  main.input(ends.unfinished, 'bool', ['B', 1]);
  main.input(ends.noKeys, 'float', ['B', heads, size, 'none']);
  main.input(ends.noValues, 'float', ['B', heads, 'none', size]);
  main.input(ends.steps, 'int64', []);
  main.input(ends.bias, 'float', [tokens]);
  main.input(ends.firstBias, 'float', [tokens]);
  main.input(ends.temperature, 'float', []);
  const split = main.integers([0, -1, heads, size]);
  const sound = Array.from({ length: layers }, (_, l) => {
    const project = (part: string, perm: number[]) => {
      const all = weights.linear(main, ends.hidden, `layers.${l}.encoder_attn.${part}`);
      return main.node('Transpose', [main.node('Reshape', [all, split])], { perm });
    };
    return { keys: project('k_proj', [0, 2, 3, 1]), values: project('v_proj', [0, 2, 1, 3]) };
  });
  const length = main.node('Squeeze', [main.node('Shape', [ends.prefix])]);
  const body = stepGraph(weights, shape, sound, length);
  const states = Array.from({ length: layers }, () => [ends.noKeys, ends.noValues]).flat();
  const left = Array.from({ length: 2 + states.length }, (_, i) => `left ${i}`);
  const results = [ends.tokens, ends.logProbabilities, ends.noSpeech, ...(alignmentHeads.length ? [ends.attention] : [])]; // prettier-ignore
  main.named(
    'Loop',
    [ends.steps, '', ends.first, ends.unfinished, ...states],
    [...left, ...results],
    { body },
  );
  main.output(ends.tokens, 'int64', ['N', 'B', 1]);
  main.output(ends.logProbabilities, 'float', ['N', 'B', 1]);
  main.output(ends.noSpeech, 'float', ['N', 'B', 1]);
  if (alignmentHeads.length)
    main.output(ends.attention, 'float', ['N', 'B', alignmentHeads.length, 1, 'S']);
  return main;
}

/** One step: from the tokens before to the next ones. `length` names that of the prefix. */
function stepGraph(
  weights: Weights,
  shape: DecoderShape,
  sound: readonly { keys: string; values: string }[],
  length: string,
): Graph {
  const { layers, heads, width, alignmentHeads } = shape;
  const size = width / heads;
  const g = new Graph('step');
  const step = g.input('step', 'int64', []);
  g.input('go on', 'bool', []);
  const token = g.input('token', 'int64', ['B', 1]);
  const done = g.input('done', 'bool', ['B', 1]);
  const query = g.integers([0, heads, 1, size]);
  const column = g.integers([0, heads, size, 1]);
  const flat = g.integers([0, 1, width]);
  const scale = g.float(size ** -0.5);
  const queries = (x: string, place: string) =>
    g.node('Reshape', [g.node('Mul', [weights.linear(g, x, `${place}.q_proj`), scale]), query]);
  const joined = (weighted: string, place: string) =>
    weights.linear(g, g.node('Reshape', [weighted, flat]), `${place}.out_proj`);

  const table = embeddingTable(weights, g, width);
  const row = g.node('Transpose', [g.node('Gather', [table, token], { axis: 1 })], { perm: [1, 2, 0] }); // prettier-ignore
  const position = g.node('Gather', [weights.parameter(g, 'embed_positions.weight'), step]);
  let x = g.node('Add', [
    g.node('DequantizeLinear', [row, ...weights.embeddingScale(g)]),
    position,
  ]);
  const caches: [string, string][] = [];
  const listening: string[] = [];
  for (let l = 0; l < layers; l++) {
    const [selfNorm, soundNorm, lastNorm] = normsOf(l) as [string, string, string];
    const [keysName, valuesName] = [`keys ${l}`, `values ${l}`];
    g.input(keysName, 'float', ['B', heads, size, 'T']);
    g.input(valuesName, 'float', ['B', heads, 'T', size]);
    const self = `layers.${l}.self_attn`;
    let y = weights.norm(g, x, selfNorm);
    const key = g.node('Reshape', [weights.linear(g, y, `${self}.k_proj`), column]);
    const value = g.node('Reshape', [weights.linear(g, y, `${self}.v_proj`), query]);
    const keys = g.node('Concat', [keysName, key], { axis: 3 });
    const values = g.node('Concat', [valuesName, value], { axis: 2 });
    caches.push([keys, values]);
    let scores = g.node('Softmax', [g.node('MatMul', [queries(y, self), keys])], { axis: -1 });
    x = g.node('Add', [x, joined(g.node('MatMul', [scores, values]), self)]);

    const cross = `layers.${l}.encoder_attn`;
    y = weights.norm(g, x, soundNorm);
    scores = g.node('Softmax', [g.node('MatMul', [queries(y, cross), sound[l]!.keys])], { axis: -1 }); // prettier-ignore
    for (const [layer, head] of alignmentHeads)
      if (layer === l) listening.push(g.node('Gather', [scores, g.integers([head])], { axis: 1 }));
    x = g.node('Add', [x, joined(g.node('MatMul', [scores, sound[l]!.values]), cross)]);

    const inner = weights.linear(g, weights.norm(g, x, lastNorm), `layers.${l}.fc1`);
    x = g.node('Add', [x, weights.linear(g, g.node('Gelu', [inner]), `layers.${l}.fc2`)]);
  }
  const last = weights.norm(g, x, 'layer_norm');
  const product = g.node('DynamicQuantizeMatMul', [last, table, ...weights.embeddingScale(g)]);
  const logits = g.node('Reshape', [product, g.integers([-1, weights.embedding.dims[0]!])]);
  choose(g, shape, { step, token, done, logits, length });
  for (const [l, [keys, values]] of caches.entries()) {
    g.output(keys, 'float', ['B', heads, size, `T${l}`]);
    g.output(values, 'float', ['B', heads, `T${l}`, size]);
  }
  g.output('chosen', 'int64', ['B', 1]);
  g.output('log probability', 'float', ['B', 1]);
  g.output('silence', 'float', ['B', 1]);
  if (listening.length) {
    g.named('Concat', listening, ['listening'], { axis: 1 });
    g.output('listening', 'float', ['B', listening.length, 1, 'S']);
  }
  return g;
}

/** Which token comes next, and whether all windows have ended. */
function choose(
  g: Graph,
  { eos, noSpeech }: DecoderShape,
  names: { step: string; token: string; done: string; logits: string; length: string },
): void {
  const { step, done, logits, length } = names;
  const over = (x: string) => g.node('ReduceLogSumExp', [x], { axes: [1], keepdims: 1 });
  const silence = g.node('Gather', [logits, g.integers([noSpeech])], { axis: 1 });
  g.named('Sub', [silence, over(logits)], ['silence']);
  const next = g.node('Add', [step, g.integer(1)]);
  const isFirst = g.node('Equal', [next, length]);
  const extra = g.node('Where', [isFirst, ends.firstBias, g.float(0)]);
  const biased = g.node('Add', [g.node('Add', [logits, ends.bias]), extra]);
  const hot = g.node('Greater', [ends.temperature, g.float(0)]);
  const drawn = g.node('If', [hot], {
    then_branch: noisy(biased),
    else_branch: unchanged(biased),
  });
  g.named('ArgMax', [drawn], ['chosen'], { axis: 1, keepdims: 1 });
  const top = g.node('GatherElements', [biased, 'chosen'], { axis: 1 });
  g.named('Sub', [top, over(biased)], ['log probability']);
  const given = g.node('Less', [next, length]);
  const at = g.node('Min', [next, g.node('Sub', [length, g.integer(1)])]);
  const following = g.node('Where', [given, g.node('Gather', [ends.prefix, at]), 'chosen']);
  const ended = g.node('And', [g.node('Equal', ['chosen', g.integer(eos)]), g.node('Not', [given])]); // prettier-ignore
  const allDone = g.node('Or', [done, ended]);
  const least = g.node('ReduceMin', [g.node('Cast', [allDone], { to: dataType.int32 })], { keepdims: 0 }); // prettier-ignore
  const goOn = g.node('Not', [g.node('Cast', [least], { to: dataType.bool })]);
  g.output(goOn, 'bool', []);
  g.output(following, 'int64', ['B', 1]);
  g.output(allDone, 'bool', ['B', 1]);
}

/** Gumbel noise: the largest sum is a draw from the distribution at that temperature. */
function noisy(biased: string): Graph {
  const g = new Graph('drawn');
  const even = g.node('RandomUniformLike', [biased], { dtype: dataType.float });
  const inside = g.node('Clip', [even, g.float(1e-7), g.float(1 - 1e-7)]);
  const minusLog = (x: string) => g.node('Neg', [g.node('Log', [x])]);
  const noise = g.node('Mul', [minusLog(minusLog(inside)), ends.temperature]);
  g.output(g.node('Add', [biased, noise]), 'float', ['B', 'V']);
  return g;
}
function unchanged(biased: string): Graph {
  const g = new Graph('likeliest');
  g.output(g.node('Identity', [biased]), 'float', ['B', 'V']);
  return g;
}

/** One row a feature and one column a token: for the last product as it is, for a token by column. */
function embeddingTable({ embedding }: Weights, g: Graph, width: number): string {
  const { raw, dims, type, name } = embedding;
  const tokens = dims[0]!;
  const turned = new Uint8Array(raw.length);
  // In blocks that fit into the processor's cache: four times as fast as row by row.
  const block = 64;
  for (let first = 0; first < tokens; first += block)
    for (let column = 0; column < width; column++)
      for (let t = first, end = Math.min(tokens, first + block); t < end; t++)
        turned[column * tokens + t] = raw[t * width + column]!;
  return g.tensor(`${name}_turned`, type, [width, tokens], turned);
}
