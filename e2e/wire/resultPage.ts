// Runs the page that ends a login in a browser that is not there, and says what it has told whom.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createContext, runInContext } from 'node:vm';
import type { WireAnswer } from './client';

export interface PostedMessage {
    data: any;
    targetOrigin: string;
}

/** The inline script of the page, which its policy has to name by its hash and nothing else. */
export function inlineScript(page: WireAnswer): string {
    const scripts = [...page.text.matchAll(/<script[^>]*>([^]*?)<\/script>/gi)].map(([, text]) => text);
    assert.equal(scripts.length, 1, 'the page has not exactly one script');
    const hash = createHash('sha256').update(scripts[0]).digest('base64');
    const policy = page.headers['content-security-policy'];
    const sources = policy
        .split(';')
        .map((directive) => directive.trim())
        .find((it) => it.startsWith('script-src '));
    assert.equal(sources, `script-src 'sha256-${hash}'`);
    return scripts[0];
}

/** What the page posts to its opener. */
export function messagesOf(page: WireAnswer): PostedMessage[] {
    const messages: PostedMessage[] = [];
    const window: Record<string, unknown> = {
        opener: {
            closed: false,
            postMessage: (data: unknown, targetOrigin: string) =>
                messages.push({ data: JSON.parse(JSON.stringify(data)), targetOrigin }),
        },
        close: () => {},
        addEventListener: () => {},
    };
    window.parent = window;
    window.window = window;
    const element = { addEventListener: () => {}, hidden: true };
    const document = { getElementById: () => element, addEventListener: () => {} };
    const setTimeout = (later: () => void) => void later();
    runInContext(inlineScript(page), createContext({ window, document, setTimeout, ...window }));
    return messages;
}

/** The `authorization_response` that the page posts, and to whom. */
export function authorizationResponse(page: WireAnswer): PostedMessage {
    const responses = messagesOf(page).filter(({ data }) => data.type === 'authorization_response');
    assert.equal(responses.length, 1, `the page posts ${responses.length} responses`);
    return responses[0];
}
