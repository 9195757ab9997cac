/** Opens a file with mediabunny. HLS is left out: a playlist would name files elsewhere. */
import {
  ADTS,
  BlobSource,
  FLAC,
  Input,
  MATROSKA,
  MP3,
  MP4,
  MPEG_TS,
  OGG,
  QTFF,
  WAVE,
  WEBM,
} from 'mediabunny';

const formats = [MP4, QTFF, MATROSKA, WEBM, WAVE, OGG, FLAC, MP3, ADTS, MPEG_TS];

export const openInput = (file: Blob): Input =>
  new Input({ formats, source: new BlobSource(file) });
