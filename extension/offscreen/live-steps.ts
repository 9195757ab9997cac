/** The steps as they come, with a small picture of each moment. */
import { groupActions, plainActionTitle, type Action } from '../../web/core/actions.ts';
import type { Interaction } from '../../web/core/interaction.ts';
import { plainTitle } from '../../web/core/text/emphasis.ts';
import type { LiveStep } from '../messages.ts';

const pictureWidth = 320;
const quality = 0.7;

interface Seen {
  key: string;
  interaction: Interaction;
}

export class LiveSteps {
  readonly #seen: Seen[] = [];
  readonly #pictures = new Map<string, string>();
  readonly #video: HTMLVideoElement;

  constructor(screen: MediaStream) {
    this.#video = document.createElement('video');
    this.#video.muted = true;
    this.#video.srcObject = new MediaStream(screen.getVideoTracks());
    void this.#video.play().catch((error: unknown) => console.warn('no pictures of steps', error));
  }

  add(key: string, interaction: Interaction): void {
    this.#seen.push({ key, interaction });
    const picture = this.#picture();
    if (picture) this.#pictures.set(key, picture);
  }

  /** Keys of all interactions that make the step with this key. */
  keysOf(key: string): string[] {
    const action = this.#actions().find(({ index }) => this.#seen[index]!.key === key);
    return action?.indices.map((index) => this.#seen[index]!.key) ?? [];
  }

  /** Null takes it out. */
  change(key: string, change: Partial<Interaction> | null): void {
    const at = this.#seen.findIndex((seen) => seen.key === key);
    const seen = this.#seen[at];
    if (!seen) return;
    if (change) seen.interaction = { ...seen.interaction, ...change };
    else {
      this.#seen.splice(at, 1);
      this.#pictures.delete(key);
    }
  }

  list(): LiveStep[] {
    return this.#actions().map((action) => {
      const { key, interaction } = this.#seen[action.index]!;
      const title = plainTitle(plainActionTitle(action));
      return { key, title, time: interaction.time, picture: this.#pictures.get(key) ?? null };
    });
  }

  close(): void {
    this.#video.srcObject = null;
  }

  #actions(): Action[] {
    return groupActions(this.#seen.map(({ interaction }) => interaction));
  }

  #picture(): string | null {
    const { videoWidth, videoHeight } = this.#video;
    if (videoWidth === 0) return null;
    const canvas = document.createElement('canvas');
    canvas.width = pictureWidth;
    canvas.height = Math.round((pictureWidth * videoHeight) / videoWidth);
    canvas.getContext('2d')!.drawImage(this.#video, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL('image/webp', quality);
  }
}
