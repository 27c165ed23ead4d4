import type { Browser } from './browser.js';
import {
    ConfigurationError,
    DeniedError,
    OriginNotAllowedError,
    RetryableError,
    SessionEndedError,
    type StagedoorError,
} from './errors.js';
import type { AuthorizationResponse } from './session.js';

// Longer than the backend waits for a provider; a request that is older than this has lost its answer.
const requestTimeout = 30_000;

/** An error as the backend tells it, in an answer or in the message of a login. */
export interface ToldError {
    name?: string;
    message?: string;
    code?: string;
    cause?: ToldError;
}

/** The message that a login ends with. */
export interface LoginMessage {
    type: string;
    response?: AuthorizationResponse;
    error?: ToldError;
}

export interface FlowAnswer {
    /** `unknown`: the backend has no such endpoint, or does not let this page use it. */
    status: 'pending' | 'done' | 'gone' | 'unknown';
    message?: LoginMessage;
}

export type Query = Record<string, string>;

/** The code of the innermost cause says most. */
function reasonOf(error: ToldError | undefined): string | undefined {
    return (error?.cause && reasonOf(error.cause)) ?? error?.code;
}

/** The error class for what a login's message or an answer tells. */
export function toError(told: ToldError = {}): StagedoorError {
    const message = told.message ?? 'The login failed';
    const reason = reasonOf(told);
    if (reason === 'authorization.denied' || message.startsWith('Authentication rejected')) {
        return new DeniedError(message, reason);
    }
    if (reason === 'request.origin_not_allowed') return new OriginNotAllowedError(message);
    if (told.name === 'ServiceUnavailableError') return new RetryableError(message, undefined, reason);
    return new ConfigurationError(message, reason);
}

/** The endpoints of one provider in one environment (`docs/endpoints.md`). */
export class Backend {
    readonly origin: string;
    readonly #browser: Browser;
    readonly #provider: string;
    readonly #env: string;

    constructor(browser: Browser, baseUrl: string, provider: string, env: string) {
        this.#browser = browser;
        this.#provider = `${baseUrl.replace(/\/+$/, '')}/${encodeURIComponent(provider)}`;
        this.#env = env;
        const page = browser.window?.location.href;
        this.origin = new URL(this.#provider, page).origin;
    }

    url(path: string, query: Query = {}): string {
        return `${this.#provider}/${path}?${new URLSearchParams({ ...query, env: this.#env })}`;
    }

    /** A fresh session, or a {@link SessionEndedError}, which is the backend's verdict; see `docs/endpoints.md`. */
    async refresh(
        scopes: readonly string[],
        signal: AbortSignal,
    ): Promise<{ response: AuthorizationResponse; stale: boolean }> {
        const answer = await this.#call('refresh', { optional: '', scope: scopes.join(' ') }, 'GET', signal);
        const response = (await answer.json().catch(() => undefined)) as AuthorizationResponse | undefined;
        // Such as the page of a captive portal.
        if (!response?.providerInfo?.accessToken) throw new RetryableError('The answer is not a session');
        return { response, stale: answer.headers.get('stagedoor-stale') === '1' };
    }

    /** Where the browser has to go to end the session at the provider as well, if anywhere. */
    async logout(): Promise<string | undefined> {
        const answer = await this.#call('logout', {}, 'POST');
        const body = (await answer.json().catch(() => undefined)) as { logoutUrl?: string } | undefined;
        const url = body?.logoutUrl ?? '';
        return /^https:\/\/|^http:\/\/localhost(:\d+)?(\/|$)/.test(url) ? url : undefined;
    }

    /** Asks for the result of the login with this channel, and waits for it for up to `wait` seconds. */
    async flow(channel: string, wait: number, signal: AbortSignal): Promise<FlowAnswer> {
        try {
            const answer = await this.#call('flow', { channel, wait: String(wait) }, 'GET', signal);
            return (await answer.json()) as FlowAnswer;
        } catch (error) {
            if (error instanceof RetryableError || signal.aborted) throw error;
            return { status: 'unknown' };
        }
    }

    async #call(path: string, query: Query, method = 'GET', ...signals: AbortSignal[]): Promise<Response> {
        let answer: Response;
        try {
            answer = await this.#browser.fetch(this.url(path, query), {
                method,
                signal: AbortSignal.any([AbortSignal.timeout(requestTimeout), ...signals]),
                headers: { 'X-Requested-With': 'XMLHttpRequest' },
                credentials: 'include',
            });
        } catch (error) {
            // Scripts can't tell an unreachable server from one whose CORS answer refuses them.
            throw new RetryableError('The auth backend gave no answer', undefined, undefined, error);
        }
        if (!answer.ok) throw await failure(answer);
        return answer;
    }
}

async function failure(answer: Response): Promise<StagedoorError> {
    const body = (await answer.json().catch(() => undefined)) as { error?: ToldError } | undefined;
    const told: ToldError = { message: `The auth backend answered ${answer.status}`, ...body?.error };
    const reason = reasonOf(told);
    // A 401 without an error is not the backend's own word; something in front of it has spoken.
    const { status } = answer;
    if (status >= 500 || status === 429 || status === 408 || (status === 401 && !body?.error)) {
        // In seconds; a date, which the backend does not send, counts as none.
        const retryAfter = Number(answer.headers.get('retry-after')) * 1000 || undefined;
        return new RetryableError(told.message!, retryAfter, reason);
    }
    return status === 401 && !reason?.startsWith('request.')
        ? new SessionEndedError(told.message, reason)
        : toError(told);
}
