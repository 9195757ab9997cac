/** Microphones and cameras of this machine. */

export interface Device {
  id: string;
  /** Empty until the person has once allowed a device of its kind. */
  label: string;
}

type Kind = 'audioinput' | 'videoinput';

export async function listDevices(kind: Kind): Promise<Device[]> {
  const all = await navigator.mediaDevices.enumerateDevices();
  return (
    all
      // 'default' and 'communications' stand for one of the others.
      .filter((device) => device.kind === kind && device.deviceId !== 'communications')
      .map(({ deviceId, label }) => ({ id: deviceId, label }))
  );
}

/** Calls back at once and whenever something is plugged in or out. Returns what stops it. */
export function watchDevices(kind: Kind, listener: (devices: Device[]) => void): () => void {
  const look = () => void listDevices(kind).then(listener, () => listener([]));
  look();
  navigator.mediaDevices.addEventListener('devicechange', look);
  return () => navigator.mediaDevices.removeEventListener('devicechange', look);
}

export type Permission = 'granted' | 'denied' | 'prompt';

/** What the person has said about devices of this kind; 'prompt' where the browser does not tell. */
export async function devicePermission(kind: Kind): Promise<Permission> {
  const name = (kind === 'audioinput' ? 'microphone' : 'camera') as PermissionName;
  return navigator.permissions.query({ name }).then(
    ({ state }) => state,
    () => 'prompt',
  );
}
