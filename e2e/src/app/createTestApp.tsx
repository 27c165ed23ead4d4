// A Backstage app with no plugins: the published frame and the few APIs that logging in needs.

import type { PropsWithChildren } from 'react';
import { BrowserRouter } from 'react-router-dom';
import {
    AlertApiForwarder,
    createSpecializedApp,
    ErrorAlerter,
    ErrorApiForwarder,
    OAuthRequestManager,
    UrlPatternDiscovery,
    type AppOptions,
} from '@backstage/core-app-api';
import {
    alertApiRef,
    configApiRef,
    createApiFactory,
    discoveryApiRef,
    errorApiRef,
    oauthRequestApiRef,
} from '@backstage/core-plugin-api';
import { loginApiFactory, type Login } from './logins';

const frameworkApis = [
    createApiFactory({
        api: discoveryApiRef,
        deps: { configApi: configApiRef },
        factory: ({ configApi }) =>
            UrlPatternDiscovery.compile(`${configApi.getString('backend.baseUrl')}/api/{{ pluginId }}`),
    }),
    createApiFactory({ api: oauthRequestApiRef, deps: {}, factory: () => new OAuthRequestManager() }),
    createApiFactory({ api: alertApiRef, deps: {}, factory: () => new AlertApiForwarder() }),
    createApiFactory({
        api: errorApiRef,
        deps: { alertApi: alertApiRef },
        factory: ({ alertApi }) => new ErrorAlerter(alertApi, new ErrorApiForwarder()),
    }),
];

const Nothing = () => null;
const Plain = ({ children }: PropsWithChildren<object>) => <>{children}</>;

export function createTestApp(logins: Login[]) {
    return createSpecializedApp({
        apis: [...frameworkApis, ...logins.map(loginApiFactory)],
        components: {
            BootErrorPage: ({ error }) => <pre role="alert">{String(error)}</pre>,
            ErrorBoundaryFallback: ({ error }) => <pre role="alert">{String(error)}</pre>,
            NotFoundErrorPage: Nothing,
            Progress: Nothing,
            Router: BrowserRouter,
        },
        icons: {} as AppOptions['icons'],
        themes: [{ id: 'light', title: 'Light', variant: 'light', Provider: Plain }],
    });
}
