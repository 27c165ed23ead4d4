// A provider that asks nobody: it sends everyone back at once with a code, and answers as a test has told it
// to.

import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import {
    randomToken,
    redirectBack,
    StandIn,
    type Answer,
    type StandInRequest,
} from '../src/providers/standIn';

export const wireClient = { clientId: 'wire', clientSecret: 'the secret of wire' };
export const wireUser = { sub: 'ada', name: 'Ada Lovelace', email: 'ada@example.com', email_verified: true };

/** What a test may put in the place of an answer; `undefined` leaves the usual one. */
export interface Script {
    /** Parameters of the redirect back, in the place of `code`. */
    authorization?: Record<string, string>;
    /** The answer of the token endpoint, given the usual one. */
    token?: (form: URLSearchParams, usual: Record<string, unknown>) => Answer | undefined;
    revocation?: Answer;
}

export class ScriptedProvider extends StandIn {
    script: Script = {};
    readonly #nonces = new Map<string, string>();
    readonly #scopes = new Map<string, string>();

    private constructor(
        private readonly signingKey: CryptoKey,
        private readonly publicKey: JWK,
    ) {
        super('provider');
    }

    static async start(port = 0): Promise<ScriptedProvider> {
        const { privateKey, publicKey } = await generateKeyPair('RS256');
        const jwk = { ...(await exportJWK(publicKey)), kid: 'wire-1', alg: 'RS256', use: 'sig' };
        return new ScriptedProvider(privateKey, jwk).listen(port);
    }

    protected readonly routes = {
        'GET /.well-known/openid-configuration': () => ({ body: this.#metadata() }),
        'GET /jwks': () => ({ body: { keys: [this.publicKey] } }),
        'GET /authorize': (request: StandInRequest) => this.#authorize(request),
        'POST /token': (request: StandInRequest) => this.#token(request),
        'GET /userinfo': () => ({ body: wireUser }),
        'POST /revoke': () => this.script.revocation ?? { body: '' },
    };

    #metadata() {
        return {
            issuer: this.origin,
            authorization_endpoint: `${this.origin}/authorize`,
            token_endpoint: `${this.origin}/token`,
            userinfo_endpoint: `${this.origin}/userinfo`,
            revocation_endpoint: `${this.origin}/revoke`,
            jwks_uri: `${this.origin}/jwks`,
            response_types_supported: ['code'],
            response_modes_supported: ['query', 'form_post'],
            subject_types_supported: ['public'],
            id_token_signing_alg_values_supported: ['RS256'],
            code_challenge_methods_supported: ['S256'],
            token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
        };
    }

    #authorize({ query }: StandInRequest): Answer {
        const code = randomToken('code-');
        this.#nonces.set(code, query.get('nonce') ?? '');
        this.#scopes.set(code, query.get('scope') ?? '');
        const state = query.get('state') ?? undefined;
        return redirectBack(query.get('redirect_uri')!, {
            state,
            ...(this.script.authorization ?? { code }),
        });
    }

    async #token({ form }: StandInRequest): Promise<Answer> {
        const usual = await this.#usualTokens(form);
        return this.script.token?.(form, usual) ?? { body: usual };
    }

    async #usualTokens(form: URLSearchParams): Promise<Record<string, unknown>> {
        const previous = form.get('code') ?? form.get('refresh_token') ?? '';
        const scope = this.#scopes.get(previous) ?? '';
        const nonce = this.#nonces.get(previous);
        const refreshToken = randomToken('refresh-');
        this.#scopes.set(refreshToken, scope);
        return {
            access_token: randomToken('access-'),
            token_type: 'Bearer',
            expires_in: 3600,
            scope,
            refresh_token: refreshToken,
            id_token: await new SignJWT({ ...wireUser, ...(nonce && { nonce }) })
                .setProtectedHeader({ alg: 'RS256', kid: 'wire-1' })
                .setIssuer(this.origin)
                .setAudience(wireClient.clientId)
                .setIssuedAt()
                .setExpirationTime('1h')
                .sign(this.signingKey),
        };
    }
}
