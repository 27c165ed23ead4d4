// The configuration of one stage: what the backend, the app and the providers have to know of one another.

import type { LoginConfig } from '../app/logins';
import type { ClientRegistration, GoogleStandIn } from '../providers/google';
import type { GithubStandIn } from '../providers/github';
import type { OidcClient, OidcProvider } from '../providers/oidc';
import type { Certificate } from './certificate';

export interface Addresses {
    appOrigin: string;
    backendOrigin: string;
    backendPort: number;
}

export interface Providers {
    oidc: OidcProvider;
    google: GoogleStandIn;
    /** An OAuth app: tokens do not expire. */
    githubOAuthApp: GithubStandIn;
    /** A GitHub App: tokens expire and are renewed. */
    githubApp: GithubStandIn;
}

const openIdScopes = ['openid', 'profile', 'email', 'offline_access'];

/** The logins of the app, by the names that the tests use. */
export const logins: LoginConfig[] = [
    {
        name: 'oidc',
        kind: 'oauth2',
        title: 'Acme Identity',
        provider: 'oidc',
        environment: 'development',
        defaultScopes: openIdScopes,
    },
    {
        // Its access tokens live so short that the frontend refreshes at every call.
        name: 'oidc-short-lived',
        kind: 'oauth2',
        title: 'Acme Identity, short-lived',
        provider: 'oidc',
        environment: 'short-lived',
        defaultScopes: openIdScopes,
    },
    {
        // Gives no refresh token and asks for consent once only.
        name: 'oidc-no-refresh',
        kind: 'oauth2',
        title: 'Acme Identity, without sessions',
        provider: 'oidc',
        environment: 'no-refresh',
        defaultScopes: ['openid', 'profile', 'email'],
    },
    {
        name: 'oauth2',
        kind: 'oauth2',
        title: 'Acme OAuth',
        provider: 'oauth2',
        environment: 'development',
        defaultScopes: openIdScopes,
    },
    { name: 'google', kind: 'google', title: 'Google', provider: 'google', environment: 'development' },
    { name: 'github', kind: 'github', title: 'GitHub', provider: 'github', environment: 'development' },
    { name: 'github-app', kind: 'github', title: 'GitHub App', provider: 'github', environment: 'expiring' },
];

export function authBaseUrl({ backendOrigin }: Addresses): string {
    return `${backendOrigin}/api/auth`;
}

export function redirectUri(addresses: Addresses, provider: string): string {
    return `${authBaseUrl(addresses)}/${provider}/handler/frame`;
}

export function oidcClients(addresses: Addresses): OidcClient[] {
    const client = { clientSecret: 'oidc secret: +/&%', redirectUris: [redirectUri(addresses, 'oidc')] };
    return [
        { ...client, clientId: 'app' },
        { ...client, clientId: 'app-short-lived', accessTokenLifetime: 120 },
        { ...client, clientId: 'app-no-refresh' },
        {
            clientId: 'app-oauth2',
            clientSecret: 'oauth2 secret',
            redirectUris: [redirectUri(addresses, 'oauth2')],
            authMethod: 'client_secret_post',
        },
    ];
}

export function registration(addresses: Addresses, provider: string): ClientRegistration {
    return {
        clientId: `${provider}-client`,
        clientSecret: `${provider}-secret`,
        redirectUri: redirectUri(addresses, provider),
    };
}

export function appConfig(addresses: Addresses) {
    return {
        app: { title: 'Stagedoor test app', baseUrl: addresses.appOrigin },
        backend: { baseUrl: addresses.backendOrigin },
        auth: { environment: 'development' },
        stagedoorTest: { logins },
    };
}

export interface BackendExtras {
    extraAllowedOrigins?: string[];
    certificate?: Certificate;
    responseMode?: 'form_post';
    /** Of `auth.session`, besides the secret. */
    session?: object;
}

export function backendConfig(addresses: Addresses, providers: Providers, extras: BackendExtras) {
    const { appOrigin, backendOrigin, backendPort } = addresses;
    const { extraAllowedOrigins = [], certificate, session } = extras;
    return {
        app: { baseUrl: appOrigin },
        backend: {
            baseUrl: backendOrigin,
            listen: { host: '127.0.0.1', port: backendPort },
            cors: { origin: [appOrigin, ...extraAllowedOrigins], credentials: true },
            ...(certificate && { https: { certificate } }),
        },
        auth: {
            environment: 'development',
            session: { secret: 'the secret of these tests, long enough to be a strong one', ...session },
            ...(extraAllowedOrigins.length > 0 && { experimentalExtraAllowedOrigins: extraAllowedOrigins }),
            providers: providersConfig(addresses, providers, extras),
        },
    };
}

function providersConfig(addresses: Addresses, providers: Providers, { responseMode }: BackendExtras) {
    const { issuer } = providers.oidc;
    const [normal, shortLived, noRefresh, oauth2] = oidcClients(addresses).map(
        ({ clientId, clientSecret }) => ({
            clientId,
            clientSecret,
            ...(responseMode && { responseMode }),
        }),
    );
    const metadataUrl = `${issuer}/.well-known/openid-configuration`;
    const google = registration(addresses, 'google');
    const github = registration(addresses, 'github');
    const githubClient = { clientId: github.clientId, clientSecret: github.clientSecret };
    return {
        oidc: {
            // OpenID Connect Core, section 11: offline access takes prompt=consent.
            development: { ...normal, metadataUrl, prompt: 'consent' },
            'short-lived': { ...shortLived, metadataUrl, prompt: 'consent' },
            'no-refresh': { ...noRefresh, metadataUrl },
        },
        oauth2: {
            development: {
                ...oauth2,
                authorizationUrl: `${issuer}/auth?prompt=consent`,
                tokenUrl: `${issuer}/token`,
            },
        },
        google: {
            development: {
                clientId: google.clientId,
                clientSecret: google.clientSecret,
                endpoints: providers.google.endpoints,
            },
        },
        github: {
            development: { ...githubClient, endpoints: providers.githubOAuthApp.endpoints },
            expiring: { ...githubClient, endpoints: providers.githubApp.endpoints },
        },
    };
}
