// The page that most tests use: the SDK and its dialog, with nothing around them.

import { createStagedoor } from '@stagedoor/client';
import '@stagedoor/client/dialog';
import { installHooks } from './calls';
import { readSettings } from './settings';

const settings = readSettings();
const { baseUrl, flow, blockedFallback } = settings;
const stagedoor = createStagedoor({ baseUrl, flow, blockedFallback });
const openIdScopes = ['openid', 'profile', 'email', 'offline_access'];

const dialog = document.createElement('stagedoor-login-dialog');
Object.assign(dialog, { stagedoor });
document.body.append(dialog);

installHooks(settings, {
    oidc: stagedoor.oidc({ title: 'Acme Identity', defaultScopes: openIdScopes }),
    'oidc-short-lived': stagedoor.oidc({
        title: 'Acme Identity, for a short time',
        environment: 'short-lived',
        defaultScopes: openIdScopes,
    }),
    github: stagedoor.github(),
    google: stagedoor.google(),
});
