/** Long work rests while its tab is hidden on a device that runs on a low battery. */

interface BatteryManager extends EventTarget {
  charging: boolean;
  /** 0 to 1. */
  level: number;
}

/** Below this charge a hidden tab stops computing. */
const lowCharge = 0.3;

/** Calls `onChange` whenever the answer to "should work rest now" changes. Without a battery it never rests. */
export function watchPower(onChange: (shouldRest: boolean) => void): void {
  const getBattery = (navigator as { getBattery?: () => Promise<BatteryManager> }).getBattery;
  if (!getBattery) return;
  void getBattery
    .call(navigator)
    .then((battery) => {
      let resting = false;
      const check = () => {
        const now = document.hidden && !battery.charging && battery.level < lowCharge;
        if (now === resting) return;
        resting = now;
        onChange(resting);
      };
      document.addEventListener('visibilitychange', check);
      battery.addEventListener('chargingchange', check);
      battery.addEventListener('levelchange', check);
      check();
    })
    .catch((error: unknown) => console.warn('the battery cannot be read', error));
}
