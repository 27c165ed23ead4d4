// The base of the providers that we play ourselves: an HTTP server on a loopback address that writes down
// every request it got and everything about it that the real provider would not have wanted.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash, randomBytes } from 'node:crypto';

export interface Answer {
    status?: number;
    headers?: Record<string, string>;
    body?: string | object;
}

export interface StandInRequest {
    method: string;
    path: string;
    /** The query, or `''`. */
    search: string;
    query: URLSearchParams;
    /** The body of a form; empty for all else. */
    form: URLSearchParams;
    headers: IncomingMessage['headers'];
}

/**
 * What a parameter has to be: this text, of this shape, or accepted by this function. `?` marks it as
 * optional.
 */
export type Rule = string | RegExp | ((value: string) => boolean);
export type Rules = Record<string, Rule>;

type Route = (request: StandInRequest) => Answer | Promise<Answer>;

export abstract class StandIn {
    /** Departures from what the real provider documents, one line each. */
    readonly violations: string[] = [];
    readonly requests: StandInRequest[] = [];
    readonly #server: Server;

    protected constructor(private readonly name: string) {
        this.#server = createServer((request, response) => {
            this.#handle(request, response).catch((error) => {
                this.violations.push(`${this.name} failed: ${error.stack}`);
                response.writeHead(500).end();
            });
        });
    }

    /** By `METHOD /path`. */
    protected abstract readonly routes: Record<string, Route>;

    get origin(): string {
        return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    }

    async listen(port = 0): Promise<this> {
        await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
        return this;
    }

    async stop(): Promise<void> {
        this.#server.closeAllConnections();
        await new Promise((resolve) => this.#server.close(resolve));
    }

    requestsTo(path: string): StandInRequest[] {
        return this.requests.filter((request) => request.path === path);
    }

    protected violation(where: string, problem: string): void {
        this.violations.push(`${this.name} ${where}: ${problem}`);
    }

    /**
     * Each parameter named in `rules`, once, as it has to be; and no other. A name ending in `?` may be
     * absent.
     */
    protected checkParameters(where: string, parameters: URLSearchParams, rules: Rules): void {
        const known = new Map(
            Object.entries(rules).map(([name, rule]) => [name.replace(/\?$/, ''), { name, rule }]),
        );
        for (const name of new Set(parameters.keys())) {
            if (!known.has(name)) this.violation(where, `unknown parameter ${name}`);
            if (parameters.getAll(name).length > 1) this.violation(where, `parameter ${name} is repeated`);
        }
        for (const [plainName, { name, rule }] of known) {
            const value = parameters.get(plainName);
            if (value === null) {
                if (!name.endsWith('?')) this.violation(where, `parameter ${plainName} is missing`);
            } else if (!satisfies(value, rule)) {
                this.violation(where, `parameter ${plainName} is wrong: ${value}`);
            }
        }
    }

    /** The access token of a request: in the Authorization header, and nowhere else (RFC 6750, section 2). */
    protected bearerToken(where: string, request: StandInRequest): string | undefined {
        if (request.search !== '') this.violation(where, `has a query: ${request.search}`);
        const match = /^Bearer ([\x21-\x7e]+)$/.exec(request.headers.authorization ?? '');
        if (!match) this.violation(where, 'has no bearer token in its Authorization header');
        return match?.[1];
    }

    /** A form sent to an endpoint for machines: its parameters in the body alone, its type named. */
    protected checkFormPost(where: string, request: StandInRequest): void {
        if (request.search !== '') this.violation(where, `has a query: ${request.search}`);
        if (!/^application\/x-www-form-urlencoded\b/.test(request.headers['content-type'] ?? '')) {
            this.violation(where, `has the content type ${request.headers['content-type']}`);
        }
    }

    async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
        const request = await readRequest(incoming);
        this.requests.push(request);
        const route = this.routes[`${request.method} ${request.path}`];
        if (!route) {
            if (request.path !== '/favicon.ico')
                this.violation(request.path, `was asked with ${request.method}`);
            response.writeHead(404).end();
            return;
        }
        const { status = 200, headers = {}, body = '' } = await route(request);
        const isText = typeof body === 'string';
        const contentType = isText ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
        response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store', ...headers });
        response.end(isText ? body : JSON.stringify(body));
    }
}

/**
 * Authorization codes: each good for one use, with the challenge that its verifier has to meet (RFC 7636,
 * 4.6).
 */
export class AuthorizationCodes<Grant extends { codeChallenge: string }> {
    readonly #open = new Map<string, Grant>();

    issue(grant: Grant): string {
        const code = `code-${randomBytes(16).toString('base64url')}`;
        this.#open.set(code, grant);
        return code;
    }

    /**
     * The grant of a code, or what is wrong with the code or its verifier. Either way the code is used up.
     */
    redeem(code: string | null, verifier: string | null): Grant | string {
        const grant = code === null ? undefined : this.#open.get(code);
        if (!grant || code === null) return 'the code is unknown or was used before';
        this.#open.delete(code);
        if (verifier === null || !/^[A-Za-z0-9\-._~]{43,128}$/.test(verifier))
            return 'the code_verifier is malformed';
        const challenge = createHash('sha256').update(verifier).digest('base64url');
        return challenge === grant.codeChallenge
            ? grant
            : 'the code_verifier does not match the code_challenge';
    }
}

export function randomToken(prefix: string): string {
    return `${prefix}${randomBytes(24).toString('base64url')}`;
}

/** A redirect to the client's redirect_uri with these parameters. */
export function redirectBack(redirectUri: string, parameters: Record<string, string | undefined>): Answer {
    const location = new URL(redirectUri);
    for (const [name, value] of Object.entries(parameters)) {
        if (value !== undefined) location.searchParams.set(name, value);
    }
    return { status: 303, headers: { location: location.href } };
}

/** A consent page: what is asked for, and the buttons Allow and Deny. */
export function consentPage(provider: string, action: string, request: string, scopes: string[]): string {
    const items = scopes.map((scope) => `<li>${escapeHtml(scope)}</li>`).join('');
    return `<!doctype html><html lang="en"><head><title>${provider}</title></head><body>
        <h1>${provider}</h1><p>An application wants access to:</p><ul>${items}</ul>
        <form method="post" action="${action}">
            <input type="hidden" name="request" value="${escapeHtml(request)}">
            <button name="decision" value="allow">Allow</button>
            <button name="decision" value="deny">Deny</button>
        </form></body></html>`;
}

function satisfies(value: string, rule: Rule): boolean {
    if (typeof rule === 'string') return value === rule;
    return rule instanceof RegExp ? rule.test(value) : rule(value);
}

function escapeHtml(text: string): string {
    return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

async function readRequest(incoming: IncomingMessage): Promise<StandInRequest> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const url = new URL(incoming.url ?? '/', 'http://stand-in');
    const isForm = incoming.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
    return {
        method: incoming.method ?? '',
        path: url.pathname,
        search: url.search,
        query: url.searchParams,
        form: new URLSearchParams(isForm ? Buffer.concat(chunks).toString() : ''),
        headers: incoming.headers,
    };
}
