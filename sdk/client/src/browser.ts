/**
 * What this package uses of the browser. Tests, and pages in unusual surroundings, hand in their own parts.
 */
export interface Browser {
    /** `undefined` where there is no page, as in a server that renders. */
    window: Window | undefined;
    fetch: typeof fetch;
    /** Only in secure contexts. Without it each tab renews for itself. */
    locks: Pick<LockManager, 'request'> | undefined;
    /** Without it tabs do not tell each other anything. */
    BroadcastChannel: typeof BroadcastChannel | undefined;
}

export function theBrowser(parts: Partial<Browser> = {}): Browser {
    const page = typeof window === 'undefined' ? undefined : window;
    return {
        window: page,
        fetch: (url, init) => fetch(url, init),
        locks: page?.navigator.locks,
        // Node.js has one too, which reaches nobody that we mean and keeps the process alive.
        BroadcastChannel: page && globalThis.BroadcastChannel,
        ...parts,
    };
}

export const sleep = (milliseconds: number): Promise<void> =>
    new Promise((done) => void setTimeout(done, milliseconds));

/** `promise`, or the signal's reason as soon as it is aborted. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    if (!signal) return promise;
    return new Promise((resolve, reject) => {
        const abort = (): void => reject(signal.reason);
        if (signal.aborted) abort();
        signal.addEventListener('abort', abort);
        void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    });
}
