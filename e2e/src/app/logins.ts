// The logins of the app, read from the configuration that the page carries: which auth class, provider id,
// environment and default scopes. Each one gets its own API ref, as in an app that lists its auth APIs.

import { ConfigReader, GithubAuth, GoogleAuth, OAuth2 } from '@backstage/core-app-api';
import {
    configApiRef,
    createApiFactory,
    createApiRef,
    discoveryApiRef,
    oauthRequestApiRef,
    type AnyApiFactory,
    type ApiRef,
} from '@backstage/core-plugin-api';
import type { LoginApi } from './testHooks';

/** One entry of `stagedoorTest.logins` in the configuration of the app. */
export interface LoginConfig {
    name: string;
    kind: 'oauth2' | 'google' | 'github';
    title: string;
    provider: string;
    environment: string;
    defaultScopes?: string[];
}

export interface Login extends LoginConfig {
    ref: ApiRef<LoginApi>;
}

export function readLogins(): Login[] {
    const carrier = document.querySelector('script[type="backstage.io/config"]');
    const config = ConfigReader.fromConfigs(JSON.parse(carrier?.textContent ?? '[]'));
    return config.get<LoginConfig[]>('stagedoorTest.logins').map((login) => ({
        ...login,
        ref: createApiRef<LoginApi>({ id: `login.${login.name}` }),
    }));
}

export function loginApiFactory(login: Login): AnyApiFactory {
    return createApiFactory({
        api: login.ref,
        deps: { configApi: configApiRef, discoveryApi: discoveryApiRef, oauthRequestApi: oauthRequestApiRef },
        factory: (apis) => createLoginApi(login, apis),
    });
}

function createLoginApi(login: Login, apis: Parameters<typeof GithubAuth.create>[0]): LoginApi {
    const options = {
        ...apis,
        environment: login.environment,
        provider: { id: login.provider, title: login.title, icon: () => null },
        ...(login.defaultScopes && { defaultScopes: login.defaultScopes }),
    };
    switch (login.kind) {
        case 'google':
            return GoogleAuth.create(options);
        case 'github':
            return GithubAuth.create(options);
        case 'oauth2':
            return OAuth2.create(options);
    }
}
