// The edges of a browser, with several tabs of one app, and a backend that tests tell what to answer. Timers and the
// clock are vitest's.

import type { Browser } from '../../src/browser';

type Listener = (event: { data: unknown }) => void;

/** The locks and channels that tabs of one origin share. */
export class World {
    readonly #held = new Map<string, Promise<unknown>>();
    readonly #channels = new Map<string, Set<FakeChannel>>();

    readonly locks = {
        request: async (name: string, _options: unknown, act: () => Promise<unknown>): Promise<unknown> => {
            const before = this.#held.get(name) ?? Promise.resolve();
            const run = before.then(act, act);
            this.#held.set(name, run.catch(() => undefined));
            return run;
        },
    } as unknown as Browser['locks'];

    readonly BroadcastChannel = ((world: World) =>
        class extends FakeChannel {
            constructor(name: string) {
                super(world.members(name));
            }
        })(this) as unknown as typeof BroadcastChannel;

    members(name: string): Set<FakeChannel> {
        const members = this.#channels.get(name) ?? new Set();
        this.#channels.set(name, members);
        return members;
    }

    tab(backend: FakeBackend, parts: Partial<Browser> = {}): Tab {
        return new Tab(this, backend, parts);
    }
}

class FakeChannel {
    readonly #listeners = new Set<Listener>();

    constructor(private readonly members: Set<FakeChannel>) {
        members.add(this);
    }

    addEventListener(_type: string, listener: Listener): void {
        this.#listeners.add(listener);
    }

    postMessage(data: unknown): void {
        const copy = structuredClone(data);
        for (const member of this.members) {
            if (member !== this) setTimeout(() => member.deliver(copy), 1);
        }
    }

    deliver(data: unknown): void {
        if (this.members.has(this)) for (const listener of this.#listeners) listener({ data });
    }

    close(): void {
        this.members.delete(this);
    }
}

export class FakePopup {
    closed = false;
    /** What the page sees of the popup's address; throws as for another origin if undefined. */
    address: string | undefined = 'about:blank';
    /** Where it was sent. */
    visited: string[] = [];
    readonly location = {
        popup: this as FakePopup,
        get href(): string {
            if (this.popup.address === undefined) throw new Error('SecurityError');
            return this.popup.address;
        },
        replace(url: string): void {
            this.popup.visited.push(url);
        },
    };

    /** The navigation arrives at a page of another origin. */
    arrive(): void {
        this.address = undefined;
    }

    close(): void {
        this.closed = true;
    }

    get query(): URLSearchParams {
        return new URL(this.visited.at(-1)!).searchParams;
    }
}

export class Tab {
    readonly popups: FakePopup[] = [];
    readonly visited: string[] = [];
    blocked = false;
    focused = true;
    readonly events = new EventTarget();
    readonly browser: Browser;

    constructor(world: World, backend: FakeBackend, parts: Partial<Browser>) {
        const page = Object.assign(this.events, {
            open: () => {
                if (this.blocked) return null;
                const popup = new FakePopup();
                this.popups.push(popup);
                return popup;
            },
            location: {
                href: 'https://app.example.com/page?a=b',
                origin: 'https://app.example.com',
                assign: (url: string) => this.visited.push(url),
            },
            document: { hasFocus: () => this.focused },
            screenX: 0,
            screenY: 0,
            outerWidth: 1000,
            outerHeight: 1000,
        });
        this.browser = {
            window: page as unknown as Window,
            fetch: (url, init) => backend.fetch(String(url), init ?? {}),
            locks: world.locks,
            BroadcastChannel: world.BroadcastChannel,
            ...parts,
        };
    }

    get popup(): FakePopup {
        return this.popups.at(-1)!;
    }

    /** A message as the popup's page at the backend posts it. */
    post(data: unknown, source: unknown = this.popup, origin = 'https://auth.example.com'): void {
        this.events.dispatchEvent(Object.assign(new Event('message'), { data, source, origin }));
    }

    wake(): void {
        this.events.dispatchEvent(new Event('visibilitychange'));
    }

    online(): void {
        this.events.dispatchEvent(new Event('online'));
    }
}

export interface Call {
    method: string;
    path: string;
    query: URLSearchParams;
    init: RequestInit;
}

type Answer = Response | Error;

export const baseUrl = 'https://auth.example.com/api/auth';

/** Answers by the path's last part; each answer is made anew for each request. */
export class FakeBackend {
    readonly calls: Call[] = [];
    answers: Record<string, (call: Call) => Answer | Promise<Answer>> = {
        refresh: () => failure(401, 'session.missing'),
        logout: () => new Response('', { status: 200 }),
        flow: () => json({ status: 'gone' }),
    };

    async fetch(url: string, init: RequestInit): Promise<Response> {
        const { pathname, searchParams } = new URL(url);
        const call = { method: init.method ?? 'GET', path: pathname.split('/').at(-1)!, query: searchParams, init };
        this.calls.push(call);
        const aborted = new Promise<never>((_, reject) => {
            init.signal?.addEventListener('abort', () => reject(init.signal!.reason));
        });
        const answer = await Promise.race([this.answers[call.path]!(call), aborted]);
        if (init.signal?.aborted) throw init.signal.reason;
        if (answer instanceof Error) throw answer;
        return answer;
    }

    count(path: string): number {
        return this.calls.filter((call) => call.path === path).length;
    }
}

export function json(body: unknown, headers: Record<string, string> = {}): Response {
    return Response.json(body, { headers });
}

export function failure(status: number, code: string, headers: Record<string, string> = {}): Response {
    return Response.json({ error: { name: 'Error', message: `told ${code}`, code } }, { status, headers });
}

let tokens = 0;

/** What a login or refresh brings; every one has another token. */
export function response(scope = 'openid profile email', expiresInSeconds: number | string = 3600) {
    return {
        profile: { displayName: 'Alice', email: 'alice@example.com' },
        providerInfo: { accessToken: `token-${++tokens}`, idToken: 'id-token', scope, expiresInSeconds },
    };
}
