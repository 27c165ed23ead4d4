import type { LoginOptions } from './api.js';
import type { Backend } from './backend.js';
import { abortable, sleep, type Browser } from './browser.js';
import { RetryableError, SessionEndedError } from './errors.js';
import { State } from './observable.js';
import { covers, union, type ScopeTransform } from './scopes.js';
import { renewalSpan, toSession, type AuthorizationResponse, type Session, type SessionState } from './session.js';
import { Tabs, type TabMessage } from './tabs.js';

// How long siblings have to answer; a tab alone waits this long once for each request to the backend.
const siblingPatience = 100;
// Timers stand still while a machine sleeps, so the clock is looked at again this often.
// A caller is not kept waiting for longer either.
const longestTimer = 30_000;
const tries = 4;

// An answer about the scopes that were asked for says nothing about the session: refresh.scope_not_granted,
// token.invalid_scope.
const aboutScopes = /scope/;

const signedOut: SessionState = { status: 'signed-out' };

export interface Manager {
    readonly browser: Browser;
    readonly backend: Backend;
    /** What tabs share a session by. */
    readonly name: string;
    readonly defaultScopes: readonly string[];
    readonly scopeTransform: ScopeTransform;
    /** Opens nothing by itself; called with all scopes that the new session should have. */
    readonly authorize: (scopes: string[], options: LoginOptions) => Promise<AuthorizationResponse>;
}

/** The session of one provider in this tab: got, kept fresh, shared with the other tabs, ended. */
export class SessionManager {
    readonly state = new State<SessionState>(signedOut);
    readonly #parts: Manager;
    readonly tabs: Tabs;
    readonly #closing = new AbortController();
    #session?: Session | undefined;
    #running: { scopes: readonly string[]; outcome: Promise<Session | undefined> } | undefined;
    #endedAt = 0;
    /** Aborted at the end of the session, and made anew. */
    #ending = new AbortController();
    #failures = 0;
    #renewAt = Infinity;
    #timer: ReturnType<typeof setTimeout> | undefined;

    constructor(parts: Manager) {
        this.#parts = parts;
        this.tabs = new Tabs(parts.browser, parts.name, (message) => this.#hear(message));
        this.tabs.post({ type: 'hello' });
        const wake = ({ type }: Event): void => {
            if (type === 'online' && this.#failures) this.#renewAt = Date.now();
            this.#tick();
        };
        for (const type of ['visibilitychange', 'pageshow', 'online']) {
            parts.browser.window?.addEventListener(type, wake, { signal: this.#closing.signal });
        }
    }

    /** The session, if it covers the scopes and needs no renewal yet. */
    fresh(scopes: readonly string[]): Session | undefined {
        const session = this.#alive(scopes);
        // After a failure, the next try has its time.
        const until = session && (this.#failures ? this.#renewAt : session.endsAt - renewalSpan(session));
        return until && Date.now() < until ? session : undefined;
    }

    /**
     * A session that covers the scopes, without asking the user: the present one, that of another tab, or one from the
     * backend. `undefined` if only a login can bring it. Tries again after failures, unless `once`.
     */
    async obtain(
        scopes: readonly string[],
        signal: AbortSignal | undefined,
        once: boolean,
    ): Promise<Session | undefined> {
        for (let attempt = 1; ; attempt++) {
            const fresh = this.fresh(scopes);
            if (fresh) return fresh;
            try {
                const session = await abortable(this.#renew(scopes), signal);
                return session && covers(session.scopes, scopes) ? session : undefined;
            } catch (error) {
                if (!(error instanceof RetryableError)) throw error;
                const old = this.#alive(scopes);
                if (old) return old;
                const wait = error.retryAfter ?? backoff(attempt);
                if (once || attempt === tries || wait > longestTimer) throw error;
                await abortable(sleep(wait), signal);
            }
        }
    }

    /** A session from a login of the user, or one that covers the scopes and comes from another tab meanwhile. */
    async logIn(scopes: readonly string[], options: LoginOptions): Promise<Session> {
        const { defaultScopes, scopeTransform, authorize } = this.#parts;
        const over = new AbortController();
        const both = AbortSignal.any([over.signal, ...(options.signal ? [options.signal] : [])]);
        const wanted = union(defaultScopes, this.#session?.scopes, scopes);
        const login = authorize(wanted, { ...options, signal: both }).then((response) =>
            this.#accept(toSession(response, scopeTransform), true),
        );
        if (options.selectAccount) return login;
        try {
            return await Promise.race([login, this.#arrival(scopes, over.signal)]);
        } finally {
            over.abort(new SessionEndedError());
        }
    }

    /** Forgets the session here and in the other tabs. */
    forget(): void {
        this.#end();
        this.tabs.post({ type: 'ended', at: this.#endedAt });
    }

    close(): void {
        clearTimeout(this.#timer);
        this.#closing.abort();
        this.tabs.close();
    }

    #alive(scopes: readonly string[]): Session | undefined {
        const session = this.#session;
        return session && Date.now() < session.endsAt && covers(session.scopes, scopes) ? session : undefined;
    }

    /** Resolves when a session comes that covers the scopes; never if `over` is aborted before. */
    #arrival(scopes: readonly string[], over: AbortSignal): Promise<Session> {
        return new Promise((resolve) => {
            const stop = this.state.listen(() => {
                const session = this.fresh(scopes);
                if (session) resolve(session);
            });
            over.addEventListener('abort', stop);
        });
    }

    /** Joins the renewal that is under way if it asks for these scopes too, else starts one. */
    async #renew(scopes: readonly string[]): Promise<Session | undefined> {
        while (this.#running && !covers(this.#running.scopes, scopes)) {
            await this.#running.outcome.catch(() => undefined);
            const session = this.fresh(scopes);
            if (session) return session;
        }
        if (!this.#running) {
            const wanted = union(this.#parts.defaultScopes, this.#session?.scopes, scopes);
            const outcome = this.#exchange(wanted, scopes).finally(() => (this.#running = undefined));
            this.#running = { scopes: wanted, outcome };
        }
        return this.#running.outcome;
    }

    #exchange(wanted: string[], scopes: readonly string[]): Promise<Session | undefined> {
        const ending = this.#ending;
        return this.tabs.exclusive(async () => {
            // While this tab waited for its turn, another one may have asked already.
            const handed = await this.#handed(scopes);
            if (handed || ending.signal.aborted) return handed;
            const before = this.#session;
            const overtaken = (): boolean => this.#session !== before || ending.signal.aborted;
            try {
                const { response, stale } = await this.#parts.backend.refresh(wanted, ending.signal);
                // The user has signed out, or in again, while this answer was on its way.
                if (overtaken()) return this.fresh(scopes);
                const session = toSession(response, this.#parts.scopeTransform, stale);
                // A provider may answer with fewer scopes; what is good for longer is not given up for that.
                const narrower = before && !covers(session.scopes, before.scopes) && this.fresh(before.scopes);
                return narrower ? session : this.#accept(session, true);
            } catch (error) {
                if (overtaken()) return this.fresh(scopes);
                if (!(error instanceof SessionEndedError)) throw this.#failed(error);
                // A verdict ends the session, unless it is about scopes beyond those that the session has.
                const own = union(this.#parts.defaultScopes, before?.scopes);
                if (covers(own, wanted) && !aboutScopes.test(error.reason ?? '')) this.forget();
                return undefined;
            }
        });
    }

    /** A session of another tab, if one has it and answers soon. */
    async #handed(scopes: readonly string[]): Promise<Session | undefined> {
        const fresh = this.fresh(scopes);
        if (fresh || !this.tabs.post({ type: 'hello' })) return fresh;
        const over = new AbortController();
        await Promise.race([this.#arrival(scopes, over.signal), sleep(siblingPatience)]);
        over.abort();
        return this.fresh(scopes);
    }

    #hear(message: TabMessage): void {
        if (message.type === 'hello') {
            if (this.fresh([])) this.#share();
        } else if (message.type === 'session') {
            // An older answer never replaces a newer one, and none comes back after its end.
            const since = this.#session?.receivedAt ?? this.#endedAt;
            if (message.session.receivedAt > since) this.#accept(message.session);
        } else if (!(this.#session && this.#session.receivedAt > message.at)) {
            this.#end(message.at);
        }
    }

    #share(): void {
        if (this.#session) this.tabs.post({ type: 'session', session: this.#session });
    }

    #accept(session: Session, share = false): Session {
        const now = Date.now();
        this.#session = session;
        this.#failures = session.stale ? this.#failures + 1 : 0;
        // At a random moment, so that neither tabs nor users ask all at once.
        const usual = session.endsAt - renewalSpan(session) * (0.1 + 0.9 * Math.random());
        this.#renewAt = session.stale ? now + backoff(this.#failures) : Math.max(usual, now + 1000);
        this.#publish();
        this.#tick();
        if (share) this.#share();
        return session;
    }

    #failed(error: unknown): unknown {
        this.#failures++;
        this.#renewAt = Date.now() + ((error as RetryableError).retryAfter ?? backoff(this.#failures));
        if (this.#session && this.#failures === 1) this.#publish();
        this.#tick();
        return error;
    }

    #end(at = Date.now()): void {
        this.#session = undefined;
        this.#endedAt = at;
        this.#ending.abort();
        this.#ending = new AbortController();
        this.#failures = 0;
        clearTimeout(this.#timer);
        if (this.state.getSnapshot() !== signedOut) this.state.set(signedOut);
    }

    #publish(): void {
        const { profile, scopes, expiresAt, stale } = this.#session!;
        this.state.set({
            status: 'signed-in',
            profile,
            scopes: [...scopes],
            ...(expiresAt && { expiresAt: new Date(expiresAt) }),
            stale: stale || this.#failures > 0,
        });
    }

    /** Renews when the time has come; until then, looks at the clock again later. */
    #tick(): void {
        clearTimeout(this.#timer);
        if (!this.#session || this.#closing.signal.aborted || this.#renewAt === Infinity) return;
        const wait = this.#renewAt - Date.now();
        if (wait > 0) this.#timer = setTimeout(() => this.#tick(), Math.min(wait, longestTimer));
        else void this.#renew([]).catch(() => {});
    }
}

/** Doubles from a second up to a minute, half of it random. */
function backoff(attempt: number): number {
    return Math.min(1000 * 2 ** (attempt - 1), 60_000) * (0.5 + Math.random() / 2);
}
