import { abortable } from './browser.js';
import { RejectedError } from './errors.js';
import type { LoginOptions, PendingRequest, ProviderInfo } from './api.js';
import { State } from './observable.js';
import { union } from './scopes.js';
import type { Session } from './session.js';

interface Waiting {
    readonly scopes: readonly string[];
    resolve(session: Session): void;
    reject(error: unknown): void;
}

type LogIn = (scopes: string[], options: LoginOptions) => Promise<Session>;

/** The calls of one provider that wait for a login, shown to the user as one request. */
export class LoginQueue {
    readonly #provider: ProviderInfo;
    readonly #requests: State<PendingRequest[]>;
    readonly #logIn: LogIn;
    readonly #waiting = new Set<Waiting>();
    #shown: PendingRequest | undefined;
    #attempt: AbortController | undefined;

    constructor(provider: ProviderInfo, requests: State<PendingRequest[]>, logIn: LogIn) {
        this.#provider = provider;
        this.#requests = requests;
        this.#logIn = logIn;
    }

    /** Waits until the user has logged in for these scopes, or has turned that down. */
    async wait(scopes: readonly string[], blocked: boolean, signal: AbortSignal | undefined): Promise<Session> {
        let waiting: Waiting | undefined;
        const session = new Promise<Session>((resolve, reject) => {
            waiting = { scopes, resolve, reject };
            this.#waiting.add(waiting);
        });
        this.#show(blocked || !!this.#shown?.blocked);
        try {
            return await abortable(session, signal);
        } finally {
            // Still there: the caller has given up.
            if (this.#waiting.delete(waiting!)) {
                this.#show(!!this.#shown?.blocked);
                if (!this.#shown) this.#attempt?.abort(signal?.reason);
            }
        }
    }

    /** Ends the waits for what has come in another way, such as a login in another tab. */
    settle(find: (scopes: readonly string[]) => Session | undefined): void {
        const before = this.#waiting.size;
        for (const waiting of this.#waiting) {
            const session = find(waiting.scopes);
            if (session && this.#waiting.delete(waiting)) waiting.resolve(session);
        }
        if (this.#waiting.size < before) this.#show(false);
    }

    #show(blocked: boolean): void {
        const before = this.#shown;
        const all = [...this.#requests.getSnapshot()];
        const at = before ? all.indexOf(before) : all.length;
        this.#shown = this.#waiting.size ? this.#request(blocked) : undefined;
        // In its place, so that no row of a dialog jumps.
        all.splice(at, 1, ...(this.#shown ? [this.#shown] : []));
        this.#requests.set(all);
    }

    #request(blocked: boolean): PendingRequest {
        return {
            provider: this.#provider,
            scopes: union(...[...this.#waiting].map(({ scopes }) => scopes)),
            blocked,
            trigger: (options = {}) => this.#trigger(options),
            reject: () => {
                for (const waiting of this.#waiting) waiting.reject(new RejectedError());
                this.#waiting.clear();
                this.#show(false);
                this.#attempt?.abort(new RejectedError());
            },
        };
    }

    // Nothing is awaited before #logIn, which opens the popup.
    async #trigger(options: LoginOptions): Promise<void> {
        // A window that is forgotten somewhere behind does not keep the user from trying again.
        this.#attempt?.abort(new RejectedError());
        const attempt = (this.#attempt = new AbortController());
        const served = [...this.#waiting];
        const scopes = union(...served.map((waiting) => waiting.scopes));
        try {
            const session = await this.#logIn(scopes, { ...options, signal: attempt.signal });
            // The login was for these calls, also if the user has granted less.
            for (const waiting of served) {
                if (this.#waiting.delete(waiting)) waiting.resolve(session);
            }
            this.#show(false);
        } catch (error) {
            const blocked = (error as { code?: string }).code === 'popup_blocked';
            if (blocked && this.#shown) this.#show(true);
            throw error;
        }
    }
}
