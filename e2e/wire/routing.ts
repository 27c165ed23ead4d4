// Routes, environments, error bodies, security headers and CORS.

import assert from 'node:assert/strict';
import type { WireAnswer } from './client';
import { wireTest, type Target } from './target';

/** The error of an answer, after a check of everything that all errors have in common. */
export function errorOf(answer: WireAnswer, status: number): { name: string; message: string } {
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
    const body = answer.json();
    assert.deepEqual(Object.keys(body).sort(), ['error', 'request', 'response']);
    assert.deepEqual(Object.keys(body.request).sort(), ['method', 'url']);
    assert.deepEqual(body.response, { statusCode: status });
    assert.equal(body.error.stack, undefined);
    return body.error;
}

/** The headers that every answer has, with their default values. */
const securityHeaders = {
    'referrer-policy': 'no-referrer',
    'strict-transport-security': 'max-age=15552000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-dns-prefetch-control': 'off',
    'x-download-options': 'noopen',
    'x-frame-options': 'SAMEORIGIN',
    'x-permitted-cross-domain-policies': 'none',
    'x-xss-protection': '0',
};

/** The default policy, by directive. */
const contentSecurityPolicy = [
    "base-uri 'self'",
    "default-src 'self'",
    "font-src 'self' https: data:",
    "frame-ancestors 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "script-src 'self' 'unsafe-eval'",
    "script-src-attr 'none'",
    "style-src 'self' https: 'unsafe-inline'",
    'upgrade-insecure-requests',
];

/** Headers that would cut the popup off from its opener, or the app from its answers. */
const isolatingHeaders = [
    'cross-origin-opener-policy',
    'cross-origin-embedder-policy',
    'cross-origin-resource-policy',
    'origin-agent-cluster',
];

export function routingTests(target: () => Target): void {
    const get = (path: string) => target().newClient().send(`${target().base}/${path}`);

    wireTest('an unknown provider is 404', async () => {
        const answer = await get('nobody/start?env=development');
        const { name, message } = errorOf(answer, 404);
        assert.deepEqual([name, message], ['NotFoundError', "Unknown auth provider 'nobody'"]);
    });

    wireTest('a provider without configuration is 404', async () => {
        const { name } = errorOf(await get('github/start?env=development'), 404);
        assert.equal(name, 'NotFoundError');
    });

    wireTest('an error names the request below the mount of the plugin', async () => {
        const { request } = (await get('nobody/refresh?env=development')).json();
        assert.deepEqual(request, { method: 'GET', url: '/nobody/refresh?env=development' });
    });

    wireTest('other methods and other paths below a provider are 404', async () => {
        for (const [method, path] of [
            ['GET', 'oidc/logout'],
            ['POST', 'oidc/start'],
            ['GET', 'oidc/anything'],
            ['GET', 'oidc/handler'],
            ['DELETE', 'oidc/refresh'],
        ]) {
            const answer = await target()
                .newClient()
                .send(`${target().base}/${path}?env=development`, { method });
            assert.equal(errorOf(answer, 404).message, "Unknown auth provider 'oidc'", `${method} ${path}`);
        }
    });

    wireTest('a path that is not a provider is told as an unknown one', async () => {
        assert.equal(errorOf(await get('v1/zzz'), 404).message, "Unknown auth provider 'v1'");
    });

    wireTest('the mount itself is 404 and empty', async () => {
        const answer = await get('');
        assert.deepEqual([answer.status, answer.text], [404, '']);
    });

    wireTest('paths are compared without case, and a slash at the end is nothing', async () => {
        for (const path of ['oidc/start/', 'oidc/START', 'OIDC/start']) {
            assert.equal((await get(`${path}?env=development`)).status, 302, path);
        }
    });

    wireTest('an environment has to be named', async () => {
        for (const path of ['oidc/start', 'oidc/refresh', 'oidc/handler/frame', 'oidc/start?env=']) {
            const { name, message } = errorOf(await get(path), 400);
            assert.deepEqual(
                [name, message],
                ['InputError', "Must specify 'env' query to select environment"],
            );
        }
    });

    wireTest('an unknown environment is 404', async () => {
        const { name, message } = errorOf(await get('oidc/start?env=moon'), 404);
        const expected = "No configuration available for the 'moon' environment of this provider.";
        assert.deepEqual([name, message], ['NotFoundError', expected]);
    });

    wireTest('every answer has the security headers', async () => {
        for (const path of ['nobody/start?env=development', 'oidc/start?env=development', '']) {
            const { headers } = await get(path);
            for (const [name, value] of Object.entries(securityHeaders)) {
                assert.equal(headers[name], value, `${name} of ${path}`);
            }
            const policy = headers['content-security-policy'].split(';').map((directive) => directive.trim());
            assert.deepEqual(policy.sort(), contentSecurityPolicy, path);
        }
    });

    wireTest('no answer has a header that isolates the popup from its opener', async () => {
        const { headers } = await get('oidc/start?env=development');
        assert.deepEqual(
            isolatingHeaders.filter((name) => name in headers),
            [],
        );
    });

    wireTest('a preflight of the app is answered with what it asks for', async () => {
        const answer = await preflight(target(), target().appOrigin);
        assert.equal(answer.status, 204);
        assert.equal(answer.headers['access-control-allow-origin'], target().appOrigin);
        assert.equal(answer.headers['access-control-allow-credentials'], 'true');
        assert.equal(answer.headers['access-control-allow-headers'], 'x-requested-with');
        const methods = answer.headers['access-control-allow-methods']
            .split(',')
            .map((method) => method.trim());
        assert.deepEqual(methods.sort(), ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT']);
    });

    wireTest('a preflight of somebody else is answered with nothing', async () => {
        const { headers } = await preflight(target(), 'https://kittens.example.com');
        assert.equal(headers['access-control-allow-origin'], undefined);
    });

    wireTest('errors can be read by the app, and by nobody else', async () => {
        const url = `${target().base}/oidc/refresh?env=development`;
        for (const origin of [target().appOrigin, 'https://kittens.example.com']) {
            const { headers } = await target().newClient().send(url, { headers: { origin } });
            const allowed = origin === target().appOrigin ? origin : undefined;
            assert.equal(headers['access-control-allow-origin'], allowed);
        }
    });
}

function preflight(target: Target, origin: string): Promise<WireAnswer> {
    return target.newClient().send(`${target.base}/oidc/refresh?env=development`, {
        method: 'OPTIONS',
        headers: {
            origin,
            'access-control-request-method': 'GET',
            'access-control-request-headers': 'x-requested-with',
        },
    });
}
