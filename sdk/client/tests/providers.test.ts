import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStagedoor, type AuthApi, type Stagedoor } from '../src/index';
import { settled } from './support/time';
import { baseUrl, FakeBackend, json, response, World } from './support/world';

let backend: FakeBackend;
let stagedoor: Stagedoor;

beforeEach(() => {
    vi.useFakeTimers();
    backend = new FakeBackend();
    backend.answers.refresh = (call) => json(response(call.query.get('scope')!));
    stagedoor = createStagedoor({ baseUrl, browser: new World().tab(backend).browser });
});

afterEach(() => {
    stagedoor.close();
    vi.useRealTimers();
});

const g = 'https://www.googleapis.com/auth/';

// [what is asked for, the scopes of the request], as Backstage's frontend sends them.
const forms: Record<string, [(s: Stagedoor) => AuthApi, string | string[], string]> = {
    google: [
        (s) => s.google(),
        'email calendar.readonly',
        `openid ${g}userinfo.email ${g}userinfo.profile ${g}calendar.readonly`,
    ],
    github: [(s) => s.github(), 'repo,gist', 'read:user repo gist'],
    gitlab: [(s) => s.gitlab(), ['api'], 'read_user api'],
    microsoft: [(s) => s.microsoft(), 'Mail.Read', 'openid email profile offline_access User.Read Mail.Read'],
    okta: [(s) => s.okta(), 'groups users.read', 'openid email profile offline_access groups okta.users.read'],
    onelogin: [(s) => s.onelogin(), 'x', 'openid email profile offline_access onelogin.x'],
    bitbucket: [(s) => s.bitbucket(), [], 'account'],
    bitbucketServer: [(s) => s.bitbucketServer(), [], 'REPO_READ'],
    atlassian: [(s) => s.atlassian(), 'read:jira-work', 'read:jira-work'],
    openshift: [(s) => s.openshift(), [], 'user:info'],
    vmwareCloudServices: [(s) => s.vmwareCloudServices(), [], 'openid'],
    oauth2: [(s) => s.oauth2(), 'a|b', 'a b'],
    oidc: [(s) => s.oidc(), [], 'openid email profile'],
};

describe('scopes', () => {
    for (const [id, [make, asked, sent]] of Object.entries(forms)) {
        it(`of ${id} have its form`, async () => {
            await settled(make(stagedoor).getAccessToken(asked));
            const [call] = backend.calls;
            expect(call!.query.get('scope')).toBe(sent);
            await settled(make(stagedoor).getAccessToken(asked));
            expect(backend.calls).toHaveLength(1);
        });
    }

    it('have the form that the app gives them', async () => {
        const api = stagedoor.oidc({ id: 'mine', defaultScopes: ['d'], scopeTransform: (all) => all.map((s) => `x.${s}`) });
        await settled(api.getAccessToken('a', { optional: true }));
        expect(backend.calls[0]!.query.get('scope')).toBe('d x.a');
    });
});

describe('tokens of Microsoft', () => {
    it('are for one resource each, with sessions of their own', async () => {
        const microsoft = stagedoor.microsoft();
        const graph = await settled(microsoft.getAccessToken('User.Read'));
        const app = await settled(microsoft.getAccessToken('api://app/Read'));
        expect(app).not.toBe(graph);
        expect(backend.calls[1]!.query.get('scope')).toBe('api://app/Read offline_access');
        expect(await settled(microsoft.getAccessToken('User.Read'))).toBe(graph);
        await expect(microsoft.getAccessToken(['User.Read', 'api://app/Read'])).rejects.toMatchObject({
            code: 'configuration',
        });
    });
});

it('gives the same object for the same provider and environment', () => {
    expect(stagedoor.github()).toBe(stagedoor.github({ title: 'Other' }));
    expect(stagedoor.github()).not.toBe(stagedoor.github({ environment: 'production' }));
});

describe('the connector for Backstage', () => {
    it('gives sessions in the shape of OAuth2', async () => {
        backend.answers.refresh = () => {
            const identity = { type: 'user' as const, userEntityRef: 'user:default/alice', ownershipEntityRefs: [] };
            return json({ ...response('a b'), backstageIdentity: { token: 't', identity, expiresInSeconds: 600 } });
        };
        const connector = stagedoor.connector('github');
        const session = await settled(connector.refreshSession({ scopes: new Set(['a']) }));
        expect(session).toMatchObject({
            providerInfo: { idToken: 'id-token', scopes: new Set(['a', 'b']) },
            profile: { displayName: 'Alice' },
            backstageIdentity: { token: 't', identity: { userEntityRef: 'user:default/alice' } },
        });
        expect(session.providerInfo.expiresAt).toBeInstanceOf(Date);
        expect(session.backstageIdentity!.expiresAt).toBeInstanceOf(Date);
        await settled(connector.refreshSession({ scopes: new Set(['b']) }));
        expect(backend.count('refresh')).toBe(1);
    });

    it('rejects a refresh without a session, so that the app asks for a login', async () => {
        backend.answers.refresh = () => Response.json({ error: { name: 'Error', code: 'session.missing' } }, { status: 401 });
        await expect(settled(stagedoor.connector('github').refreshSession())).rejects.toMatchObject({ code: 'session_ended' });
    });

    it('asks in the dialog of the app, if it is given', async () => {
        backend.answers.refresh = () => Response.json({ error: { name: 'Error', code: 'session.missing' } }, { status: 401 });
        const asked: unknown[] = [];
        const connector = stagedoor.connector('github', {
            oauthRequestApi: {
                createAuthRequester:
                    ({ provider }) =>
                    async (scopes) => {
                        asked.push(provider.title, [...scopes]);
                        throw new Error('turned down');
                    },
            },
        });
        await expect(connector.createSession({ scopes: new Set(['repo']) })).rejects.toThrow('turned down');
        expect(asked).toEqual(['GitHub', ['repo']]);
    });
});
