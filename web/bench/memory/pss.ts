/** Memory of a process and all below it, shared pages counted once (proportional set size). Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // the process has just ended
  }
};

function children(): Map<number, number[]> {
  const below = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const stat = read(`/proc/${name}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    below.set(parent, [...(below.get(parent) ?? []), Number(name)]);
  }
  return below;
}

/** Bytes of the processes below `root` whose command line contains `name`. */
export function pss(root: number, name: string): number {
  const below = children();
  let sum = 0;
  const visit = (id: number) => {
    if (read(`/proc/${id}/cmdline`).includes(name)) {
      const match = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${id}/smaps_rollup`));
      sum += Number(match?.[1] ?? 0) * 1024;
    }
    for (const child of below.get(id) ?? []) visit(child);
  };
  for (const child of below.get(root) ?? []) visit(child);
  return sum;
}

/** Runs `work` and gives the highest memory of the browser meanwhile, in bytes. */
export async function peakWhile<T>(work: () => Promise<T>): Promise<{ result: T; peak: number }> {
  let peak = 0;
  const look = () => (peak = Math.max(peak, pss(process.pid, 'chrom')));
  const timer = setInterval(look, 250);
  try {
    const result = await work();
    look();
    return { result, peak };
  } finally {
    clearInterval(timer);
  }
}
