// The certified OpenID provider `oidc-provider` with its own login and consent pages. Refresh tokens rotate,
// and the second use of one revokes the whole grant: any race between refreshes shows at once.

import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider';

export interface OidcClient {
    clientId: string;
    clientSecret: string;
    redirectUris: string[];
    authMethod?: 'client_secret_basic' | 'client_secret_post';
    /** Lifetime of its access tokens in seconds. */
    accessTokenLifetime?: number;
}

/** One request to an endpoint of the provider, written down when it was answered. */
export interface OidcRequest {
    /** The provider's name of the endpoint: `authorization`, `token`, `userinfo`, `revocation`, ... */
    endpoint: string;
    parameters: Record<string, unknown>;
    authorization: 'Basic' | 'Bearer' | 'none';
    status: number;
}

const day = 24 * 60 * 60;

export class OidcProvider {
    readonly requests: OidcRequest[] = [];
    /** Headers that each of its answers has besides its own. */
    extraHeaders: Record<string, string> = {};
    readonly #grants = new Set<string>();
    readonly #sockets = new Set<Socket>();
    #server: Server | undefined;

    private constructor(
        readonly port: number,
        private readonly provider: Provider,
    ) {
        provider.on('refresh_token.saved', ({ grantId }) => grantId && this.#grants.add(grantId));
        provider.use((context, next) => this.#record(context as KoaContextWithOIDC, next));
    }

    static async start(port: number, clients: OidcClient[]): Promise<OidcProvider> {
        const configuration = await configure(clients);
        const oidc = new OidcProvider(port, new Provider(`http://127.0.0.1:${port}`, configuration));
        await oidc.comeBack();
        return oidc;
    }

    get issuer(): string {
        return this.provider.issuer;
    }

    requestsTo(endpoint: string): OidcRequest[] {
        return this.requests.filter((request) => request.endpoint === endpoint);
    }

    /** Every refresh token that is out becomes invalid, as when an administrator ends all sessions. */
    async revokeAllGrants(): Promise<void> {
        const { RefreshToken } = this.provider;
        await Promise.all([...this.#grants].map((grantId) => RefreshToken.revokeByGrantId(grantId)));
    }

    /** Stops listening and breaks every connection; what the provider knows is kept for `comeBack`. */
    async goDown(): Promise<void> {
        const server = this.#server;
        if (!server) return;
        this.#server = undefined;
        const closed = new Promise((resolve) => server.close(resolve));
        for (const socket of this.#sockets) socket.destroy();
        await closed;
    }

    async comeBack(): Promise<void> {
        if (this.#server) return;
        const server = createServer(this.provider.callback());
        server.on('connection', (socket) => {
            this.#sockets.add(socket);
            socket.on('close', () => this.#sockets.delete(socket));
        });
        await new Promise<void>((resolve, reject) => {
            server.once('error', reject).listen(this.port, '127.0.0.1', resolve);
        });
        this.#server = server;
    }

    async stop(): Promise<void> {
        await this.goDown();
    }

    async #record(context: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
        context.set(this.extraHeaders);
        await next();
        if (!context.oidc?.route) return;
        const scheme = context.get('authorization').split(' ')[0];
        this.requests.push({
            endpoint: context.oidc.route,
            parameters: { ...context.oidc.params },
            authorization: scheme === 'Basic' || scheme === 'Bearer' ? scheme : 'none',
            status: context.status,
        });
    }
}

async function configure(clients: OidcClient[]): Promise<Configuration> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const lifetimes = new Map(clients.map((client) => [client.clientId, client.accessTokenLifetime]));
    return {
        clients: clients.map((client) => ({
            client_id: client.clientId,
            client_secret: client.clientSecret,
            redirect_uris: client.redirectUris,
            grant_types: ['authorization_code', 'refresh_token'],
            response_types: ['code'],
            token_endpoint_auth_method: client.authMethod ?? 'client_secret_basic',
        })),
        claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'picture'] },
        cookies: { keys: ['the provider of these tests'] },
        features: {
            devInteractions: { enabled: true },
            revocation: {
                enabled: true,
                allowedPolicy: (_context, client, token) => token.clientId === client.clientId,
            },
        },
        findAccount: (_context, id) => ({ accountId: id, claims: () => claimsOf(id) }),
        jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'oidc-1', alg: 'RS256', use: 'sig' }] },
        pkce: { required: () => true },
        rotateRefreshToken: true,
        scopes: ['openid', 'offline_access', 'email', 'profile', 'reports:read', 'reports:write'],
        ttl: {
            AccessToken: (_context, _token, client) => lifetimes.get(client.clientId) ?? 3600,
            AuthorizationCode: 60,
            Grant: day,
            IdToken: 3600,
            Interaction: 3600,
            RefreshToken: day,
            Session: day,
        },
    };
}

function claimsOf(id: string) {
    return {
        sub: id,
        name: `${id} Example`,
        email: `${id}@example.com`,
        email_verified: true,
        picture: `https://pictures.example.com/${id}.png`,
    };
}
