import { createStagedoor, type AuthApi, type Stagedoor } from '@stagedoor/client';
import { act, StrictMode, useState, version, type ReactNode } from 'react';
import { createRoot, hydrateRoot, type Root } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LoginDialog, StagedoorProvider, useAccessToken, useSession, useStagedoor } from '../src/index';
import { baseUrl, failure, FakeBackend, json, response, World, type Tab } from '../../client/tests/support/world';

let backend: FakeBackend;
let tab: Tab;
let stagedoor: Stagedoor;
let oidc: AuthApi;
let root: Root | undefined;
let place: HTMLElement;

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

/** Waits until the page says so. */
async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await act(() => new Promise((done) => setTimeout(done, 5)));
}

async function show(what: ReactNode): Promise<void> {
    root ??= createRoot(place);
    await act(async () => root!.render(what));
}

function Token({ api, scopes }: { api: AuthApi; scopes?: string[] }): ReactNode {
    const { token, status, error, request } = useAccessToken(api, scopes);
    return (
        <button onClick={() => void request()}>
            {status} {token} {error?.code}
        </button>
    );
}

function Who({ api }: { api: AuthApi }): ReactNode {
    const session = useSession(api);
    return <p>{session.status === 'signed-in' ? session.profile.displayName : 'nobody'}</p>;
}

const granted = () => json(response('openid email profile'));

beforeEach(() => {
    backend = new FakeBackend();
    tab = new World().tab(backend);
    stagedoor = createStagedoor({ baseUrl, browser: tab.browser });
    oidc = stagedoor.oidc();
    place = document.createElement('div');
    document.body.append(place);
});

afterEach(async () => {
    await act(async () => root?.unmount());
    root = undefined;
    place.remove();
    stagedoor.close();
});

it('runs with the React of its project', () => {
    expect(version.split('.')[0]).toBe(process.env.REACT);
});

it('shows a token, and another one after a sign-out and a login', async () => {
    backend.answers.refresh = granted;
    await show(<StrictMode><Token api={oidc} /><Who api={oidc} /></StrictMode>);
    await until(() => place.textContent!.includes('ready token'));
    expect(place.textContent).toContain('Alice');
    expect(backend.count('refresh')).toBe(1);
    backend.answers.refresh = () => failure(401, 'session.missing');
    await act(() => oidc.signOut());
    await until(() => place.textContent!.includes('signed-out'));
    expect(place.textContent).toContain('nobody');
    await act(async () => place.querySelector('button')!.click());
    expect(tab.popups).toHaveLength(1);
    await until(() => tab.popup.visited.length > 0);
    await act(async () => tab.post({ type: 'authorization_response', response: response() }));
    await until(() => place.textContent!.includes('ready token'));
});

it('does not ask again for an array that is equal', async () => {
    backend.answers.refresh = granted;
    let again = (): void => {};
    const Twice = (): ReactNode => {
        const [count, set] = useState(0);
        again = () => set(count + 1);
        return <div data-count={count}><Token api={oidc} scopes={['openid', 'email']} /></div>;
    };
    await show(<Twice />);
    await until(() => place.textContent!.includes('ready'));
    await act(async () => again());
    expect(place.innerHTML).toContain('data-count="1"');
    expect(place.textContent).toContain('ready');
    expect(backend.count('refresh')).toBe(1);
});

it('shows an error with its code', async () => {
    backend.answers.refresh = () => failure(404, 'request.unknown');
    await show(<Token api={oidc} />);
    await until(() => place.textContent!.includes('error'));
    expect(place.textContent).toContain('configuration');
});

it('hands the Stagedoor down', async () => {
    const Ask = (): ReactNode => String(useStagedoor() === stagedoor);
    await show(<StagedoorProvider value={stagedoor}><Ask /></StagedoorProvider>);
    expect(place.textContent).toBe('true');
});

it('shows the dialog for a login that is asked for', async () => {
    await show(<StagedoorProvider value={stagedoor}><LoginDialog texts={{ heading: 'Hello' }} /></StagedoorProvider>);
    const token = oidc.getAccessToken();
    token.catch(() => {});
    const shadow = (): ShadowRoot | null | undefined => place.querySelector('stagedoor-login-dialog')?.shadowRoot;
    await until(() => shadow()?.querySelector('dialog')?.open === true);
    expect(shadow()!.querySelector('h2')!.textContent).toBe('Hello');
    await act(async () => shadow()!.querySelector<HTMLButtonElement>('[part~="reject"]')!.click());
    await expect(token).rejects.toMatchObject({ code: 'rejected' });
    expect(shadow()!.querySelector('dialog')!.open).toBe(false);
});

it('renders on a server, and the page takes over without a word', async () => {
    const page = (
        <StagedoorProvider value={stagedoor}><Token api={oidc} /><Who api={oidc} /><LoginDialog /></StagedoorProvider>
    );
    backend.answers.refresh = granted;
    await oidc.getAccessToken();
    const html = renderToString(page);
    expect(html).toContain('nobody');
    expect(html).toContain('loading');
    expect(backend.count('refresh')).toBe(1);
    place.innerHTML = html;
    const complaints: unknown[] = [];
    await act(async () => {
        root = hydrateRoot(place, page, { onRecoverableError: (error) => complaints.push(error) });
    });
    await until(() => place.textContent!.includes('Alice') && place.textContent!.includes('ready'));
    expect(complaints).toEqual([]);
});
