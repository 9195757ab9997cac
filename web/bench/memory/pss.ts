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

/** The processes below `root` whose command line contains `name`. */
function processes(root: number, name: string): number[] {
  const below = children();
  const found: number[] = [];
  const visit = (id: number) => {
    if (read(`/proc/${id}/cmdline`).includes(name)) found.push(id);
    for (const child of below.get(id) ?? []) visit(child);
  };
  for (const child of below.get(root) ?? []) visit(child);
  return found;
}

/** Bytes. */
export const pss = (root: number, name: string): number =>
  processes(root, name).reduce((sum, id) => {
    const match = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${id}/smaps_rollup`));
    return sum + Number(match?.[1] ?? 0) * 1024;
  }, 0);

/** Seconds of processor time so far; the kernel counts in hundredths. */
export const cpuSeconds = (root: number, name: string): number =>
  processes(root, name).reduce((sum, id) => {
    const stat = read(`/proc/${id}/stat`);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return sum + (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
  }, 0);

/** Runs `work` and gives the highest memory of the browser meanwhile, in bytes, and its processor time in seconds. */
export async function peakWhile<T>(
  work: () => Promise<T>,
): Promise<{ result: T; peak: number; cpu: number }> {
  let peak = 0;
  const before = cpuSeconds(process.pid, 'chrom');
  const look = () => (peak = Math.max(peak, pss(process.pid, 'chrom')));
  const timer = setInterval(look, 250);
  try {
    const result = await work();
    look();
    return { result, peak, cpu: cpuSeconds(process.pid, 'chrom') - before };
  } finally {
    clearInterval(timer);
  }
}
