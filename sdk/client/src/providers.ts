import type { ScopeTransform } from './scopes.js';

/** What is known of a provider. Scopes and transforms are those of Backstage's frontend. */
export interface ProviderFacts {
    title: string;
    defaultScopes?: string[];
    scopeTransform?: ScopeTransform;
    /** The resource that a scope belongs to, where tokens are for one resource each; `undefined`: for any. */
    resourceOf?(scope: string): string | undefined;
}

const openId = ['openid', 'email', 'profile', 'offline_access'];
const basic = openId.slice(0, 3);
const openIdOnly = [...openId, 'phone', 'address', 'groups'];
const googlePrefix = 'https://www.googleapis.com/auth/';
const microsoftGraph = '00000003-0000-0000-c000-000000000000';

/** Scopes of the provider's own carry its prefix; those of OpenID Connect do not. */
const prefixed =
    (prefix: string): ScopeTransform =>
    (scopes) =>
        scopes.map((scope) =>
            openIdOnly.includes(scope) || scope.startsWith(prefix) ? scope : prefix + scope,
        );

function googleScope(scope: string): string {
    if (scope === 'openid' || scope.startsWith(googlePrefix)) return scope;
    return googlePrefix + (scope === 'profile' || scope === 'email' ? 'userinfo.' : '') + scope;
}

/** Azure issues a token for one resource: the part of a scope before its last slash, else Microsoft Graph. */
function microsoftResource(scope: string): string | undefined {
    const slash = scope.lastIndexOf('/');
    if (slash >= 0) return scope.slice(0, slash).replace(/^api:\/\//, '');
    return openId.includes(scope) ? undefined : microsoftGraph;
}

/** By the provider's id, which is its key in `auth.providers`. */
export const providers = {
    google: {
        title: 'Google',
        defaultScopes: basic.map(googleScope),
        scopeTransform: (scopes) => scopes.map(googleScope),
    },
    github: { title: 'GitHub', defaultScopes: ['read:user'] },
    gitlab: { title: 'GitLab', defaultScopes: ['read_user'] },
    microsoft: {
        title: 'Microsoft',
        defaultScopes: [...openId, 'User.Read'],
        scopeTransform: (scopes) => [...scopes, 'offline_access'],
        resourceOf: microsoftResource,
    },
    okta: { title: 'Okta', defaultScopes: openId, scopeTransform: prefixed('okta.') },
    onelogin: { title: 'OneLogin', defaultScopes: openId, scopeTransform: prefixed('onelogin.') },
    bitbucket: { title: 'Bitbucket', defaultScopes: ['account'] },
    bitbucketServer: { title: 'Bitbucket Server', defaultScopes: ['REPO_READ'] },
    atlassian: { title: 'Atlassian' },
    auth0: { title: 'Auth0', defaultScopes: openId },
    openshift: { title: 'OpenShift', defaultScopes: ['user:info'] },
    vmwareCloudServices: { title: 'VMware Cloud', defaultScopes: ['openid'] },
    oauth2: { title: 'OAuth 2.0' },
    oidc: { title: 'OpenID Connect', defaultScopes: basic },
} satisfies Record<string, ProviderFacts>;
