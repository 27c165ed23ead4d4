// What the page hands to the tests on `window`: the live API objects, so that a test calls exactly what a
// plugin calls.

import type { openLoginPopup } from '@backstage/core-app-api';
import type { OAuthApi, OpenIdConnectApi, ProfileInfoApi, SessionApi } from '@backstage/core-plugin-api';

/** What all auth APIs have; only OpenID providers add ID tokens. */
export type LoginApi = OAuthApi & ProfileInfoApi & SessionApi & Partial<OpenIdConnectApi>;

export interface TestHooks {
    /** By login name, as in the configuration of the app. */
    apis: Record<string, LoginApi>;
    /** Every session state that an API has announced so far, by login name. */
    sessionStates: Record<string, string[]>;
    openLoginPopup: typeof openLoginPopup;
}

declare global {
    interface Window {
        stagedoorTest: TestHooks;
    }
}
