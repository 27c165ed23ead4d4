// The cookies that a browser keeps for one host, by the rules of RFC 6265 that matter here: path, Max-Age and Expires,
// removal, host-only, and the limit of 4096 bytes that browsers set to name and value.

const maxCookieBytes = 4096;

export function parseSetCookie(line) {
    const [pair, ...parts] = line.split(';').map((part) => part.trim());
    const equals = pair.indexOf('=');
    const attributes = {};
    for (const part of parts) {
        const [, name, value] = /^([^=]*)=?(.*)$/.exec(part);
        attributes[name.toLowerCase()] = value;
    }
    return { name: pair.slice(0, equals), value: pair.slice(equals + 1), attributes };
}

// Section 5.1.4.
function covers(cookiePath, path) {
    if (!path.startsWith(cookiePath)) return false;
    return cookiePath.endsWith('/') || path.length === cookiePath.length || path[cookiePath.length] === '/';
}

export class CookieJar {
    #cookies = new Map();

    constructor({ host, clock = Date.now }) {
        this.host = host;
        this.clock = clock;
    }

    // Takes one Set-Cookie field. Its place is name and path: a later one replaces an earlier one.
    set(line) {
        const { name, value, attributes } = parseSetCookie(line);
        if (name.length + value.length > maxCookieBytes) return;
        if (attributes.domain && attributes.domain !== this.host) return;
        const path = attributes.path?.startsWith('/') ? attributes.path : '/';
        const key = `${name};${path}`;
        const expires = this.#expiry(attributes);
        if (expires <= this.clock()) this.#cookies.delete(key);
        else this.#cookies.set(key, { name, value, path, expires });
    }

    // Max-Age goes before Expires (section 5.3, step 3).
    #expiry(attributes) {
        if (/^-?\d+$/.test(attributes['max-age'] ?? '')) return this.clock() + Number(attributes['max-age']) * 1000;
        const date = Date.parse(attributes.expires ?? '');
        return Number.isNaN(date) ? Infinity : date;
    }

    // The Cookie field for a path, longest paths first; empty if there is none.
    header(path) {
        const now = this.clock();
        return [...this.#cookies.values()]
            .filter((cookie) => cookie.expires > now && covers(cookie.path, path))
            .sort((a, b) => b.path.length - a.path.length)
            .map(({ name, value }) => `${name}=${value}`)
            .join('; ');
    }

    clear() {
        this.#cookies.clear();
    }
}
