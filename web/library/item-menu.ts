/** What can be done with a recording. */
import ExternalLink from '@lucide/svelte/icons/external-link';
import AudioLines from '@lucide/svelte/icons/audio-lines';
import Captions from '@lucide/svelte/icons/captions';
import CaptionsOff from '@lucide/svelte/icons/captions-off';
import Pencil from '@lucide/svelte/icons/pencil';
import RotateCw from '@lucide/svelte/icons/rotate-cw';
import Trash from '@lucide/svelte/icons/trash';
import { mainFile } from '../core/recording.ts';
import { otherAnalysis } from '../state/analyse-again.ts';
import { canHandOver, openInWebApp } from '../state/hand-over.ts';
import type { App } from '../state/app.ts';
import type { LibraryEntry } from '../state/Library.svelte.ts';
import type { MenuEntry } from '../ui/Menu.svelte';
import { messages } from '../ui/messages/index.ts';

export function itemMenu(
  app: App,
  entry: LibraryEntry,
  act: { rename: () => void; script: () => void; remove: () => void },
): MenuEntry[] {
  const text = messages.library;
  const { library, analyses } = app;
  const { recording, script } = entry;
  const { id, voiceTrack } = recording;
  const again = (change: Promise<void>) => void change.then(() => analyses.start(id));
  const otherTracks = mainFile(recording)
    .audio.map((_, index) => index)
    .filter((index) => index !== voiceTrack);
  const other = otherAnalysis(app, entry);
  return [
    { label: text.rename, icon: Pencil, shortcut: 'F2', onselect: act.rename },
    {
      label: script ? text.replaceScript : text.useScript,
      icon: Captions,
      onselect: act.script,
    },
    ...(script
      ? [
          {
            label: text.removeScript,
            icon: CaptionsOff,
            onselect: () => again(library.removeScript(id)),
          },
        ]
      : []),
    ...otherTracks.map((index) => ({
      label: text.voiceTrack(index + 1),
      icon: AudioLines,
      onselect: () => again(library.setVoiceTrack(id, index)),
    })),
    ...(other
      ? [
          {
            label: messages.common.analyseAgain(other.model, other.language),
            icon: RotateCw,
            onselect: () => analyses.start(id),
          },
        ]
      : []),
    ...(canHandOver
      ? [{ label: text.openInWebApp, icon: ExternalLink, onselect: () => openInWebApp(id) }]
      : []),
    'line',
    { label: text.delete, icon: Trash, shortcut: 'Del', tone: 'danger', onselect: act.remove },
  ];
}
