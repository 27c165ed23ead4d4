// A utility API of Backstage, as published, whose connector is that of the SDK.

import { OAuth2 } from '@backstage/core-app-api';
import { createStagedoor } from '@stagedoor/client';
import '@stagedoor/client/dialog';
import { installHooks } from './calls';
import { readSettings } from './settings';

const settings = readSettings();
const stagedoor = createStagedoor({ baseUrl: settings.baseUrl });
const dialog = document.createElement('stagedoor-login-dialog');
Object.assign(dialog, { stagedoor });
document.body.append(dialog);

const api = OAuth2.create({
    defaultScopes: ['openid', 'profile', 'email', 'offline_access'],
    authConnector: stagedoor.connector('oidc', { title: 'Acme Identity' }),
});

const sessionStates: string[] = [];
api.sessionState$().subscribe((state) => void sessionStates.push(state));

installHooks(settings, { oidc: api, states: { all: () => [...sessionStates] } });
