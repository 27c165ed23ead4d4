import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStagedoor, type AuthApi, type SessionState, type Stagedoor } from '../src/index';
import { settled } from './support/time';
import { baseUrl, failure, FakeBackend, json, response, World, type Call, type Tab } from './support/world';

const minute = 60_000;

let world: World;
let backend: FakeBackend;
const open: Stagedoor[] = [];

function visit(tab: Tab = world.tab(backend)): { tab: Tab; stagedoor: Stagedoor; oidc: AuthApi } {
    const stagedoor = createStagedoor({ baseUrl, browser: tab.browser });
    open.push(stagedoor);
    return { tab, stagedoor, oidc: stagedoor.oidc() };
}

const granting =
    (seconds: number | string = 3600, headers: Record<string, string> = {}) =>
    (call: Call) =>
        json(response(call.query.get('scope')!, seconds), headers);

beforeEach(() => {
    vi.useFakeTimers({ now: Date.UTC(2030, 0, 1) });
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    world = new World();
    backend = new FakeBackend();
});

afterEach(() => {
    for (const stagedoor of open.splice(0)) stagedoor.close();
    vi.useRealTimers();
    vi.restoreAllMocks();
});

describe('a token', () => {
    it('comes from the backend once and from memory after that', async () => {
        backend.answers.refresh = granting();
        const { oidc } = visit();
        const token = await settled(oidc.getAccessToken('openid'));
        expect(await oidc.getAccessToken()).toBe(token);
        expect(await oidc.getIdToken()).toBe('id-token');
        expect(await oidc.getProfile()).toMatchObject({ displayName: 'Alice' });
        expect(backend.count('refresh')).toBe(1);
        const { query, init } = backend.calls[0]!;
        expect(Object.fromEntries(query)).toEqual({ optional: '', scope: 'openid email profile', env: 'development' });
        expect(init.credentials).toBe('include');
        expect(new Headers(init.headers).get('x-requested-with')).toBe('XMLHttpRequest');
    });

    it('is got with one request for all callers', async () => {
        backend.answers.refresh = granting();
        const { oidc } = visit();
        const tokens = await settled(Promise.all([oidc.getAccessToken(), oidc.getAccessToken('email'), oidc.getIdToken()]));
        expect(tokens[0]).toBe(tokens[1]);
        expect(backend.count('refresh')).toBe(1);
    });

    it('with new scopes is asked for together with those granted', async () => {
        backend.answers.refresh = granting();
        const { oidc } = visit();
        await settled(oidc.getAccessToken());
        await settled(oidc.getAccessToken('calendar'));
        expect(backend.calls[1]!.query.get('scope')).toBe('openid email profile calendar');
    });

    it('is empty if it is optional and there is no session', async () => {
        const { oidc, tab, stagedoor } = visit();
        expect(await settled(oidc.getAccessToken('openid', { optional: true }))).toBe('');
        expect(await settled(oidc.getProfile({ optional: true }))).toBeUndefined();
        expect(tab.popups).toEqual([]);
        expect(stagedoor.requests.getSnapshot()).toEqual([]);
    });

    it('counts a life given as text, as GitHub sends it', async () => {
        backend.answers.refresh = granting('3600');
        const { oidc } = visit();
        await settled(oidc.getAccessToken());
        const state = oidc.session.getSnapshot() as Extract<SessionState, { status: 'signed-in' }>;
        expect(state.expiresAt!.getTime() - Date.now()).toBeGreaterThan(3_590_000);
    });

    it('rejects for what another try cannot change, and keeps the session', async () => {
        backend.answers.refresh = granting();
        const { oidc } = visit();
        await settled(oidc.getAccessToken());
        backend.answers.refresh = () => failure(403, 'request.origin_not_allowed');
        await expect(settled(oidc.getAccessToken('other'))).rejects.toMatchObject({ code: 'origin_not_allowed' });
        expect(oidc.session.getSnapshot().status).toBe('signed-in');
    });

    it('waits no longer than its signal', async () => {
        const { oidc, stagedoor } = visit();
        const control = new AbortController();
        const token = oidc.getAccessToken([], { signal: control.signal });
        await vi.advanceTimersByTimeAsync(500);
        expect(stagedoor.requests.getSnapshot()).toHaveLength(1);
        control.abort(new Error('enough'));
        await expect(settled(token)).rejects.toThrow('enough');
        expect(stagedoor.requests.getSnapshot()).toEqual([]);
    });
});

describe('a renewal', () => {
    it('is made in the last three minutes of a long life, without a caller', async () => {
        backend.answers.refresh = granting(3600);
        const { oidc } = visit();
        await settled(oidc.getAccessToken());
        await vi.advanceTimersByTimeAsync(56 * minute);
        expect(backend.count('refresh')).toBe(1);
        await vi.advanceTimersByTimeAsync(4 * minute);
        expect(backend.count('refresh')).toBe(2);
    });

    it('is made in the last fifth of a short life', async () => {
        backend.answers.refresh = granting(50);
        const { oidc } = visit();
        await settled(oidc.getAccessToken());
        await vi.advanceTimersByTimeAsync(39_000);
        expect(backend.count('refresh')).toBe(1);
        await vi.advanceTimersByTimeAsync(10_900);
        expect(backend.count('refresh')).toBe(2);
    });

    it('comes at moments that differ', async () => {
        backend.answers.refresh = granting(3600);
        const moments = new Set<number>();
        for (const random of [0, 0.5, 0.99]) {
            vi.spyOn(Math, 'random').mockReturnValue(random);
            const { oidc, stagedoor } = visit(new World().tab(backend));
            await settled(oidc.getAccessToken());
            const [before, start] = [backend.calls.length, Date.now()];
            while (backend.calls.length === before) await vi.advanceTimersByTimeAsync(1000);
            moments.add(Math.round((Date.now() - start) / 10_000));
            stagedoor.close();
        }
        expect(moments.size).toBe(3);
    });

    it('is made on waking up after the clock has leapt', async () => {
        backend.answers.refresh = granting(3600);
        const { oidc, tab } = visit();
        const token = await settled(oidc.getAccessToken());
        vi.setSystemTime(Date.now() + 8 * 60 * minute);
        tab.wake();
        await vi.advanceTimersByTimeAsync(500);
        expect(backend.count('refresh')).toBe(2);
        expect(await oidc.getAccessToken()).not.toBe(token);
        expect(backend.count('refresh')).toBe(2);
    });

    it('stops with close()', async () => {
        backend.answers.refresh = granting(600);
        const { oidc, stagedoor } = visit();
        await settled(oidc.getAccessToken());
        stagedoor.close();
        await vi.advanceTimersByTimeAsync(30 * minute);
        expect(backend.count('refresh')).toBe(1);
    });

    it('goes on, but never runs hot, whatever life the answer names', async () => {
        backend.answers.refresh = granting(-5);
        const { oidc } = visit();
        void oidc.getAccessToken([], { optional: true }).catch(() => {});
        await vi.advanceTimersByTimeAsync(20_000);
        expect(backend.count('refresh')).toBeGreaterThan(10);
        expect(backend.count('refresh')).toBeLessThan(25);
    });
});

describe('a failure', () => {
    const failures = {
        'no network': () => new TypeError('Failed to fetch'),
        503: () => failure(503, 'provider.unreachable'),
        500: () => failure(500, 'internal'),
        429: () => failure(429, 'limit'),
        'a page in place of the answer': () => new Response('<html>', { status: 200 }),
        'a 401 that is not the backend’s': () => new Response('<html>', { status: 401 }),
    };
    for (const [name, answer] of Object.entries(failures)) {
        it(`never signs out: ${name}`, async () => {
            backend.answers.refresh = granting(3600);
            const { oidc } = visit();
            const token = await settled(oidc.getAccessToken());
            backend.answers.refresh = answer;
            await vi.advanceTimersByTimeAsync(59.5 * minute);
            expect(backend.count('refresh')).toBeGreaterThan(1);
            expect(await settled(oidc.getAccessToken())).toBe(token);
            expect(oidc.session.getSnapshot()).toMatchObject({ status: 'signed-in', stale: true });
            await vi.advanceTimersByTimeAsync(2 * minute);
            await expect(settled(oidc.getAccessToken())).rejects.toMatchObject({ code: 'retryable', retryable: true });
            expect(oidc.session.getSnapshot().status).toBe('signed-in');
            backend.answers.refresh = granting(3600);
            expect(await settled(oidc.getAccessToken())).not.toBe(token);
            expect(oidc.session.getSnapshot()).toMatchObject({ status: 'signed-in', stale: false });
        });
    }

    it('is tried again, when the backend says so', async () => {
        let last = 0;
        backend.answers.refresh = (call) => {
            if (backend.count('refresh') > 1) return granting()(call);
            last = Date.now();
            return failure(503, 'provider.unreachable', { 'retry-after': '7' });
        };
        const { oidc } = visit();
        expect(await settled(oidc.getAccessToken())).toMatch(/^token/);
        expect(Date.now() - last).toBeGreaterThanOrEqual(7000);
    });

    it('is not waited for when the backend says it takes long', async () => {
        backend.answers.refresh = () => failure(503, 'provider.unreachable', { 'retry-after': '120' });
        const { oidc } = visit();
        await expect(settled(oidc.getAccessToken(), 5000)).rejects.toMatchObject({ code: 'retryable', retryAfter: 120_000 });
    });

    it('is made good at once when the network is back', async () => {
        backend.answers.refresh = granting(3600);
        const { oidc, tab } = visit();
        await settled(oidc.getAccessToken());
        backend.answers.refresh = () => new TypeError('Failed to fetch');
        await vi.advanceTimersByTimeAsync(90 * minute);
        backend.answers.refresh = granting(3600);
        const before = backend.calls.length;
        tab.online();
        await vi.advanceTimersByTimeAsync(300);
        expect(backend.calls.length).toBe(before + 1);
        expect(oidc.session.getSnapshot()).toMatchObject({ stale: false });
    });

    it('of the provider is told by an old answer, which is used while it lives', async () => {
        backend.answers.refresh = granting(100, { 'stagedoor-stale': '1' });
        const { oidc } = visit();
        const token = await settled(oidc.getAccessToken());
        expect(await oidc.getAccessToken()).toBe(token);
        expect(oidc.session.getSnapshot()).toMatchObject({ status: 'signed-in', stale: true });
        backend.answers.refresh = granting(3600);
        await vi.advanceTimersByTimeAsync(5000);
        expect(oidc.session.getSnapshot()).toMatchObject({ stale: false });
    });
});

describe('the end of a session', () => {
    it('is the verdict of the backend', async () => {
        backend.answers.refresh = granting(600);
        const { oidc } = visit();
        await settled(oidc.getAccessToken());
        backend.answers.refresh = () => failure(401, 'token.invalid_grant');
        await vi.advanceTimersByTimeAsync(10 * minute);
        expect(oidc.session.getSnapshot().status).toBe('signed-out');
        expect(backend.count('refresh')).toBe(2);
    });

    it.each(['refresh.scope_not_granted', 'token.refused'])('is not a refusal of more scopes: %s', async (code) => {
        backend.answers.refresh = granting(3600);
        const { oidc, stagedoor } = visit();
        const token = await settled(oidc.getAccessToken());
        backend.answers.refresh = () => failure(401, code);
        void oidc.getAccessToken('repo').catch(() => {});
        await vi.advanceTimersByTimeAsync(1000);
        expect(stagedoor.requests.getSnapshot()[0]).toMatchObject({ scopes: ['repo'], blocked: false });
        expect(await oidc.getAccessToken()).toBe(token);
        stagedoor.requests.getSnapshot()[0]!.reject();
    });

    it('at a sign-out forgets the session before it asks the backend', async () => {
        backend.answers.refresh = granting(600);
        const { oidc } = visit();
        await settled(oidc.getAccessToken());
        const signOut = oidc.signOut();
        expect(oidc.session.getSnapshot().status).toBe('signed-out');
        await settled(signOut);
        expect(backend.calls.at(-1)).toMatchObject({ method: 'POST', path: 'logout' });
    });

    it('at a sign-out is not undone by a renewal under way', async () => {
        backend.answers.refresh = granting(600);
        const { oidc } = visit();
        await settled(oidc.getAccessToken());
        let answer: (response: Response) => void = () => {};
        backend.answers.refresh = () => new Promise<Response>((resolve) => (answer = resolve));
        const more = oidc.getAccessToken('more', { optional: true });
        await vi.advanceTimersByTimeAsync(500);
        await settled(oidc.signOut());
        answer(json(response()));
        expect(await settled(more)).toBe('');
        expect(oidc.session.getSnapshot().status).toBe('signed-out');
    });

    it.each([true, false])('at a sign-out comes before all other questions, with locks: %s', async (locks) => {
        backend.answers.refresh = granting(600);
        const tab = (): Tab => world.tab(backend, locks ? {} : { locks: undefined, BroadcastChannel: undefined });
        const [a, b] = [visit(tab()), visit(tab())];
        await settled(Promise.all([a.oidc.getAccessToken(), b.oidc.getAccessToken()]));
        const order: string[] = [];
        backend.answers.logout = async () => {
            await new Promise((done) => setTimeout(done, 1000));
            order.push('logged out');
            return new Response('');
        };
        backend.answers.refresh = () => {
            order.push('asked');
            return failure(401, 'session.missing');
        };
        for (const { oidc } of [a, b]) {
            // As a component does that shows a token.
            oidc.session.listen(() => void oidc.getAccessToken([], { optional: true }));
        }
        await settled(a.oidc.signOut());
        await vi.advanceTimersByTimeAsync(1000);
        expect(order[0]).toBe('logged out');
        expect(order).toContain('asked');
    });

    it('goes on to the provider where the backend says so', async () => {
        backend.answers.logout = () => json({ logoutUrl: 'https://idp.example.com/logout' });
        const { oidc, tab } = visit();
        await settled(oidc.signOut());
        expect(tab.visited).toEqual(['https://idp.example.com/logout']);
    });

    it('goes nowhere else', async () => {
        backend.answers.logout = () => json({ logoutUrl: 'javascript:alert(1)' });
        const { oidc, tab } = visit();
        await settled(oidc.signOut());
        expect(tab.visited).toEqual([]);
    });
});

describe('tabs', () => {
    it('of which ten wake up ask the backend once', async () => {
        backend.answers.refresh = granting(600);
        const tabs = Array.from({ length: 10 }, () => visit());
        await settled(Promise.all(tabs.map(({ oidc }) => oidc.getAccessToken())));
        expect(backend.count('refresh')).toBe(1);
        vi.setSystemTime(Date.now() + 60 * minute);
        for (const { tab } of tabs) tab.wake();
        const tokens = await settled(Promise.all(tabs.map(({ oidc }) => oidc.getAccessToken())));
        expect(new Set(tokens).size).toBe(1);
        expect(backend.count('refresh')).toBe(2);
    });

    it('without a session share the verdict too', async () => {
        const tabs = Array.from({ length: 10 }, () => visit());
        await settled(Promise.all(tabs.map(({ oidc }) => oidc.getAccessToken([], { optional: true }))));
        expect(backend.count('refresh')).toBe(1);
    });

    it('renew in turn, each for all', async () => {
        backend.answers.refresh = granting(600);
        let random = 0;
        vi.spyOn(Math, 'random').mockImplementation(() => (random = (random + 0.37) % 1));
        const tabs = Array.from({ length: 5 }, () => visit());
        await settled(Promise.all(tabs.map(({ oidc }) => oidc.getAccessToken())));
        await vi.advanceTimersByTimeAsync(60 * minute);
        // A life of ten minutes is renewed after eight to ten.
        expect(backend.count('refresh')).toBeLessThanOrEqual(8);
        expect(backend.count('refresh')).toBeGreaterThanOrEqual(6);
    });

    it('hand the session to a new one', async () => {
        backend.answers.refresh = granting();
        const token = await settled(visit().oidc.getAccessToken());
        expect(await settled(visit().oidc.getAccessToken())).toBe(token);
        expect(backend.count('refresh')).toBe(1);
    });

    it('never take an older session for a newer one', async () => {
        backend.answers.refresh = granting(3600);
        const [a, b] = [visit(), visit()];
        const heard: unknown[] = [];
        const channel = new world.BroadcastChannel(`stagedoor:${baseUrl} oidc development `);
        channel.addEventListener('message', ({ data }) => heard.push(data));
        await settled(a.oidc.getAccessToken());
        await vi.advanceTimersByTimeAsync(10);
        const old = heard.find((message) => (message as { type: string }).type === 'session');
        await vi.advanceTimersByTimeAsync(60 * minute);
        const token = await settled(b.oidc.getAccessToken());
        channel.postMessage(old);
        await vi.advanceTimersByTimeAsync(10);
        expect(await b.oidc.getAccessToken()).toBe(token);
        await settled(b.oidc.signOut());
        channel.postMessage(old);
        await vi.advanceTimersByTimeAsync(10);
        expect(b.oidc.session.getSnapshot().status).toBe('signed-out');
    });

    it('keep a newer session when an answer comes late', async () => {
        backend.answers.refresh = granting(3600);
        const { oidc, tab, stagedoor } = visit();
        await settled(oidc.getAccessToken());
        let answer: (response: Response) => void = () => {};
        backend.answers.refresh = () => new Promise<Response>((resolve) => (answer = resolve));
        const more = oidc.getAccessToken('more', { optional: true });
        await vi.advanceTimersByTimeAsync(500);
        const login = oidc.signIn({ selectAccount: true, instantPopup: true });
        tab.post({ type: 'authorization_response', response: response('openid email profile', 3600) });
        await settled(login);
        const token = await oidc.getAccessToken();
        answer(json(response('openid email profile more')));
        expect(await settled(more)).toBe('');
        expect(await oidc.getAccessToken()).toBe(token);
        expect(stagedoor.requests.getSnapshot()).toEqual([]);
    });

    it('sign out together', async () => {
        backend.answers.refresh = granting();
        const [a, b] = [visit(), visit()];
        await settled(Promise.all([a.oidc.getAccessToken(), b.oidc.getAccessToken()]));
        await settled(a.oidc.signOut());
        await vi.advanceTimersByTimeAsync(10);
        expect(b.oidc.session.getSnapshot().status).toBe('signed-out');
    });

    it('manage alone where the browser has neither locks nor channels', async () => {
        backend.answers.refresh = granting(600);
        const alone = { locks: undefined, BroadcastChannel: undefined };
        const { oidc } = visit(world.tab(backend, alone));
        expect(await settled(oidc.getAccessToken())).toMatch(/^token/);
        await vi.advanceTimersByTimeAsync(11 * minute);
        expect(backend.count('refresh')).toBe(2);
    });

    it('do not wait for one that keeps the lock', async () => {
        backend.answers.refresh = granting(600);
        const patience = vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
            const control = new AbortController();
            setTimeout(() => control.abort(), milliseconds);
            return control.signal;
        });
        const stuck = (_: string, { signal }: { signal: AbortSignal }) =>
            new Promise((_done, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        const { oidc } = visit(world.tab(backend, { locks: { request: stuck } as never }));
        expect(await settled(oidc.getAccessToken(), 20_000)).toMatch(/^token/);
        expect(patience).toHaveBeenCalledWith(10_000);
    });

    it('with other providers or environments have sessions of their own', async () => {
        backend.answers.refresh = granting();
        const { stagedoor } = visit();
        const one = await settled(stagedoor.oidc().getAccessToken());
        const other = await settled(stagedoor.oidc({ environment: 'production' }).getAccessToken());
        expect(other).not.toBe(one);
        expect(backend.calls.map((call) => call.query.get('env'))).toEqual(['development', 'production']);
    });
});

it('keeps nothing outside of memory', async () => {
    const touched: string[] = [];
    for (const store of ['localStorage', 'sessionStorage', 'indexedDB', 'caches']) {
        vi.stubGlobal(store, new Proxy({}, { get: (_, name) => void touched.push(`${store}.${String(name)}`) }));
    }
    backend.answers.refresh = granting(600);
    const { oidc } = visit();
    await settled(oidc.getAccessToken());
    await vi.advanceTimersByTimeAsync(20 * minute);
    await settled(oidc.signOut());
    expect(touched).toEqual([]);
    vi.unstubAllGlobals();
});

it('works where there is no page, as in a server that renders', () => {
    const stagedoor = createStagedoor({ baseUrl });
    expect(stagedoor.google().session.getSnapshot()).toEqual({ status: 'signed-out' });
    stagedoor.close();
});
