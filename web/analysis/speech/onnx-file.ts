/**
 * As much of the ONNX file format (protocol buffers, onnx.proto) as it takes to look into a model and
 * to write another one from its weights. Weights are handed on as views, never copied.
 */
import { joinedBytes } from '../../core/joined.ts';

/** A message being written: pieces that are put together once, at the very end. */
export class Message {
  readonly #pieces: Uint8Array[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#tag(field, 2).#varint(value.length).#piece(value);
  }
  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }
  integer(field: number, value: number | bigint): this {
    return this.#tag(field, 0).#varint(BigInt.asUintN(64, BigInt(value)));
  }
  float(field: number, value: number): this {
    return this.#tag(field, 5).#piece(new Uint8Array(Float32Array.of(value).buffer));
  }
  message(field: number, value: Message): this {
    return this.#tag(field, 2).#varint(value.size).append(value);
  }
  /** All fields of another message. */
  append(other: Message): this {
    for (const piece of other.#pieces) this.#piece(piece);
    return this;
  }

  finish(): Uint8Array {
    return joinedBytes(this.#pieces);
  }

  #tag(field: number, wire: number): this {
    return this.#varint(field * 8 + wire);
  }
  #varint(value: number | bigint): this {
    const out: number[] = [];
    let left = BigInt(value);
    for (; left >= 128n; left >>= 7n) out.push(Number(left & 127n) | 128);
    return this.#piece(Uint8Array.of(...out, Number(left)));
  }
  #piece(value: Uint8Array): this {
    this.#pieces.push(value);
    this.#size += value.length;
    return this;
  }
}

/** The fields of a message in order; numbers for varints, views for everything that has a length. */
export function* fields(
  message: Uint8Array,
): Generator<[field: number, value: number | Uint8Array]> {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = view.getUint8(at++);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const wire = tag & 7;
    const length = wire === 2 ? varint() : wire === 5 ? 4 : wire === 1 ? 8 : 0;
    yield [tag >>> 3, wire === 0 ? varint() : message.subarray(at, at + length)];
    at += length;
  }
}

export interface NodeInfo {
  type: string;
  inputs: string[];
  outputs: string[];
}
/** A stored tensor: `message` is its whole TensorProto. */
export interface StoredTensor {
  dims: number[];
  /** onnx.TensorProto.DataType. */
  type: number;
  /** Little endian; empty where the file keeps its values otherwise. */
  raw: Uint8Array;
  message: Uint8Array;
}
export interface ModelContent {
  /** Of all graphs, those inside of `If` and `Loop` as well. */
  nodes: NodeInfo[];
  tensors: Map<string, StoredTensor>;
}

/** Throws a RangeError on what is no protocol buffer. */
export function readModel(file: Uint8Array): ModelContent {
  const content: ModelContent = { nodes: [], tensors: new Map() };
  for (const [field, value] of fields(file))
    if (field === 7 && typeof value !== 'number') readGraph(value, content);
  return content;
}

function readGraph(graph: Uint8Array, content: ModelContent): void {
  for (const [field, value] of fields(graph)) {
    if (typeof value === 'number') continue;
    if (field === 1) content.nodes.push(readNode(value, content));
    if (field === 5) readTensor(value, content);
  }
}

function readNode(message: Uint8Array, content: ModelContent): NodeInfo {
  const node: NodeInfo = { type: '', inputs: [], outputs: [] };
  for (const [field, value] of fields(message)) {
    if (typeof value === 'number') continue;
    if (field === 1) node.inputs.push(decode(value));
    if (field === 2) node.outputs.push(decode(value));
    if (field === 4) node.type = decode(value);
    if (field === 5)
      for (const [part, inner] of fields(value))
        if (part === 6 && typeof inner !== 'number') readGraph(inner, content);
  }
  return node;
}

function readTensor(message: Uint8Array, content: ModelContent): void {
  const tensor: StoredTensor = { dims: [], type: 0, raw: new Uint8Array(0), message };
  let name = '';
  for (const [field, value] of fields(message)) {
    if (field === 1 && typeof value === 'number') tensor.dims.push(value);
    if (field === 1 && typeof value !== 'number') tensor.dims.push(...packed(value));
    if (field === 2 && typeof value === 'number') tensor.type = value;
    if (field === 8 && typeof value !== 'number') name = decode(value);
    if (field === 9 && typeof value !== 'number') tensor.raw = value;
  }
  content.tensors.set(name, tensor);
}

/** Repeated numbers without a tag each. */
function packed(value: Uint8Array): number[] {
  const numbers: number[] = [];
  let number = 0;
  let scale = 1;
  for (const byte of value) {
    number += (byte & 127) * scale;
    scale *= 128;
    if (byte >= 128) continue;
    numbers.push(number);
    [number, scale] = [0, 1];
  }
  return numbers;
}

const decoder = new TextDecoder();
const decode = (bytes: Uint8Array) => decoder.decode(bytes);
