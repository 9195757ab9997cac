/** What the lanes of pictures and of sound need from the recorder they belong to. */
import type { CaptureNotice } from '../../core/recording.ts';
import type { PacketEntry, TrackEntry } from '../journal.ts';
import type { CaptureTimeline } from '../timeline.ts';

/** What a lane cannot mend by itself. */
export type LaneTrouble =
  /** The codec fails again and again, or its packets do not go with those before. */
  | { kind: 'codec'; family: string | null }
  /** The stream ended. */
  | { kind: 'ended' };

export interface LaneHost {
  readonly timeline: CaptureTimeline;
  /** Announces the track; called once, before its first packet. */
  addTrack(entry: Omit<TrackEntry, 'kind' | 'track' | 'file'>): void;
  packet(data: Uint8Array, entry: PacketEntry): void;
  notice(notice: CaptureNotice): void;
  trouble(trouble: LaneTrouble): void;
}

export const bytesOf = (source: AllowSharedBufferSource | undefined): Uint8Array =>
  !source
    ? new Uint8Array(0)
    : ArrayBuffer.isView(source)
      ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice()
      : new Uint8Array(source as ArrayBuffer).slice();
