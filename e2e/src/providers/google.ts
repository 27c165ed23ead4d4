// Google, as its documentation describes it ("Using OAuth 2.0 for Web Server Applications", "OpenID
// Connect"), for one client and one user. Every request is held against what that documentation allows.

import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import {
    AuthorizationCodes,
    consentPage,
    randomToken,
    redirectBack,
    StandIn,
    type Answer,
    type StandInRequest,
} from './standIn';

export interface ClientRegistration {
    clientId: string;
    clientSecret: string;
    redirectUri: string;
}

interface Grant {
    codeChallenge: string;
    nonce: string;
    scope: string;
}

export const googleUser = {
    sub: '110169484474386276334',
    name: 'Ada Lovelace',
    given_name: 'Ada',
    family_name: 'Lovelace',
    email: 'ada@example.com',
    email_verified: true,
    picture: 'https://lh3.example.com/ada.jpg',
};

const scopePrefix = 'https://www.googleapis.com/auth/';
const alwaysAsked = ['openid', `${scopePrefix}userinfo.email`, `${scopePrefix}userinfo.profile`];

export class GoogleStandIn extends StandIn {
    readonly #codes = new AuthorizationCodes<Grant>();
    readonly #pending = new Map<string, Grant & { state: string }>();
    readonly #accessTokens = new Set<string>();
    readonly #refreshTokens = new Map<string, Grant>();
    /** Refresh tokens that were revoked, in that order. */
    readonly revoked: string[] = [];

    private constructor(
        private readonly client: ClientRegistration,
        private readonly signingKey: CryptoKey,
        private readonly publicKey: JWK,
    ) {
        super('Google');
    }

    static async start(client: ClientRegistration, port = 0): Promise<GoogleStandIn> {
        const { privateKey, publicKey } = await generateKeyPair('RS256');
        const jwk = { ...(await exportJWK(publicKey)), kid: 'google-1', alg: 'RS256', use: 'sig' };
        return new GoogleStandIn(client, privateKey, jwk).listen(port);
    }

    /** What to write below `endpoints` in the configuration of the provider. */
    get endpoints() {
        return {
            issuer: this.origin,
            authorization: `${this.origin}/o/oauth2/v2/auth`,
            token: `${this.origin}/token`,
            userinfo: `${this.origin}/oauth2/v3/userinfo`,
            revocation: `${this.origin}/revoke`,
            jwks: `${this.origin}/oauth2/v3/certs`,
        };
    }

    protected readonly routes = {
        'GET /o/oauth2/v2/auth': (request: StandInRequest) => this.#authorize(request),
        'POST /o/oauth2/v2/auth/decision': (request: StandInRequest) => this.#decide(request),
        'POST /token': (request: StandInRequest) => this.#token(request),
        'GET /oauth2/v3/userinfo': (request: StandInRequest) => this.#userinfo(request),
        'GET /oauth2/v3/certs': () => ({ body: { keys: [this.publicKey] } }),
        'POST /revoke': (request: StandInRequest) => this.#revoke(request),
    };

    #authorize({ query }: StandInRequest): Answer {
        this.checkParameters('authorization', query, {
            client_id: this.client.clientId,
            redirect_uri: this.client.redirectUri,
            response_type: 'code',
            scope: (scope) => alwaysAsked.every((name) => scope.split(' ').includes(name)),
            state: /^.{16,}$/,
            nonce: /^.{16,}$/,
            code_challenge: /^[A-Za-z0-9_-]{43}$/,
            code_challenge_method: 'S256',
            access_type: 'offline',
            prompt: 'consent',
            include_granted_scopes: 'true',
        });
        const request = randomToken('request-');
        const scope = query.get('scope') ?? '';
        this.#pending.set(request, {
            scope,
            state: query.get('state') ?? '',
            nonce: query.get('nonce') ?? '',
            codeChallenge: query.get('code_challenge') ?? '',
        });
        return { body: consentPage('Google', '/o/oauth2/v2/auth/decision', request, scope.split(' ')) };
    }

    #decide({ form }: StandInRequest): Answer {
        const pending = this.#pending.get(form.get('request') ?? '');
        if (!pending) return { status: 400, body: 'This page has expired.' };
        const { state, scope } = pending;
        if (form.get('decision') !== 'allow') {
            return redirectBack(this.client.redirectUri, { state, iss: this.origin, error: 'access_denied' });
        }
        const code = this.#codes.issue(pending);
        return redirectBack(this.client.redirectUri, {
            state,
            iss: this.origin,
            code,
            scope,
            authuser: '0',
            prompt: 'consent',
        });
    }

    async #token(request: StandInRequest): Promise<Answer> {
        this.checkFormPost('token', request);
        if (request.headers.authorization) this.violation('token', 'has client credentials in a header');
        return request.form.get('grant_type') === 'refresh_token'
            ? this.#refresh(request.form)
            : this.#exchangeCode(request.form);
    }

    async #exchangeCode(form: URLSearchParams): Promise<Answer> {
        this.checkParameters('token', form, {
            grant_type: 'authorization_code',
            code: /./,
            redirect_uri: this.client.redirectUri,
            client_id: this.client.clientId,
            client_secret: this.client.clientSecret,
            code_verifier: /./,
        });
        const grant = this.#codes.redeem(form.get('code'), form.get('code_verifier'));
        if (typeof grant === 'string') {
            this.violation('token', grant);
            return { status: 400, body: { error: 'invalid_grant', error_description: 'Bad Request' } };
        }
        const refreshToken = randomToken('1//');
        this.#refreshTokens.set(refreshToken, grant);
        return { body: { ...(await this.#tokens(grant)), refresh_token: refreshToken } };
    }

    async #refresh(form: URLSearchParams): Promise<Answer> {
        this.checkParameters('refresh', form, {
            grant_type: 'refresh_token',
            refresh_token: /./,
            client_id: this.client.clientId,
            client_secret: this.client.clientSecret,
            'scope?': /./,
        });
        const grant = this.#refreshTokens.get(form.get('refresh_token') ?? '');
        if (!grant) {
            const description = 'Token has been expired or revoked.';
            return { status: 400, body: { error: 'invalid_grant', error_description: description } };
        }
        return { body: await this.#tokens({ ...grant, nonce: '' }) };
    }

    async #tokens(grant: Grant) {
        const accessToken = randomToken('ya29.');
        this.#accessTokens.add(accessToken);
        const idToken = await new SignJWT({ ...googleUser, ...(grant.nonce && { nonce: grant.nonce }) })
            .setProtectedHeader({ alg: 'RS256', kid: 'google-1', typ: 'JWT' })
            .setIssuer(this.origin)
            .setAudience(this.client.clientId)
            .setIssuedAt()
            .setExpirationTime('1h')
            .sign(this.signingKey);
        return {
            access_token: accessToken,
            expires_in: 3599,
            scope: grant.scope,
            token_type: 'Bearer',
            id_token: idToken,
        };
    }

    #userinfo(request: StandInRequest): Answer {
        const token = this.bearerToken('userinfo', request);
        if (!token || !this.#accessTokens.has(token)) {
            return {
                status: 401,
                body: { error: 'invalid_request', error_description: 'Invalid Credentials' },
            };
        }
        return { body: googleUser };
    }

    #revoke(request: StandInRequest): Answer {
        this.checkFormPost('revocation', request);
        this.checkParameters('revocation', request.form, {
            token: /./,
            'token_type_hint?': 'refresh_token',
            'client_id?': this.client.clientId,
            'client_secret?': this.client.clientSecret,
        });
        const token = request.form.get('token') ?? '';
        if (!this.#refreshTokens.delete(token)) {
            return {
                status: 400,
                body: { error: 'invalid_token', error_description: 'Token expired or revoked' },
            };
        }
        this.revoked.push(token);
        return { body: {} };
    }
}
