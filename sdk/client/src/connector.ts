import type { LoginOptions, ProviderOptions } from './api.js';
import type { Provider } from './authApi.js';
import { SessionEndedError } from './errors.js';
import type { Session } from './session.js';

/** A session in the shape of Backstage's `OAuth2Session`. */
export interface ConnectorSession {
    providerInfo: { idToken: string; accessToken: string; scopes: Set<string>; expiresAt?: Date };
    profile: { email?: string; displayName?: string; picture?: string };
    backstageIdentity?: {
        token: string;
        identity: { type: 'user'; userEntityRef: string; ownershipEntityRefs: string[] };
        expiresAt?: Date;
    };
}

/** Fits `authConnector` of Backstage's `OAuth2.create()`. */
export interface AuthConnector {
    createSession(options: { scopes: Set<string>; instantPopup?: boolean }): Promise<ConnectorSession>;
    refreshSession(options?: { scopes: Set<string> }): Promise<ConnectorSession>;
    removeSession(): Promise<void>;
}

/** The part of Backstage's `OAuthRequestApi` that shows a request in Backstage's own dialog. */
export interface OAuthRequestApi {
    createAuthRequester<T>(options: {
        // Backstage's provider has an icon that is a component; only the app knows of it.
        provider: any;
        onAuthRequest(scopes: Set<string>): Promise<T>;
    }): (scopes: Set<string>) => Promise<T>;
}

export interface ConnectorOptions extends ProviderOptions {
    /** Requests go to the app's own dialog instead of {@link Stagedoor.requests}. */
    oauthRequestApi?: OAuthRequestApi;
    /** What that dialog shows. */
    provider?: { id: string; title: string; icon: unknown };
}

export function makeConnector(api: Provider, options: ConnectorOptions): AuthConnector {
    const logIn = async (scopes: Set<string>, how: LoginOptions): Promise<ConnectorSession> =>
        toConnectorSession(await api.logIn([...scopes], how));
    const request = options.oauthRequestApi?.createAuthRequester<ConnectorSession>({
        provider: options.provider ?? { ...api.provider, icon: () => null },
        onAuthRequest: (scopes) => logIn(scopes, {}),
    });
    const get = async (scopes: Set<string> | undefined, how: object): Promise<ConnectorSession> => {
        const session = await api.get([...(scopes ?? [])], how);
        if (!session) throw new SessionEndedError('There is no session');
        return toConnectorSession(session);
    };
    return {
        // Backstage has asked for a refresh before; here it is answered without the backend.
        createSession: ({ scopes, instantPopup = false }) =>
            request && !instantPopup ? request(scopes) : get(scopes, { instantPopup }),
        refreshSession: (how) => get(how?.scopes, { optional: true }),
        removeSession: () => api.signOut(),
    };
}

function toConnectorSession({ idToken, accessToken, scopes, expiresAt, profile, identity }: Session): ConnectorSession {
    return {
        providerInfo: {
            idToken,
            accessToken,
            scopes: new Set(scopes),
            ...(expiresAt && { expiresAt: new Date(expiresAt) }),
        },
        profile,
        ...(identity && { backstageIdentity: identity }),
    };
}
