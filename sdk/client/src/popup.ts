// The result of a login in a popup reaches the page in three ways: by postMessage from the popup, by a BroadcastChannel
// where page and backend have one origin, and by asking the backend. The first one counts. A
// Cross-Origin-Opener-Policy of the page or of the provider cuts the first, and shows the popup as closed.

import { toError, type Backend, type LoginMessage, type Query } from './backend.js';
import { abortable, sleep, type Browser } from './browser.js';
import { OriginNotAllowedError, PopupClosedError } from './errors.js';
import type { AuthorizationResponse } from './session.js';

export interface PopupSize {
    width?: number;
    height?: number;
}

// The backend's limit for a login.
const loginLifetime = 600_000;
// A popup that an opener policy has cut off shows as closed this soon after its navigation, or never.
const severedWithin = 120;
// How long after a popup has closed the backend is asked for a result, twice: one may be on its way.
const looks = [300, 900];
const tick = 100;
const longPollSeconds = 20;

interface Login {
    readonly page: Window;
    readonly backend: Backend;
    readonly popup: Window;
    readonly channel: string;
    /** Aborted as soon as the login is over, one way or another. */
    readonly over: AbortSignal;
    resolve(message: LoginMessage): void;
    reject(error: unknown): void;
}

/** Opens an empty popup; `undefined` if the browser blocks it. To be called in a click, before anything is awaited. */
export function openPopup(page: Window, { width = 450, height = 730 }: PopupSize = {}): Window | undefined {
    const left = page.screenX + (page.outerWidth - width) / 2;
    const top = page.screenY + (page.outerHeight - height) / 2;
    const features = `popup,width=${width},height=${height},left=${left},top=${top}`;
    const popup = page.open('about:blank', '_blank', features);
    return popup?.closed === false ? popup : undefined;
}

/** Sends an open popup to the login and waits for the result. The popup is closed in any case. */
export async function logInWithPopup(
    browser: Browser,
    backend: Backend,
    popup: Window,
    query: Query,
    signal: AbortSignal | undefined,
): Promise<AuthorizationResponse> {
    const page = browser.window!;
    const end = new AbortController();
    const channel = newChannel();
    try {
        const result = new Promise<LoginMessage>((resolve, reject) => {
            const login: Login = { page, backend, popup, channel, over: end.signal, resolve, reject };
            listen(login, browser);
            const address = addressOf(popup);
            // Replaced, so that there is no way back to an empty page and the popup may close itself.
            popup.location.replace(backend.url('start', { ...query, channel, flow: 'popup' }));
            void collect(login);
            void watch(login, address);
        });
        const { error, response } = await abortable(result, signal);
        if (!response) throw toError(error);
        return response;
    } finally {
        end.abort();
        popup.close();
    }
}

function newChannel(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(18));
    return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_');
}

/** By messages: of the popup's page, which must be at the backend's origin, and of its BroadcastChannel. */
function listen({ page, backend, popup, channel, over, resolve, reject }: Login, { BroadcastChannel }: Browser): void {
    const receive = ({ data }: MessageEvent): void => {
        if (data?.type === 'authorization_response') resolve(data);
        // The result goes to that origin only, so it will never come here.
        if (data?.type === 'config_info' && data.targetOrigin !== page.location.origin) {
            const text = `Login failed, incorrect app origin, expected ${data.targetOrigin}`;
            reject(new OriginNotAllowedError(text, data.targetOrigin));
        }
    };
    const receivePosted = (event: MessageEvent): void => {
        if (event.source === popup && event.origin === backend.origin) receive(event);
    };
    page.addEventListener('message', receivePosted, { signal: over });
    const receiver = BroadcastChannel && new BroadcastChannel(`stagedoor:${channel}`);
    receiver?.addEventListener('message', receive);
    over.addEventListener('abort', () => receiver?.close());
}

/** From the backend, by long polls, until it knows that there will be no result. */
async function collect({ backend, channel, over, resolve, reject }: Login): Promise<void> {
    const start = Date.now();
    let known = false;
    for (let pause = 500; ; pause = known ? 500 : Math.min(pause * 1.5, 5000)) {
        await sleep(pause);
        if (over.aborted) return;
        const answer = await backend.flow(channel, longPollSeconds, over).catch(() => undefined);
        const status = answer?.status;
        if (status === 'unknown') return;
        if (status === 'done') return resolve(answer!.message!);
        // Before the answer to /start has set the flow's cookie, a flow is as unknown as one that is over.
        if ((status === 'gone' && known) || Date.now() - start > loginLifetime) return reject(new PopupClosedError());
        known ||= status === 'pending';
    }
}

/**
 * Rejects when the popup is closed. `closed` alone does not say so: it is true as well for a popup that lives on behind an
 * opener policy. If it became true the moment the popup left `address`, it is such a policy, and the backend is
 * believed as long as it says that the login is under way. Later it is the user, or the policy of a later page; the
 * user is who brings the focus back to this page.
 */
async function watch({ page, backend, popup, channel, over, resolve, reject }: Login, address?: string): Promise<void> {
    let left = 0;
    let severed = true;
    while (!popup.closed && !over.aborted) {
        if (!left && addressOf(popup) !== address) left = Date.now();
        if (left && Date.now() - left >= severedWithin) severed = false;
        await sleep(tick);
    }
    // Two looks: a result may be on its way.
    for (const wait of looks) {
        await sleep(wait);
        if (over.aborted) return;
        const answer = await backend.flow(channel, 0, over).catch(() => undefined);
        if (answer?.status === 'done') return resolve(answer.message!);
        // If it may live, the long polls will tell.
        const lives = !answer || answer.status === 'pending';
        if (wait !== looks[1] || (lives && severed)) continue;
        if (lives) await focus(page, over);
        reject(new PopupClosedError());
    }
}

function focus(page: Window, over: AbortSignal): Promise<void> {
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
