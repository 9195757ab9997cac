/** What a person chooses before recording. Kept between recordings by whoever shows the form. */

export interface Choices {
  surface: 'tab' | 'window' | 'screen';
  /** Device id, 'default', or '' for none. */
  microphone: string;
  camera: string;
  /** Of the tab or system. */
  sound: boolean;
  countdown: boolean;
  /** Whether clicks become steps, and what is typed may be kept. Extension only. */
  steps: boolean;
  typed: boolean;
}

export const defaultChoices: Choices = {
  surface: 'tab',
  microphone: 'default',
  camera: '',
  sound: true,
  countdown: true,
  steps: true,
  typed: false,
};

/** What was kept, however old, completed. */
export const completeChoices = (kept: unknown): Choices => ({
  ...defaultChoices,
  ...(typeof kept === 'object' ? (kept as Partial<Choices>) : null),
});
