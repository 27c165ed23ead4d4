// The attributes of the cookies, which follow from the addresses of app and backend.

import assert from 'node:assert/strict';
import type { SetCookie } from './client';
import { wireTestWith, type Target } from './target';

/** What browsers cut longer lifetimes to (RFC 6265bis, section 5.5). */
const fourHundredDays = 400 * 24 * 60 * 60;

/** Cookies that are set, as opposed to removed. */
export function kept(cookies: SetCookie[]): SetCookie[] {
    return cookies.filter(
        ({ attributes }) => attributes['max-age'] === undefined || Number(attributes['max-age']) > 0,
    );
}

function only(cookies: SetCookie[]): SetCookie {
    const names = new Set(cookies.map(({ name }) => name));
    assert.equal(names.size, 1, `cookies: ${[...names].join(', ')}`);
    return cookies[0];
}

async function loginCookies(target: Target): Promise<{ flow: SetCookie; session: SetCookie }> {
    const { started, finished } = await target.login(target.newClient());
    assert.equal(finished.status, 200, finished.text);
    const flow = kept(started.setCookies).filter(({ name }) => name.startsWith('oidc'));
    const session = kept(finished.setCookies).filter(({ name }) => name.startsWith('oidc-refresh-token'));
    return { flow: only(flow), session: only(session) };
}

const cases = [
    {
        name: 'plain http on one host',
        addresses: { appOrigin: 'http://localhost:3000', backendOrigin: 'http://localhost:7007' },
        secure: undefined,
        sameSite: 'Lax',
    },
    {
        name: 'https on two hosts',
        addresses: { appOrigin: 'https://app.example.com', backendOrigin: 'https://api.example.com' },
        secure: true,
        sameSite: 'None',
    },
    {
        name: 'https on one host',
        addresses: { appOrigin: 'https://example.com', backendOrigin: 'https://example.com' },
        secure: true,
        sameSite: 'Lax',
    },
    {
        name: 'https on one host and two ports',
        addresses: { appOrigin: 'https://example.com', backendOrigin: 'https://example.com:8443' },
        secure: true,
        sameSite: 'Lax',
    },
];

export function cookieTests(_target: () => Target): void {
    for (const { name, addresses, secure, sameSite } of cases) {
        wireTestWith(`cookies with ${name}`, { addresses }, async (target) => {
            const { flow, session } = await loginCookies(target);
            for (const { attributes, line } of [flow, session]) {
                assert.equal(attributes.httponly, true, line);
                assert.equal(attributes.secure, secure, line);
                assert.equal(attributes.samesite, sameSite, line);
                assert.equal(attributes.domain, undefined, line);
                assert.ok(attributes.expires, line);
            }
            assert.equal(flow.attributes['max-age'], '600');
            assert.ok('/api/auth/oidc/handler/frame'.startsWith(String(flow.attributes.path)), flow.line);
            assert.ok(Number(session.attributes['max-age']) >= fourHundredDays, session.line);
            assert.equal(session.attributes.path, '/api/auth/oidc');
        });
    }
}
