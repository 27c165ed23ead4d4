import type {
    AuthApi,
    AuthOptions,
    Flow,
    LoginOptions,
    PendingRequest,
    ProviderInfo,
    ProviderOptions,
    StagedoorOptions,
} from './api.js';
import { Backend } from './backend.js';
import type { Browser } from './browser.js';
import { ConfigurationError, PopupBlockedError, RetryableError } from './errors.js';
import { LoginQueue } from './loginQueue.js';
import type { Observable, State } from './observable.js';
import { logInWithPopup, openPopup } from './popup.js';
import type { ProviderFacts } from './providers.js';
import { loginByRedirect } from './redirect.js';
import { splitScopes, type Scopes } from './scopes.js';
import type { AuthorizationResponse, Identity, Profile, Session, SessionState } from './session.js';
import { SessionManager } from './sessionManager.js';

/** What a provider needs of the {@link Stagedoor} that it belongs to. */
export interface House {
    readonly browser: Browser;
    readonly options: StagedoorOptions;
    readonly requests: State<PendingRequest[]>;
}

interface Desk {
    readonly manager: SessionManager;
    readonly queue: LoginQueue;
}

/** One provider in one environment. */
export class Provider implements AuthApi {
    readonly provider: ProviderInfo;
    readonly session: Observable<SessionState>;
    readonly #house: House;
    readonly #facts: ProviderFacts;
    readonly #options: ProviderOptions;
    readonly #backend: Backend;
    /** One session for each resource, where tokens are for one resource; `''` is the usual one. */
    readonly #desks = new Map<string, Desk>();
    readonly #home: string;

    constructor(house: House, id: string, facts: ProviderFacts, options: ProviderOptions) {
        this.#house = house;
        this.#facts = facts;
        this.#options = options;
        const environment = options.environment ?? house.options.environment ?? 'development';
        this.provider = { id, title: options.title ?? facts.title, icon: options.icon, environment };
        this.#backend = new Backend(house.browser, house.options.baseUrl, id, environment);
        this.#home = facts.resourceOf?.('') ?? '';
        this.session = this.#desk(this.#home).manager.state;
    }

    async getAccessToken(scopes?: Scopes, options: AuthOptions = {}): Promise<string> {
        return (await this.get(splitScopes(scopes), options))?.accessToken ?? '';
    }

    async getIdToken(options: AuthOptions = {}): Promise<string> {
        return (await this.get(this.#isOpenId ? ['openid'] : [], options))?.idToken ?? '';
    }

    async getProfile(options: AuthOptions = {}): Promise<Profile | undefined> {
        return (await this.get([], options))?.profile;
    }

    async getIdentity(options: AuthOptions = {}): Promise<Identity | undefined> {
        return (await this.get([], options))?.identity;
    }

    async signIn(options: AuthOptions = {}): Promise<void> {
        await this.get([], options);
    }

    async signOut(): Promise<void> {
        // First in the line: who sees that the session is gone may ask for another one at once.
        const logout = this.#desk(this.#home).manager.tabs.exclusive(() => this.#backend.logout());
        for (const { manager } of this.#desks.values()) manager.forget();
        const elsewhere = await logout;
        if (elsewhere) return this.#house.browser.window!.location.assign(elsewhere);
    }

    /** The session that covers the scopes. Opens a popup, where it does, before anything is awaited. */
    async get(asked: string[], options: AuthOptions): Promise<Session | undefined> {
        const { signal, optional, selectAccount } = options;
        signal?.throwIfAborted();
        const { scopes, desk } = this.#deskFor(asked);
        let session = selectAccount ? undefined : desk.manager.fresh(scopes);
        const instant = !session && !optional && !!(options.instantPopup || options.popup);
        const inPopup = this.#flowOf(options) === 'popup';
        const popup = instant && inPopup ? this.#open(options) : options.popup;
        if (!session && !selectAccount) {
            try {
                session = await desk.manager.obtain(scopes, signal, instant);
            } catch (error) {
                // Who waits in front of an open window is better served by the login itself.
                if (!instant || signal?.aborted || !(error instanceof RetryableError)) {
                    popup?.close();
                    throw error;
                }
            }
        }
        if (session || optional) {
            popup?.close();
            return session;
        }
        // A blocked popup becomes a button in a dialog, if there is one.
        const blocked = instant && inPopup && !popup;
        if (!instant || (blocked && this.#house.requests.observed)) return desk.queue.wait(scopes, blocked, signal);
        return desk.manager.logIn(scopes, { ...options, popup });
    }

    /** A login without regard to a session that there may be. */
    logIn(asked: string[], options: LoginOptions): Promise<Session> {
        const { scopes, desk } = this.#deskFor(asked);
        return desk.manager.logIn(scopes, options);
    }

    close(): void {
        for (const { manager } of this.#desks.values()) manager.close();
    }

    get #isOpenId(): boolean {
        return (this.#options.defaultScopes ?? this.#facts.defaultScopes ?? []).includes('openid');
    }

    #flowOf(options: LoginOptions): Flow {
        return options.flow ?? this.#options.flow ?? this.#house.options.flow ?? 'popup';
    }

    #open(options: LoginOptions): Window | undefined {
        return options.popup ?? openPopup(this.#house.browser.window!, this.#options.popup);
    }

    #deskFor(asked: string[]): { scopes: string[]; desk: Desk } {
        const resources = new Set(asked.map((scope) => this.#facts.resourceOf?.(scope)).filter(Boolean));
        if (resources.size > 1) {
            const text = `One access token can't be for several resources: ${[...resources].join(', ')}`;
            throw new ConfigurationError(text);
        }
        const [resource = this.#home] = resources;
        return { scopes: asked.length ? this.#transform(asked) : [], desk: this.#desk(resource) };
    }

    #transform = (scopes: string[]): string[] =>
        [...new Set((this.#options.scopeTransform ?? this.#facts.scopeTransform)?.(scopes) ?? scopes)];

    #desk(resource: string): Desk {
        const known = this.#desks.get(resource);
        if (known) return known;
        const { id, environment } = this.provider;
        const { browser, options, requests } = this.#house;
        const usual = this.#options.defaultScopes ?? this.#facts.defaultScopes ?? [];
        const manager: SessionManager = new SessionManager({
            browser,
            backend: this.#backend,
            name: [options.baseUrl, id, environment, resource].join(' '),
            defaultScopes: resource === this.#home ? usual : [],
            scopeTransform: this.#transform,
            authorize: (scopes, how) => this.#authorize(scopes, how),
        });
        const queue = new LoginQueue(this.provider, requests, (scopes, how) => manager.logIn(scopes, how));
        manager.state.listen(() => queue.settle((scopes) => manager.fresh(scopes)));
        const desk = { manager, queue };
        this.#desks.set(resource, desk);
        return desk;
    }

    async #authorize(scopes: string[], options: LoginOptions): Promise<AuthorizationResponse> {
        const { browser, options: house } = this.#house;
        const query = {
            scope: scopes.join(' '),
            origin: browser.window!.location.origin,
            ...(options.selectAccount && { selectAccount: 'true' }),
        };
        if (this.#flowOf(options) === 'popup') {
            const popup = this.#open(options);
            if (popup) return logInWithPopup(browser, this.#backend, popup, query, options.signal);
            if (house.blockedFallback !== 'redirect') throw new PopupBlockedError();
        }
        return loginByRedirect(browser, this.#backend, query);
    }
}
