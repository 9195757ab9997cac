/** What ffprobe says about a file, reduced to what decides how it is converted. */
import { AppError } from '../../core/errors.ts';

export interface StreamInfo {
  index: number;
  type: 'video' | 'audio';
  codec: string;
  pixelFormat: string | null;
  /** Pictures are stored in another order than shown. */
  reordered: boolean;
}

export interface FileInfo {
  format: string;
  /** Seconds; null when the file does not say. */
  duration: number | null;
  video: StreamInfo | null;
  audio: StreamInfo[];
}

interface ProbeJson {
  format?: { format_name?: string; duration?: string; probe_score?: number };
  streams?: {
    index: number;
    codec_type?: string;
    codec_name?: string;
    pix_fmt?: string;
    has_b_frames?: number;
    width?: number;
    disposition?: { attached_pic?: number };
  }[];
}

/** Raw streams have no header to know them by: random bytes now and then look like one. */
const weakFormats =
  /^(mp3|aac|ac3|eac3|dts|loas|mpegvideo|h264|hevc|m4v|h263|h261|g7|sbc|adp|alaw)/;
/** Still pictures and text, which ffmpeg also takes for video. */
const notRecordings =
  /pipe|image2|tty|ass|srt|webvtt|subviewer|ffmetadata|concat|hls|dash|sdp|rtsp/;

/** Reads ffprobe's JSON; throws `file-unreadable` or `no-media-track`. */
export function readFileInfo(json: string): FileInfo {
  let parsed: ProbeJson;
  try {
    parsed = JSON.parse(json) as ProbeJson;
  } catch (error) {
    throw new AppError('file-unreadable', 'ffprobe wrote no JSON', { cause: error });
  }
  const format = parsed.format?.format_name ?? '';
  const score = parsed.format?.probe_score ?? 0;
  const needed = weakFormats.test(format) ? 51 : 25;
  if (!format || notRecordings.test(format) || score < needed) {
    throw new AppError('file-unreadable', `${format || 'no format'}, score ${score}`);
  }
  const streams = (parsed.streams ?? [])
    .filter((s) => !s.disposition?.attached_pic && s.codec_name && s.codec_name !== 'none')
    .map((s) => ({
      index: s.index,
      type: s.codec_type,
      codec: s.codec_name!,
      pixelFormat: s.pix_fmt ?? null,
      reordered: (s.has_b_frames ?? 0) > 0,
    }));
  const of = (type: 'video' | 'audio') => streams.filter((s): s is StreamInfo => s.type === type);
  const video = of('video')[0] ?? null;
  const audio = of('audio');
  if (!video && audio.length === 0) throw new AppError('no-media-track', format);
  const duration = Number(parsed.format?.duration);
  return { format, duration: duration > 0 ? duration : null, video, audio };
}
