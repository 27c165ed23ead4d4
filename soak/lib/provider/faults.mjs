import { setTimeout as delay } from 'node:timers/promises';

// What can go wrong with an answer of the token endpoint. Those that are `spent` come after the refresh token was
// rotated: the caller cannot know what became of it. A provider without a grace time gives no caller a way back from
// these, so the strict soak leaves them out.
export const faultKinds = {
    slow: { spent: false },
    'status-500': { spent: false },
    'status-503': { spent: false },
    'status-429': { spent: false },
    'closed-before': { spent: false },
    html: { spent: false },
    'not-json': { spent: false },
    'closed-after': { spent: true },
    'closed-middle': { spent: true },
    'cut-json': { spent: true },
};

const statusAnswers = {
    'status-500': { status: 500, body: { error: 'server_error' } },
    'status-503': { status: 503, body: { error: 'temporarily_unavailable' } },
    'status-429': { status: 429, body: { error: 'slow_down' } },
};
const gatewayPage = '<!doctype html><title>Please wait</title><p>This page belongs to a gateway.';

export class BadFault extends Error {}

// The faults that are switched on: each hits by probability, or the next so many calls.
export class Faults {
    #rules = [];

    constructor(random) {
        this.random = random;
    }

    // {kinds | kind, grant?, probability | next, delayMs?, retryAfter?}: `grant` is the grant_type that it is for; any,
    // if absent. One of `kinds` is drawn for each hit.
    add({ kind, kinds = [kind], grant, probability = 1, next = Infinity, delayMs = 1000, retryAfter = 1 }) {
        const unknown = kinds.find((name) => !Object.hasOwn(faultKinds, name));
        if (unknown !== undefined) throw new BadFault(`there is no fault '${unknown}'`);
        this.#rules.push({ kinds, grant, probability, next, delayMs, retryAfter });
    }

    clear() {
        this.#rules = [];
    }

    list() {
        return this.#rules.map((rule) => ({ ...rule, next: Number.isFinite(rule.next) ? rule.next : null }));
    }

    // The fault of this call, or none.
    draw(grant) {
        for (const rule of this.#rules) {
            if (rule.next <= 0 || (rule.grant && rule.grant !== grant)) continue;
            if (!this.random.chance(rule.probability)) continue;
            rule.next -= 1;
            const kind = this.random.pick(rule.kinds);
            return { kind, spent: faultKinds[kind].spent, delayMs: rule.delayMs, retryAfter: rule.retryAfter };
        }
        return null;
    }
}

// Spoils the call before the provider has looked at it. True if that was the answer.
export async function spoilBefore(fault, response, sendJson) {
    switch (fault.kind) {
        case 'slow':
            await delay(fault.delayMs);
            return false;
        case 'closed-before':
            response.destroy();
            return true;
        case 'html':
            response.writeHead(200, { 'content-type': 'text/html' }).end(gatewayPage);
            return true;
        case 'not-json':
            response.writeHead(200, { 'content-type': 'application/json' }).end('{"access_token":');
            return true;
        default: {
            const { status, body } = statusAnswers[fault.kind];
            const headers = status === 429 || status === 503 ? { 'retry-after': String(fault.retryAfter) } : {};
            sendJson(response, status, body, headers);
            return true;
        }
    }
}

// Spoils the answer `body` (a text) after the token was rotated.
export function spoilAfter(fault, response, body) {
    const half = body.slice(0, body.length / 2);
    switch (fault.kind) {
        case 'closed-after':
            response.destroy();
            break;
        case 'closed-middle':
            response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
            response.write(half, () => response.destroy());
            break;
        default:
            response.writeHead(200, { 'content-type': 'application/json' }).end(half);
    }
}
