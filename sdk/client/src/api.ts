// The types of the public API.

import type { Observable } from './observable.js';
import type { PopupSize } from './popup.js';
import type { Scopes, ScopeTransform } from './scopes.js';
import type { Identity, Profile, SessionState } from './session.js';
import type { Browser } from './browser.js';

export type Flow = 'popup' | 'redirect';

export interface StagedoorOptions {
    /** The backend's base URL, `https://auth.example.com/api/auth`. */
    baseUrl: string;
    /** The environment of all providers that do not name their own; `development`, as in Backstage. */
    environment?: string;
    /** How users log in: in a popup, or by leaving the page; default `popup`. */
    flow?: Flow;
    /** What happens when a popup is blocked and no button in a dialog can open it; default `none`: an error. */
    blockedFallback?: 'redirect' | 'none';
    fetch?: typeof fetch;
    /** Other parts of the browser, for tests. */
    browser?: Partial<Browser>;
}

export interface ProviderOptions {
    /** The key in `auth.providers`. */
    id?: string;
    title?: string;
    /** The address of a picture for the login dialog. */
    icon?: string;
    environment?: string;
    /** Asked for at every login. */
    defaultScopes?: string[];
    /** Makes the provider's form of scopes from those that an app writes. */
    scopeTransform?: ScopeTransform;
    flow?: Flow;
    popup?: PopupSize;
}

export interface ProviderInfo {
    readonly id: string;
    readonly title: string;
    readonly icon: string | undefined;
    readonly environment: string;
}

export interface LoginOptions {
    /** A window that the app has opened in a click; it is closed in the end, also if no login was needed. */
    popup?: Window | undefined;
    flow?: Flow | undefined;
    /** Lets the user choose the account, also when there is a session. */
    selectAccount?: boolean | undefined;
    signal?: AbortSignal | undefined;
}

export interface AuthOptions extends LoginOptions {
    /** Never asks the user: without a session the answer is empty. */
    optional?: boolean | undefined;
    /** Opens the popup at once instead of queueing a request. Only in a click. */
    instantPopup?: boolean | undefined;
}

/** One provider: tokens, the user, and the session. */
export interface AuthApi {
    readonly provider: ProviderInfo;
    /** An access token with these scopes; empty if it is optional and there is none. */
    getAccessToken(scopes?: Scopes, options?: AuthOptions): Promise<string>;
    /** An ID token; empty if it is optional and there is none, or if the provider has none. */
    getIdToken(options?: AuthOptions): Promise<string>;
    getProfile(options?: AuthOptions): Promise<Profile | undefined>;
    getIdentity(options?: AuthOptions): Promise<Identity | undefined>;
    signIn(options?: AuthOptions): Promise<void>;
    /** Ends the session, in all tabs. */
    signOut(): Promise<void>;
    readonly session: Observable<SessionState>;
}

/** A login that an app waits for, for a dialog to show. */
export interface PendingRequest {
    readonly provider: ProviderInfo;
    readonly scopes: string[];
    /** The popup was blocked: show a button that calls `trigger`. */
    readonly blocked: boolean;
    /** Starts the login. To be called in a click. */
    trigger(options?: LoginOptions): Promise<void>;
    reject(): void;
}
