/** A recording with everything that can belong to it, for tests. */
import { newProject } from '../core/edits/create.ts';
import { analyserVersions, type Evidence, type Stage } from '../core/evidence.ts';
import type { Project } from '../core/project.ts';
import type { Recording } from '../core/recording.ts';
import { sourceTime } from '../core/time.ts';
import plain from '../import/fixtures/plain.mp4?url';
import { importFile } from '../import/import-file.ts';
import { database } from '../storage/database.ts';
import { recordingFolder, writeFile } from '../storage/opfs.ts';
import { decodeJson, encodeJson } from './json.ts';
import type { CairnManifest } from './manifest.ts';
import { openMember, readDirectory } from './zip-read.ts';
import { ZipWriter } from './zip-write.ts';

export async function importPlain(name: string): Promise<Recording> {
  const data = await (await fetch(plain)).arrayBuffer();
  return (await importFile(new File([data], name))).recording;
}

/** A recording with everything that analysis and a person add to it. */
export async function full(): Promise<{ recording: Recording; project: Project }> {
  const bare = await importPlain('Invite a user.mp4');
  await database.recordings.update(bare.id, {
    interactions: [
      {
        kind: 'click',
        time: sourceTime(0.5),
        role: 'button',
        label: 'Invite',
        tag: 'button',
        selectors: ['#inv'],
        rect: { x: 1, y: 2, width: 30, height: 20 },
        point: { x: 10.5, y: 12 },
        page: { title: 'Team', url: 'https://example.org/team' },
      },
    ],
  });
  const recording = (await database.recordings.get(bare.id))!;
  const folder = recordingFolder(recording.id);
  await writeFile(`${folder}/clean.wav`, new Uint8Array(1_000_000).fill(7));
  await writeFile(`${folder}/strip/0.webp`, 'a sheet');
  const range = { start: sourceTime(0.1), end: sourceTime(0.4) };
  const evidence: Evidence = {
    sound: {
      loudness: -20.5,
      truePeak: -Infinity,
      cleanLoudness: -21,
      cleanTruePeak: null,
      noiseFloor: -70,
      peaks: new Int8Array([-127, 127, 0, 5]),
      peakRate: 100,
      cleanPath: `${folder}/clean.wav`,
      denoiser: 'gate',
    },
    speech: {
      model: 'base',
      language: 'en',
      words: [{ ...range, text: 'Hello', confidence: 0.9 }],
      fillers: [{ ...range, text: 'um', confidence: 0.8, signals: ['aligned'] }],
      silences: [],
      disfluencies: [],
      speech: [range],
    },
    screen: {
      times: new Float64Array([0, 0.5]),
      activity: new Float32Array([0, 0.25]),
      sharpness: new Float32Array([3, 4]),
      changes: [],
      idle: [range],
      thumbnails: {
        paths: [`${folder}/strip/0.webp`],
        width: 160,
        height: 90,
        columns: 4,
        rows: 4,
        times: new Float64Array([0]),
      },
    },
    steps: [
      { ...range, title: 'Click **Invite**', text: '', claim: 'shown', stills: [], interaction: 0 },
    ],
  };
  for (const stage of Object.keys(evidence) as Stage[]) {
    await database.evidence.put({
      recordingId: recording.id,
      stage,
      version: analyserVersions[stage],
      variant: stage === 'speech' || stage === 'steps' ? 'base/en' : '',
      data: evidence[stage],
    });
  }
  const project: Project = {
    ...newProject(recording, crypto.randomUUID(), 1000),
    decisions: { 'filler:100': 'keep' },
    cuts: [{ ...range, id: 'c1', reason: 'words' }],
    corrections: { '100': 'Hallo' },
    steps: [
      {
        ...range,
        id: 's1',
        title: 'Click **Invite**',
        text: 'Then wait.',
        claim: 'written',
        still: { time: sourceTime(0.2), alt: 'The page' },
        stillChoices: [sourceTime(0.2)],
        interaction: 0,
        section: 'Team',
      },
    ],
    stepsAdopted: true,
  };
  await database.projects.add(project);
  await database.scripts.put({
    recordingId: recording.id,
    name: 'words.txt',
    script: { cues: [{ start: null, end: null, text: 'Hello' }] },
  });
  return { recording, project };
}

/** The same zip with `cairn.json` changed, and members renamed. */
export async function forged(
  file: File,
  change: (manifest: CairnManifest) => unknown,
  rename: (name: string) => string = (name) => name,
): Promise<File> {
  let data = new Uint8Array(0);
  const zip = new ZipWriter((part, at) => {
    const larger = new Uint8Array(Math.max(data.length, at + part.length));
    larger.set(data);
    larger.set(part, at);
    data = larger;
  });
  const members = await readDirectory(file);
  let text = '';
  for (const [name, member] of members) {
    const content = await new Response(await openMember(file, member)).blob();
    if (name === 'cairn.json') text = await content.text();
    else await zip.addFile(rename(name), content, () => undefined);
  }
  const manifest = decodeJson(text) as CairnManifest;
  await zip.addText('cairn.json', encodeJson(change(manifest) ?? manifest));
  zip.close();
  return new File([data], 'Project.cairn');
}
