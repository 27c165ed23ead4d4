/**
 * Tokens for a single-page app from a Stagedoor backend.
 *
 * @module
 */
export type {
    AuthApi,
    AuthOptions,
    Flow,
    LoginOptions,
    PendingRequest,
    ProviderInfo,
    ProviderOptions,
    StagedoorOptions,
} from './api.js';
export type { Browser } from './browser.js';
export type { AuthConnector, ConnectorOptions, ConnectorSession, OAuthRequestApi } from './connector.js';
export * from './errors.js';
export type { Observable, Observer, Subscription } from './observable.js';
export type { PopupSize } from './popup.js';
export type { Scopes, ScopeTransform } from './scopes.js';
export type { Identity, Profile, SessionState } from './session.js';
export { createStagedoor, type Stagedoor } from './stagedoor.js';
