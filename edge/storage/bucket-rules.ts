/** What a bucket must be told once, for browsers to use it. */
import { escapeXml } from './xml.ts';

const element = (name: string) => (text: string) => `<${name}>${escapeXml(text)}</${name}>`;

/** Only PUT and GET, only from `origins`; ETags may be read, any header sent (all are signed). */
export const corsRules = (origins: readonly string[]): string =>
  [
    '<CORSConfiguration><CORSRule>',
    ...origins.map(element('AllowedOrigin')),
    ...['GET', 'PUT'].map(element('AllowedMethod')),
    element('AllowedHeader')('*'),
    ...['ETag', 'Content-Length', 'Content-Range'].map(element('ExposeHeader')),
    element('MaxAgeSeconds')('3600'),
    '</CORSRule></CORSConfiguration>',
  ].join('');

export const lifecycleRules = [
  '<LifecycleConfiguration><Rule><ID>cairn-unfinished</ID><Filter><Prefix>w/</Prefix></Filter>',
  '<Status>Enabled</Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>7',
  '</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>',
].join('');
