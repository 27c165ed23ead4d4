import type { Browser } from './browser.js';
import type { Session } from './session.js';

/** What the tabs of one app tell each other; it reaches pages of the same origin only. */
export type TabMessage =
    | { type: 'hello' }
    | { type: 'session'; session: Session }
    /** Signed out, or ended by the backend, at this time. */
    | { type: 'ended'; at: number };

// A tab that stopped in the middle of a renewal must not keep the others from theirs: the backend still makes one
// call to the provider of several.
const lockTimeout = 10_000;

/** The other tabs with the same backend, provider and environment. */
export class Tabs {
    readonly #name: string;
    readonly #locks: Browser['locks'];
    /** What this tab did last, where there are no locks. */
    #last: Promise<unknown> = Promise.resolve();
    readonly #channel: BroadcastChannel | undefined;

    constructor(browser: Browser, name: string, receive: (message: TabMessage) => void) {
        this.#name = `stagedoor:${name}`;
        this.#locks = browser.locks;
        this.#channel = browser.BroadcastChannel && new browser.BroadcastChannel(this.#name);
        this.#channel?.addEventListener('message', ({ data }) => receive(data as TabMessage));
    }

    /** Tells the others, and whether there is a way to reach any. */
    post(message: TabMessage): boolean {
        this.#channel?.postMessage(message);
        return !!this.#channel;
    }

    /** Runs `act` while no other tab, nor this one, runs another. */
    async exclusive<T>(act: () => Promise<T>): Promise<T> {
        let result: Promise<T> | undefined;
        const run = (): Promise<T> => (result ??= act());
        const signal = AbortSignal.timeout(lockTimeout);
        this.#last = this.#locks?.request(this.#name, { signal }, run) ?? this.#last.then(run, run);
        await this.#last.catch(run);
        return run();
    }

    close(): void {
        this.#channel?.close();
    }
}
