// A user agent without a page: it sends exactly the header fields that it is told to, follows nothing by
// itself and keeps cookies as browsers do (RFC 6265, section 5).

import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** Of an answer: the cookies of one big session. */
const maxHeaderSize = 256 * 1024;

export interface WireAnswer {
    status: number;
    headers: Record<string, string>;
    setCookies: SetCookie[];
    text: string;
    /** The body as JSON; throws if it is none. */
    json(): any;
}

export interface SetCookie {
    name: string;
    value: string;
    /** By lower-case name; `true` for one without a value. */
    attributes: Record<string, string | true>;
    line: string;
}

export interface SendOptions {
    method?: string;
    headers?: Record<string, string>;
    body?: URLSearchParams | string;
}

export class WireClient {
    readonly #jar = new Map<string, { name: string; value: string; path: string; host: string }>();

    /** `connectTo` replaces where a URL leads to, as a reverse proxy in front of the service would. */
    constructor(private readonly connectTo?: { from: string; to: string }) {}

    async send(url: string, { method = 'GET', headers = {}, body }: SendOptions = {}): Promise<WireAnswer> {
        const target = new URL(url);
        const cookie = this.cookieHeader(target);
        const form = body instanceof URLSearchParams;
        const answer = await exchange(this.#address(target), {
            method,
            body: body?.toString(),
            headers: {
                ...(cookie && { cookie }),
                ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
                ...headers,
            },
        });
        for (const setCookie of answer.setCookies) this.#store(target, setCookie);
        return answer;
    }

    cookieHeader(url: URL): string {
        const path = url.pathname;
        return [...this.#jar.values()]
            .filter((cookie) => cookie.host === url.hostname && covers(cookie.path, path))
            .map(({ name, value }) => `${name}=${value}`)
            .join('; ');
    }

    /** The names of the cookies that would be sent to this URL. */
    cookieNames(url: string): string[] {
        const header = this.cookieHeader(new URL(url));
        return header === '' ? [] : header.split('; ').map((pair) => pair.split('=')[0]);
    }

    /** Another browser that has these cookies too, as one that stole them. */
    copy(): WireClient {
        const copy = new WireClient(this.connectTo);
        for (const [key, cookie] of this.#jar) copy.#jar.set(key, cookie);
        return copy;
    }

    /** Puts a cookie where another server could have left it. */
    plant(url: string, name: string, value: string): void {
        const { hostname: host, pathname: path } = new URL(url);
        this.#jar.set(`${name};${path};`, { name, value: encodeURIComponent(value), path, host });
    }

    forgetCookies(): void {
        this.#jar.clear();
    }

    #address(target: URL): URL {
        const { from, to } = this.connectTo ?? { from: '', to: '' };
        return from && target.href.startsWith(from) ? new URL(to + target.href.slice(from.length)) : target;
    }

    #store(url: URL, { name, value, attributes }: SetCookie): void {
        const path = typeof attributes.path === 'string' ? attributes.path : '/';
        const domain = attributes.domain ?? '';
        const key = `${name};${path};${domain}`;
        const expired =
            Number(attributes['max-age']) <= 0 || Date.parse(String(attributes.expires)) < Date.now();
        if (expired) this.#jar.delete(key);
        else this.#jar.set(key, { name, value, path, host: url.hostname });
    }
}

/** RFC 6265, section 5.1.4. */
function covers(cookiePath: string, path: string): boolean {
    if (!path.startsWith(cookiePath)) return false;
    return cookiePath.endsWith('/') || path.length === cookiePath.length || path[cookiePath.length] === '/';
}

function exchange(url: URL, options: { method: string; headers: Record<string, string>; body?: string }) {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const headers = {
        ...(options.body !== undefined && { 'content-length': String(Buffer.byteLength(options.body)) }),
    };
    return new Promise<WireAnswer>((resolve, reject) => {
        const request = send(
            url,
            { method: options.method, headers: { ...headers, ...options.headers }, maxHeaderSize },
            (response) => {
                const chunks: Buffer[] = [];
                response.on('data', (chunk) => chunks.push(chunk));
                response.on('error', reject);
                response.on('end', () => {
                    const text = Buffer.concat(chunks).toString();
                    const { 'set-cookie': setCookies = [], ...others } = response.headers;
                    resolve({
                        status: response.statusCode ?? 0,
                        headers: Object.fromEntries(
                            Object.entries(others).map(([name, value]) => [name, String(value)]),
                        ),
                        setCookies: setCookies.map(parseSetCookie),
                        text,
                        json: () => JSON.parse(text),
                    });
                });
            },
        );
        request.on('error', reject);
        request.end(options.body);
    });
}

function parseSetCookie(line: string): SetCookie {
    const [pair, ...attributes] = line.split(';').map((part) => part.trim());
    const [name, value] = splitOnce(pair);
    return {
        name,
        value: String(value),
        line,
        attributes: Object.fromEntries(
            attributes.map((attribute) => {
                const [key, of] = splitOnce(attribute);
                return [key.toLowerCase(), of];
            }),
        ),
    };
}

function splitOnce(text: string): [string, string | true] {
    const at = text.indexOf('=');
    return at < 0 ? [text, true] : [text.slice(0, at), text.slice(at + 1)];
}
