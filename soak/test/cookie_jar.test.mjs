import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CookieJar } from '../lib/cookie_jar.mjs';

function makeJar() {
    const clock = { now: Date.parse('2026-01-01T00:00:00Z') };
    return { clock, jar: new CookieJar({ host: '127.0.0.1', clock: () => clock.now }) };
}

test('a cookie goes to its path and below it', () => {
    const { jar } = makeJar();
    jar.set('a=1; Path=/api/auth/oauth2; HttpOnly; SameSite=Lax');
    assert.equal(jar.header('/api/auth/oauth2'), 'a=1');
    assert.equal(jar.header('/api/auth/oauth2/refresh'), 'a=1');
    assert.equal(jar.header('/api/auth/oauth2x'), '');
    assert.equal(jar.header('/api/auth'), '');
});

test('the same name at another path is another cookie', () => {
    const { jar } = makeJar();
    jar.set('a=outer; Path=/');
    jar.set('a=inner; Path=/api');
    assert.equal(jar.header('/api/x'), 'a=inner; a=outer');
});

test('what arrives last is kept, also if it was made earlier', () => {
    const { jar } = makeJar();
    jar.set('a=new; Path=/');
    jar.set('a=old; Path=/');
    assert.equal(jar.header('/'), 'a=old');
});

test('Max-Age goes before Expires, and ends a cookie', () => {
    const { jar, clock } = makeJar();
    jar.set('a=1; Path=/; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT');
    assert.equal(jar.header('/'), 'a=1');
    clock.now += 10_000;
    assert.equal(jar.header('/'), '');
});

test('a removal removes the cookie of its path, chunks one by one', () => {
    const { jar } = makeJar();
    jar.set('a-0=x; Path=/api');
    jar.set('a-1=y; Path=/api');
    jar.set('a-1=; Path=/api; Max-Age=0');
    jar.set('a-0=; Path=/; Max-Age=0');
    assert.equal(jar.header('/api'), 'a-0=x');
});

test('a cookie of more than 4096 bytes, or of another host, is dropped', () => {
    const { jar } = makeJar();
    jar.set(`a=${'x'.repeat(4096)}; Path=/`);
    jar.set('b=1; Path=/; Domain=example.com');
    assert.equal(jar.header('/'), '');
    jar.set(`a=${'x'.repeat(4095)}; Path=/`);
    assert.equal(jar.header('/').length, 4097);
});
