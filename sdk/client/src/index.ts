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
} from './api';
export type { Browser } from './browser';
export type { AuthConnector, ConnectorOptions, ConnectorSession, OAuthRequestApi } from './connector';
export * from './errors';
export type { Observable, Observer, Subscription } from './observable';
export type { PopupSize } from './popup';
export type { Scopes, ScopeTransform } from './scopes';
export type { Identity, Profile, SessionState } from './session';
export { createStagedoor, type Stagedoor } from './stagedoor';
