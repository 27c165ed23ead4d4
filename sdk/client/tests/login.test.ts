import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStagedoor, type AuthApi, type Stagedoor, type StagedoorOptions } from '../src/index';
import { settled } from './support/time';
import { baseUrl, failure, FakeBackend, FakePopup, json, response, World, type Tab } from './support/world';

let world: World;
let backend: FakeBackend;
let tab: Tab;
let stagedoor: Stagedoor;
let oidc: AuthApi;

function open(options: Partial<StagedoorOptions> = {}): void {
    stagedoor?.close();
    tab = world.tab(backend);
    stagedoor = createStagedoor({ baseUrl, browser: tab.browser, ...options });
    oidc = stagedoor.oidc();
}

const message = (scope?: string) => ({ type: 'authorization_response', response: response(scope) });

/** Starts a login in a click, up to the popup's page at the provider. */
async function begin(): Promise<{ token: Promise<string>; popup: FakePopup }> {
    const token = oidc.getAccessToken([], { instantPopup: true });
    token.catch(() => {});
    await vi.advanceTimersByTimeAsync(300);
    tab.popup.arrive();
    return { token, popup: tab.popup };
}

/** How long until the promise is rejected. */
async function timeToReject(promise: Promise<unknown>): Promise<number> {
    const start = Date.now();
    await settled(promise.catch(() => {}));
    return Date.now() - start;
}

beforeEach(() => {
    vi.useFakeTimers({ now: Date.UTC(2030, 0, 1) });
    world = new World();
    backend = new FakeBackend();
    open();
});

afterEach(() => {
    stagedoor.close();
    vi.useRealTimers();
});

describe('a popup', () => {
    it('is opened in the click and sent to the login', async () => {
        const token = oidc.getAccessToken('calendar', { instantPopup: true });
        expect(tab.popups).toHaveLength(1);
        await vi.advanceTimersByTimeAsync(300);
        expect(tab.popup.visited[0]).toMatch(/^https:\/\/auth\.example\.com\/api\/auth\/oidc\/start\?/);
        const { channel, ...query } = Object.fromEntries(tab.popup.query);
        expect(channel).toMatch(/^[A-Za-z0-9_-]{22,64}$/);
        expect(query).toEqual({
            scope: 'openid email profile calendar',
            origin: 'https://app.example.com',
            flow: 'popup',
            env: 'development',
        });
        tab.post(message('openid calendar'));
        expect(await settled(token)).toMatch(/^token/);
        expect(tab.popup.closed).toBe(true);
        expect(tab.popups).toHaveLength(1);
        expect(oidc.session.getSnapshot()).toMatchObject({ status: 'signed-in', scopes: ['openid', 'calendar'] });
    });

    it('is closed again if there was a session after all', async () => {
        backend.answers.refresh = () => json(response());
        expect(await settled(oidc.getAccessToken([], { instantPopup: true }))).toMatch(/^token/);
        expect(tab.popup).toMatchObject({ closed: true, visited: [] });
    });

    it('goes on to the login when the backend cannot say whether there is a session', async () => {
        backend.answers.refresh = () => failure(503, 'provider.unreachable');
        const { token } = await begin();
        tab.post(message());
        expect(await settled(token)).toMatch(/^token/);
    });

    it('of the caller is used', async () => {
        const popup = new FakePopup();
        const token = oidc.getAccessToken([], { popup: popup as unknown as Window });
        await vi.advanceTimersByTimeAsync(300);
        expect(tab.popups).toEqual([]);
        tab.post(message(), popup);
        expect(await settled(token)).toMatch(/^token/);
        expect(popup.closed).toBe(true);
    });

    it('lets the user choose the account, also with a session', async () => {
        backend.answers.refresh = () => json(response());
        await settled(oidc.getAccessToken());
        void oidc.signIn({ selectAccount: true, instantPopup: true });
        expect(tab.popup.query.get('selectAccount')).toBe('true');
        tab.post(message());
    });

    it('is closed when the caller gives up', async () => {
        const control = new AbortController();
        const token = oidc.getAccessToken([], { instantPopup: true, signal: control.signal });
        await vi.advanceTimersByTimeAsync(300);
        control.abort(new Error('enough'));
        await expect(settled(token)).rejects.toThrow('enough');
        expect(tab.popup.closed).toBe(true);
    });

    it('blocked is an error with a code', async () => {
        tab.blocked = true;
        await expect(settled(oidc.getAccessToken([], { instantPopup: true }))).rejects.toMatchObject({
            code: 'popup_blocked',
            retryable: false,
            docs: '#popup_blocked',
        });
    });

    it('blocked becomes a request with a button where something shows requests', async () => {
        stagedoor.requests.subscribe(() => {});
        tab.blocked = true;
        const token = oidc.getAccessToken([], { instantPopup: true });
        await vi.advanceTimersByTimeAsync(300);
        const [request] = stagedoor.requests.getSnapshot();
        expect(request!.blocked).toBe(true);
        tab.blocked = false;
        const triggered = request!.trigger();
        expect(tab.popups).toHaveLength(1);
        tab.post(message());
        await settled(triggered);
        expect(await settled(token)).toMatch(/^token/);
    });

    it('blocked becomes a redirect where that is allowed', async () => {
        open({ blockedFallback: 'redirect' });
        tab.blocked = true;
        void oidc.getAccessToken([], { instantPopup: true });
        await vi.advanceTimersByTimeAsync(300);
        expect(new URL(tab.visited[0]!).searchParams.get('flow')).toBe('redirect');
    });
});

describe('the result', () => {
    it('from another window or origin is nobody’s', async () => {
        const { token } = await begin();
        tab.post(message(), {});
        tab.post(message(), tab.popup, 'https://evil.example');
        await vi.advanceTimersByTimeAsync(1000);
        expect(oidc.session.getSnapshot().status).toBe('signed-out');
        tab.post(message());
        expect(await settled(token)).toMatch(/^token/);
    });

    it('comes through a channel where page and backend have one origin', async () => {
        const { token, popup } = await begin();
        new world.BroadcastChannel(`stagedoor:${popup.query.get('channel')}`).postMessage(message());
        expect(await settled(token)).toMatch(/^token/);
    });

    it('comes from the backend when an opener policy has cut the popup off', async () => {
        let done = false;
        backend.answers.flow = () => json(done ? { status: 'done', message: message() } : { status: 'pending' });
        const { token, popup } = await begin();
        popup.closed = true;
        await vi.advanceTimersByTimeAsync(60_000);
        expect(backend.calls.find((call) => call.path === 'flow')!.query.get('channel')).toBe(popup.query.get('channel'));
        done = true;
        expect(await settled(token)).toMatch(/^token/);
    });

    it('is asked for with a wait, and not in a hurry when the backend does not wait', async () => {
        backend.answers.flow = () => json({ status: 'pending' });
        await begin();
        await vi.advanceTimersByTimeAsync(60_000);
        expect(backend.count('flow')).toBeLessThan(130);
        expect(backend.calls.at(-1)!.query.get('wait')).toBe('20');
        tab.popup.close();
    });

    it('of no login is an error', async () => {
        const denied = { name: 'Error', message: 'Authentication rejected, access_denied', code: 'authorization.denied' };
        const cases = [
            [denied, 'denied'],
            [{ name: 'ServiceUnavailableError', message: 'later', code: 'provider.unreachable' }, 'retryable'],
            [{ name: 'Error', message: 'Authentication failed, invalid_scope' }, 'configuration'],
        ] as const;
        for (const [error, code] of cases) {
            const { token } = await begin();
            tab.post({ type: 'authorization_response', error });
            await expect(settled(token)).rejects.toMatchObject({ code });
        }
    });

    it('for another origin is an error that names the expected one', async () => {
        const { token } = await begin();
        tab.post({ type: 'config_info', targetOrigin: 'https://other.example.com' });
        await expect(settled(token)).rejects.toMatchObject({
            code: 'origin_not_allowed',
            expected: 'https://other.example.com',
            message: 'Login failed, incorrect app origin, expected https://other.example.com',
        });
    });

    it('of another tab ends the wait as well', async () => {
        const { token, popup } = await begin();
        const other = createStagedoor({ baseUrl, browser: world.tab(backend).browser });
        backend.answers.refresh = () => json(response());
        await settled(other.oidc().getAccessToken());
        expect(await settled(token)).toMatch(/^token/);
        expect(popup.closed).toBe(true);
        other.close();
    });
});

describe('a closed popup', () => {
    for (const status of ['pending', 'gone']) {
        it(`rejects within two seconds while the flow is ${status}`, async () => {
            backend.answers.flow = () => json({ status });
            const { token, popup } = await begin();
            await vi.advanceTimersByTimeAsync(5000);
            popup.close();
            expect(await timeToReject(token)).toBeLessThan(2000);
            await expect(token).rejects.toMatchObject({ code: 'popup_closed' });
        });
    }

    it('rejects within two seconds where the backend cannot be asked', async () => {
        backend.answers.flow = () => failure(404, 'request.unknown');
        const { token, popup } = await begin();
        await vi.advanceTimersByTimeAsync(5000);
        popup.close();
        expect(await timeToReject(token)).toBeLessThan(2000);
    });

    it('rejects within two seconds before it has come to the login', async () => {
        const token = oidc.getAccessToken([], { instantPopup: true });
        token.catch(() => {});
        await vi.advanceTimersByTimeAsync(300);
        tab.popup.close();
        expect(await timeToReject(token)).toBeLessThan(2000);
    });

    it('does not lose a result that is on its way', async () => {
        const { token, popup } = await begin();
        await vi.advanceTimersByTimeAsync(5000);
        popup.close();
        backend.answers.flow = () => json({ status: 'done', message: message() });
        expect(await settled(token)).toMatch(/^token/);
    });

    it('is believed closed only when the user is back, if a later page has cut it off', async () => {
        backend.answers.flow = () => json({ status: 'pending' });
        const { token, popup } = await begin();
        await vi.advanceTimersByTimeAsync(5000);
        tab.focused = false;
        popup.closed = true;
        const rejected = vi.fn();
        token.catch(rejected);
        await vi.advanceTimersByTimeAsync(20_000);
        expect(rejected).not.toHaveBeenCalled();
        tab.focused = true;
        tab.events.dispatchEvent(new Event('focus'));
        expect(await timeToReject(token)).toBeLessThan(2000);
    });

    it('that was cut off rejects when the backend knows no such login any more', async () => {
        backend.answers.flow = () => json({ status: 'pending' });
        const { token, popup } = await begin();
        popup.closed = true;
        await vi.advanceTimersByTimeAsync(30_000);
        backend.answers.flow = () => json({ status: 'gone' });
        await expect(settled(token)).rejects.toMatchObject({ code: 'popup_closed' });
    });
});

describe('pending requests', () => {
    it('collect what all callers of a provider wait for', async () => {
        const github = stagedoor.github();
        const calls = [oidc.getAccessToken('a'), oidc.getAccessToken('b'), github.getAccessToken('repo')];
        await vi.advanceTimersByTimeAsync(500);
        const requests = stagedoor.requests.getSnapshot();
        expect(requests.map(({ provider, scopes }) => [provider.id, provider.title, scopes])).toEqual([
            ['oidc', 'OpenID Connect', ['a', 'b']],
            ['github', 'GitHub', ['repo']],
        ]);
        const triggered = requests[0]!.trigger();
        expect(tab.popup.query.get('scope')).toBe('openid email profile a b');
        tab.post(message('openid email profile a b'));
        await settled(triggered);
        expect(await settled(calls[0]!)).toBe(await settled(calls[1]!));
        expect(stagedoor.requests.getSnapshot()).toHaveLength(1);
        stagedoor.requests.getSnapshot()[0]!.reject();
        await expect(settled(calls[2]!)).rejects.toMatchObject({ code: 'rejected', message: 'Login failed, rejected by user' });
        expect(stagedoor.requests.getSnapshot()).toEqual([]);
    });

    it('stay after a failed login, for another try', async () => {
        const token = oidc.getAccessToken();
        await vi.advanceTimersByTimeAsync(500);
        const failed = stagedoor.requests.getSnapshot()[0]!.trigger();
        tab.post({ type: 'authorization_response', error: { name: 'Error', message: 'Authentication rejected, no' } });
        await expect(settled(failed)).rejects.toMatchObject({ code: 'denied' });
        const again = stagedoor.requests.getSnapshot()[0]!.trigger();
        tab.post(message());
        await settled(again);
        expect(await settled(token)).toMatch(/^token/);
    });

    it('forget the former window when they are triggered again', async () => {
        const token = oidc.getAccessToken();
        await vi.advanceTimersByTimeAsync(500);
        const [request] = stagedoor.requests.getSnapshot();
        const first = request!.trigger();
        first.catch(() => {});
        const former = tab.popup;
        const second = request!.trigger();
        await expect(settled(first)).rejects.toMatchObject({ code: 'rejected' });
        expect(former.closed).toBe(true);
        tab.post(message());
        await settled(second);
        expect(await settled(token)).toMatch(/^token/);
    });

    it('close their popup when they are rejected', async () => {
        const token = oidc.getAccessToken();
        token.catch(() => {});
        await vi.advanceTimersByTimeAsync(500);
        const [request] = stagedoor.requests.getSnapshot();
        const triggered = request!.trigger();
        request!.reject();
        await expect(settled(triggered)).rejects.toMatchObject({ code: 'rejected' });
        await expect(settled(token)).rejects.toMatchObject({ code: 'rejected' });
        expect(tab.popup.closed).toBe(true);
    });
});

describe('the redirect flow', () => {
    it('leaves the page for the login', async () => {
        open({ flow: 'redirect' });
        void oidc.getAccessToken([], { instantPopup: true });
        await vi.advanceTimersByTimeAsync(300);
        const url = new URL(tab.visited[0]!);
        expect(Object.fromEntries(url.searchParams)).toMatchObject({
            flow: 'redirect',
            origin: 'https://app.example.com',
            redirectUrl: 'https://app.example.com/page?a=b',
        });
        expect(tab.popups).toEqual([]);
    });

    it('tells how it failed, once', () => {
        const page = tab.browser.window! as unknown as { location: { href: string }; history: unknown };
        page.location.href = 'https://app.example.com/page?error=Authentication+rejected%2C+no&a=b#part';
        const replaced: string[] = [];
        page.history = { state: null, replaceState: (_: unknown, __: string, url: string) => replaced.push(url) };
        expect(stagedoor.redirectError()).toMatchObject({ code: 'denied', message: 'Authentication rejected, no' });
        expect(replaced).toEqual(['https://app.example.com/page?a=b#part']);
    });
});
