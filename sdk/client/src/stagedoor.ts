import type { AuthApi, PendingRequest, ProviderOptions, StagedoorOptions } from './api.js';
import { Provider } from './authApi.js';
import { theBrowser } from './browser.js';
import { makeConnector, type AuthConnector, type ConnectorOptions } from './connector.js';
import type { StagedoorError } from './errors.js';
import { State, type Observable } from './observable.js';
import { providers } from './providers.js';
import { redirectError } from './redirect.js';

/**
 * The providers of one backend. Calling a provider again with the same id and environment gives the same object;
 * the options of the first call count.
 */
export interface Stagedoor {
    google(options?: ProviderOptions): AuthApi;
    github(options?: ProviderOptions): AuthApi;
    gitlab(options?: ProviderOptions): AuthApi;
    microsoft(options?: ProviderOptions): AuthApi;
    okta(options?: ProviderOptions): AuthApi;
    onelogin(options?: ProviderOptions): AuthApi;
    bitbucket(options?: ProviderOptions): AuthApi;
    bitbucketServer(options?: ProviderOptions): AuthApi;
    atlassian(options?: ProviderOptions): AuthApi;
    auth0(options?: ProviderOptions): AuthApi;
    openshift(options?: ProviderOptions): AuthApi;
    vmwareCloudServices(options?: ProviderOptions): AuthApi;
    /** Any OAuth 2.0 provider. */
    oauth2(options?: ProviderOptions): AuthApi;
    /** Any OpenID Connect provider. */
    oidc(options?: ProviderOptions): AuthApi;
    /** The logins that the app waits for, of all providers. */
    readonly requests: Observable<PendingRequest[]>;
    /** A provider in the shape that Backstage's `OAuth2.create({ authConnector })` takes. */
    connector(id: string, options?: ConnectorOptions): AuthConnector;
    /** The error that a login by redirect has ended with, once; it is taken out of the page's address. */
    redirectError(): StagedoorError | undefined;
    /** Stops all timers and listeners. */
    close(): void;
}

type Kind = keyof typeof providers;

export function createStagedoor(options: StagedoorOptions): Stagedoor {
    const browser = theBrowser({ ...options.browser, ...(options.fetch && { fetch: options.fetch }) });
    const requests = new State<PendingRequest[]>([]);
    const house = { browser, options, requests };
    const known = new Map<string, Provider>();

    const provider = (kind: string, own: ProviderOptions = {}): Provider => {
        const id = own.id ?? kind;
        const key = `${id} ${own.environment ?? ''}`;
        const facts = providers[kind as Kind] ?? { title: id };
        const made = known.get(key) ?? new Provider(house, id, facts, own);
        known.set(key, made);
        return made;
    };
    const methods = {} as Record<Kind, (own?: ProviderOptions) => AuthApi>;
    for (const kind of Object.keys(providers) as Kind[]) methods[kind] = (own) => provider(kind, own);
    return {
        ...methods,
        requests,
        connector: (id, own = {}) => makeConnector(provider(id, own), own),
        redirectError: () => redirectError(browser),
        close: () => {
            for (const one of known.values()) one.close();
        },
    };
}
