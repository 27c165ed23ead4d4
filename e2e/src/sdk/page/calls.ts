// How a test calls something in the page: at once, or by a real click, without which no popup opens. What a call
// came to is kept, so that the test can do something in between.

import type { PageSettings } from './settings';

/** What a call came to. */
export interface Outcome {
    value?: unknown;
    error?: { name: string; message: string; code?: string; retryable?: boolean };
    /** Milliseconds of `performance.now()` at which it was known. */
    at: number;
}

type Target = Record<string, (...args: unknown[]) => unknown>;

export interface Hooks {
    settings: PageSettings;
    /** Calls `target.method(...args)` now. The answer is the number of the call. */
    call(target: string, method: string, args: unknown[]): number;
    /** The next click on the button calls it. The answer is the number that the call will have. */
    prepare(target: string, method: string, args: unknown[]): number;
    outcome(call: number): Promise<Outcome>;
    /** Undefined while the call is not settled. */
    peek(call: number): Outcome | undefined;
    snapshot(target: string): unknown;
}

declare global {
    interface Window {
        sdkTest: Hooks;
    }
}

export function installHooks(settings: PageSettings, targets: Record<string, unknown>): void {
    const settled: (Outcome | undefined)[] = [];
    const outcomes: Promise<Outcome>[] = [];
    const begin = (target: string, method: string, args: unknown[]) =>
        settle(() => (targets[target] as Target)[method](...args));
    const keep = (index: number, outcome: Promise<Outcome>) => {
        outcomes[index] = outcome.then((known) => (settled[index] = known));
    };
    const reserve = () => settled.push(undefined) - 1;
    window.sdkTest = {
        settings,
        call(target, method, args) {
            const index = reserve();
            keep(index, begin(target, method, args));
            return index;
        },
        prepare(target, method, args) {
            const index = reserve();
            const clicked = new Promise<Outcome>((resolve) => {
                const button = document.getElementById('press')!;
                button.addEventListener('click', () => resolve(begin(target, method, args)), { once: true });
            });
            keep(index, clicked);
            return index;
        },
        outcome: (call) => outcomes[call],
        peek: (call) => settled[call],
        snapshot: (target) => (targets[target] as { session: { getSnapshot(): unknown } }).session.getSnapshot(),
    };
    document.documentElement.dataset.ready = 'true';
}

async function settle(work: () => unknown): Promise<Outcome> {
    try {
        return { value: await work(), at: performance.now() };
    } catch (thrown) {
        const { name, message, code, retryable } = thrown as Error & { code?: string; retryable?: boolean };
        return { error: { name, message, code, retryable }, at: performance.now() };
    }
}
