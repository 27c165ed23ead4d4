// The result of a login in a popup reaches the page in three ways: by postMessage from the popup, by a BroadcastChannel
// where page and backend have one origin, and by asking the backend. The first one counts. A
// Cross-Origin-Opener-Policy of the page or of the provider cuts the first, and shows the popup as closed.

import { toError, type Backend, type LoginMessage } from './backend';
import { abortable, sleep, type Browser } from './browser';
import { ConfigurationError, OriginNotAllowedError, PopupClosedError } from './errors';
import type { AuthorizationResponse } from './session';

export interface PopupSize {
    width?: number;
    height?: number;
}

// The backend's limit for a login.
const loginLifetime = 600_000;
// A popup that an opener policy has cut off shows as closed this soon after its navigation, or never.
const severedWithin = 300;
// How long after a popup has closed the backend is asked for a result, twice: one may be on its way.
const looks = [300, 1200];
const tick = 100;
const longPollSeconds = 20;

interface Login {
    readonly page: Window;
    readonly backend: Backend;
    readonly popup: Window;
    readonly channel: string;
    /** Aborted as soon as the login is over, one way or another. */
    readonly over: AbortSignal;
    /** The backend has said that it knows of this login. */
    known: boolean;
}

/** Opens an empty popup; `undefined` if the browser blocks it. To be called in a click, before anything is awaited. */
export function openPopup(page: Window, { width = 450, height = 730 }: PopupSize = {}): Window | undefined {
    const left = page.screenX + (page.outerWidth - width) / 2;
    const top = page.screenY + (page.outerHeight - height) / 2;
    const popup = page.open(
        'about:blank',
        '_blank',
        `popup,width=${width},height=${height},left=${Math.round(left)},top=${Math.round(top)}`,
    );
    return popup && popup.closed === false ? popup : undefined;
}

/** Sends an open popup to the login and waits for the result. The popup is closed in any case. */
export async function logInWithPopup(
    browser: Browser,
    backend: Backend,
    popup: Window,
    query: Record<string, string | undefined>,
    signal: AbortSignal | undefined,
): Promise<AuthorizationResponse> {
    const page = browser.window!;
    const over = new AbortController();
    const channel = newChannel();
    const login: Login = { page, backend, popup, channel, over: over.signal, known: false };
    try {
        const received = posted(login);
        const told = broadcast(login, browser);
        const address = addressOf(popup);
        // Replaced, so that there is no way back to an empty page and the popup may close itself.
        popup.location.replace(backend.url('start', { ...query, channel, flow: 'popup' }));
        const ways = [received, told, collected(login), watched(login, address), expired(over.signal)];
        const message = await abortable(Promise.race(ways), signal);
        if (message.error) throw toError(message.error);
        if (!message.response?.providerInfo) throw new ConfigurationError('The login brought no session');
        return message.response;
    } finally {
        over.abort();
        popup.close();
    }
}

function newChannel(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(18));
    return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_');
}

/** From the popup itself, which must be at the backend's origin. */
function posted({ page, backend, popup, over }: Login): Promise<LoginMessage> {
    return new Promise((resolve, reject) => {
        page.addEventListener(
            'message',
            ({ source, origin, data }: MessageEvent) => {
                if (source !== popup || origin !== backend.origin) return;
                if (data?.type === 'authorization_response') resolve(data);
                // The result goes to that origin only, so it will never come here.
                if (data?.type === 'config_info' && data.targetOrigin !== page.location.origin) {
                    const text = `Login failed, incorrect app origin, expected ${data.targetOrigin}`;
                    reject(new OriginNotAllowedError(text, data.targetOrigin));
                }
            },
            { signal: over },
        );
    });
}

function broadcast({ channel, over }: Login, { BroadcastChannel }: Browser): Promise<LoginMessage> {
    return new Promise((resolve) => {
        if (!BroadcastChannel) return;
        const receiver = new BroadcastChannel(`stagedoor:${channel}`);
        receiver.addEventListener('message', ({ data }) => data?.type === 'authorization_response' && resolve(data));
        over.addEventListener('abort', () => receiver.close());
    });
}

/** From the backend, by long polls. Settles with a result, or when the backend knows that there will be none. */
async function collected(login: Login): Promise<LoginMessage> {
    const { backend, channel, over } = login;
    for (let pause = 500; ; pause = login.known ? 500 : Math.min(pause * 1.5, 5000)) {
        await sleep(pause);
        // Nobody waits for a promise that never settles; the race is decided.
        if (over.aborted) return never();
        try {
            const { status, message } = await backend.flow(channel, longPollSeconds, over);
            if (status === 'done' && message) return message;
            if (status === 'unknown') return never();
            // Before the answer to /start has set the flow's cookie, a flow is as unknown as one that is over.
            if (status === 'gone' && login.known) throw new PopupClosedError();
            if (status === 'pending') login.known = true;
        } catch (error) {
            if (error instanceof PopupClosedError) throw error;
            pause = 3000;
        }
    }
}

/**
 * Rejects when the popup is closed. `closed` alone does not say so: it is true as well for a popup that lives on behind an
 * opener policy. If it became true the moment the popup left `address`, it is such a policy, and the backend is
 * believed as long as it says that the login is under way. Later it is the user, or the policy of a later page; the user is who
 * brings the focus back to this page.
 */
async function watched(login: Login, address: string | undefined): Promise<LoginMessage> {
    const { page, backend, popup, channel, over } = login;
    let left = 0;
    let severed = true;
    while (!popup.closed) {
        if (!left && addressOf(popup) !== address) left = Date.now();
        if (left && Date.now() - left >= severedWithin) severed = false;
        await sleep(tick);
        if (over.aborted) return never();
    }
    let waited = 0;
    for (let look = 0; ; look = Math.min(look + 1, looks.length - 1)) {
        await sleep(Math.max(looks[look]! - waited, tick));
        waited = looks[look]!;
        if (over.aborted) return never();
        const answer = await backend.flow(channel, 0, over).catch(() => undefined);
        if (answer?.status === 'done' && answer.message) return answer.message;
        if (answer?.status === 'pending') login.known = true;
        const last = look === looks.length - 1;
        const lives = !answer || answer.status === 'pending';
        if (last && (!lives || (!severed && page.document.hasFocus()))) throw new PopupClosedError();
        // The long polls will tell.
        if (last && severed) return never();
        if (last) await focused(page, over);
    }
}

function focused(page: Window, over: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
        if (page.document.hasFocus()) resolve();
        page.addEventListener('focus', () => resolve(), { signal: over });
    });
}

/** The address, or `undefined` if the popup shows a page of another origin. */
function addressOf(popup: Window): string | undefined {
    try {
        return popup.location.href;
    } catch {
        return undefined;
    }
}

function expired(over: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
        const timer = setTimeout(() => reject(new PopupClosedError()), loginLifetime);
        over.addEventListener('abort', () => clearTimeout(timer));
    });
}

function never(): Promise<never> {
    return new Promise(() => {});
}
