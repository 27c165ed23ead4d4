import { vi } from 'vitest';

/** Lets the faked timers run until the promise is settled. */
export async function settled<T>(promise: Promise<T>, limit = 120_000): Promise<T> {
    let over = false;
    void promise.catch(() => {}).finally(() => (over = true));
    for (let time = 0; !over && time < limit; time += 50) await vi.advanceTimersByTimeAsync(50);
    if (!over) throw new Error('still waiting');
    return promise;
}
