// GitHub, as its documentation describes it ("Authorizing OAuth apps", "Generating a user access token"), for
// one client and one user: an OAuth app, whose tokens do not expire, or a GitHub App, whose tokens expire,
// are renewed and are always said to have the scope "".

import {
    AuthorizationCodes,
    consentPage,
    randomToken,
    redirectBack,
    StandIn,
    type Answer,
    type StandInRequest,
} from './standIn';
import type { ClientRegistration } from './google';

interface Grant {
    codeChallenge: string;
    scopes: string[];
}

export const githubUser = {
    login: 'octocat',
    id: 583231,
    node_id: 'MDQ6VXNlcjU4MzIzMQ==',
    avatar_url: 'https://avatars.example.com/u/583231',
    name: 'Mona Lisa Octocat',
    email: 'octocat@example.com',
};

const formType = 'application/x-www-form-urlencoded; charset=utf-8';

export class GithubStandIn extends StandIn {
    readonly #codes = new AuthorizationCodes<Grant>();
    readonly #pending = new Map<string, Grant & { state: string }>();
    readonly #accessTokens = new Map<string, string[]>();
    readonly #refreshTokens = new Set<string>();

    private constructor(
        private readonly client: ClientRegistration,
        private readonly expiring: boolean,
    ) {
        super('GitHub');
    }

    static async start(
        client: ClientRegistration,
        { expiring }: { expiring: boolean },
    ): Promise<GithubStandIn> {
        return new GithubStandIn(client, expiring).listen();
    }

    /** What to write below `endpoints` in the configuration of the provider. */
    get endpoints() {
        return {
            authorization: `${this.origin}/login/oauth/authorize`,
            token: `${this.origin}/login/oauth/access_token`,
            userinfo: `${this.origin}/user`,
        };
    }

    /** As when the user removes the application in the settings of the account. */
    revokeEverything(): void {
        this.#accessTokens.clear();
        this.#refreshTokens.clear();
    }

    protected readonly routes = {
        'GET /login/oauth/authorize': (request: StandInRequest) => this.#authorize(request),
        'POST /login/oauth/authorize/decision': (request: StandInRequest) => this.#decide(request),
        'POST /login/oauth/access_token': (request: StandInRequest) => this.#token(request),
        'GET /user': (request: StandInRequest) => this.#user(request),
    };

    #authorize({ query }: StandInRequest): Answer {
        this.checkParameters('authorization', query, {
            client_id: this.client.clientId,
            redirect_uri: this.client.redirectUri,
            'response_type?': 'code',
            scope: /^read:user( [a-z_:]+)*$|^[a-z_:]+( [a-z_:]+)* read:user( [a-z_:]+)*$/,
            state: /^.{16,}$/,
            code_challenge: /^[A-Za-z0-9_-]{43}$/,
            code_challenge_method: 'S256',
        });
        const request = randomToken('request-');
        const scopes = (query.get('scope') ?? '').split(' ').filter(Boolean);
        this.#pending.set(request, {
            scopes,
            state: query.get('state') ?? '',
            codeChallenge: query.get('code_challenge') ?? '',
        });
        return { body: consentPage('GitHub', '/login/oauth/authorize/decision', request, scopes) };
    }

    #decide({ form }: StandInRequest): Answer {
        const pending = this.#pending.get(form.get('request') ?? '');
        if (!pending) return { status: 400, body: 'This page has expired.' };
        if (form.get('decision') === 'allow') {
            return redirectBack(this.client.redirectUri, {
                code: this.#codes.issue(pending),
                state: pending.state,
            });
        }
        return redirectBack(this.client.redirectUri, {
            error: 'access_denied',
            error_description: 'The user has denied your application access.',
            error_uri: 'https://docs.example.com/apps/troubleshooting-authorization-request-errors',
            state: pending.state,
        });
    }

    #token(request: StandInRequest): Answer {
        this.checkFormPost('token', request);
        if (request.headers.authorization) this.violation('token', 'has client credentials in a header');
        const answer =
            request.form.get('grant_type') === 'refresh_token'
                ? this.#refresh(request.form)
                : this.#exchangeCode(request.form);
        // GitHub answers errors with 200, and in the form encoding to all who do not ask for JSON.
        if (request.headers.accept?.includes('application/json')) return { body: answer };
        const form = new URLSearchParams(
            Object.entries(answer).map(([name, value]) => [name, String(value)]),
        );
        return { headers: { 'content-type': formType }, body: form.toString() };
    }

    #exchangeCode(form: URLSearchParams): Record<string, string | number> {
        this.checkParameters('token', form, {
            'grant_type?': 'authorization_code',
            code: /./,
            redirect_uri: this.client.redirectUri,
            client_id: this.client.clientId,
            client_secret: this.client.clientSecret,
            code_verifier: /./,
        });
        const grant = this.#codes.redeem(form.get('code'), form.get('code_verifier'));
        if (typeof grant !== 'string') return this.#tokens(grant.scopes);
        this.violation('token', grant);
        return {
            error: 'bad_verification_code',
            error_description: 'The code passed is incorrect or expired.',
        };
    }

    #refresh(form: URLSearchParams): Record<string, string | number> {
        this.checkParameters('refresh', form, {
            grant_type: 'refresh_token',
            refresh_token: /./,
            client_id: this.client.clientId,
            client_secret: this.client.clientSecret,
            'scope?': /./,
        });
        if (this.#refreshTokens.delete(form.get('refresh_token') ?? '')) return this.#tokens([]);
        return {
            error: 'bad_refresh_token',
            error_description: 'The refresh token passed is incorrect or expired.',
        };
    }

    #tokens(scopes: string[]): Record<string, string | number> {
        const accessToken = randomToken(this.expiring ? 'ghu_' : 'gho_');
        this.#accessTokens.set(accessToken, scopes);
        if (!this.expiring)
            return { access_token: accessToken, scope: scopes.join(','), token_type: 'bearer' };
        const refreshToken = randomToken('ghr_');
        this.#refreshTokens.add(refreshToken);
        return {
            access_token: accessToken,
            expires_in: 28800,
            refresh_token: refreshToken,
            refresh_token_expires_in: 15897600,
            scope: '',
            token_type: 'bearer',
        };
    }

    #user(request: StandInRequest): Answer {
        if (!request.headers['user-agent']) {
            this.violation('user', 'has no User-Agent header');
            return { status: 403, body: 'Request forbidden by administrative rules.' };
        }
        const token = this.bearerToken('user', request);
        const scopes = token === undefined ? undefined : this.#accessTokens.get(token);
        if (!scopes) return { status: 401, body: { message: 'Bad credentials', status: '401' } };
        return { headers: { 'x-oauth-scopes': scopes.join(', ') }, body: githubUser };
    }
}
