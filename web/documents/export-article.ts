/** A project's article as a file in OPFS, or for the clipboard. Runs in a worker. */
import { buildArticle, stillFileNames, type ImageType } from '../core/article.ts';
import { within, type JobContext } from '../core/progress.ts';
import type { Project } from '../core/project.ts';
import { mainFile, type Recording } from '../core/recording.ts';
import { fileHandle, readFile, storageError } from '../storage/opfs.ts';
import { articleHtml } from './html.ts';
import { articleMarkdown } from './markdown.ts';
import { articleRichText, type RichText } from './rich-text.ts';
import { takeStills, type Still, type StillOptions } from './stills.ts';
import { writeZip, type ZipEntry } from './zip.ts';

export interface ArticleInput {
  recording: Recording;
  project: Project;
  /** BCP 47 primary subtag of the words. */
  language: string;
  images?: StillOptions;
}

export interface ArticleExportInput extends ArticleInput {
  /** A zip of `article.md` and `images/`, or one HTML file. */
  format: 'markdown' | 'html';
  outputPath: string;
}

export interface ArticleExport {
  /** File of each step's picture in the article's folder, by step id (Markdown). */
  stillFiles: Record<string, string>;
}

const stillShare = 0.9;

export async function exportArticle(
  input: ArticleExportInput,
  context: JobContext,
): Promise<ArticleExport> {
  const { article, stills } = await illustrated(input, context);
  const types: Record<string, ImageType> = {};
  for (const [id, still] of stills) types[id] = still.type;
  const names = stillFileNames(input.project, types);
  for (const id of names.keys()) if (!stills.has(id)) names.delete(id);

  const output = await (await fileHandle(input.outputPath, { create: true })).createWritable();
  try {
    if (input.format === 'html') {
      for await (const part of articleHtml(article, stills)) {
        context.signal.throwIfAborted();
        await output.write(part);
      }
    } else {
      await writeZip(entries(articleMarkdown(article, names), stills, names), async (chunk) => {
        context.signal.throwIfAborted();
        await output.write(chunk);
      });
    }
    await output.close();
  } catch (error) {
    await output.abort();
    throw context.signal.aborted ? error : storageError(error, input.outputPath);
  }
  context.progress({ fraction: 1, doing: 'article' });
  return { stillFiles: Object.fromEntries(names) };
}

/** For the clipboard: both halves of one ClipboardItem. */
export async function richText(input: ArticleInput, context: JobContext): Promise<RichText> {
  const { article, stills } = await illustrated(
    { ...input, images: { maxWidth: 1200, ...input.images } },
    context,
  );
  return articleRichText(article, stills);
}

async function illustrated(input: ArticleInput, { signal, progress }: JobContext) {
  const { recording, project, language, images } = input;
  const article = buildArticle(project, recording, language);
  const file = await readFile(mainFile(recording).path);
  const context = { signal, progress: within(progress, 0, stillShare) };
  return { article, stills: await takeStills(file, article, context, images) };
}

function* entries(
  markdown: string,
  stills: ReadonlyMap<string, Still>,
  names: ReadonlyMap<string, string>,
): Generator<ZipEntry> {
  yield { name: 'article.md', data: markdown };
  for (const [id, name] of names) yield { name, data: stills.get(id)!.data };
}
