// The sample app: an app with two APIs, each behind a provider of its own.
import { createStagedoor } from '@stagedoor/client';
import '@stagedoor/client/dialog';
import { Card } from './card.js';
import { note, told } from './log.js';
import { showSwitches } from './switches.js';

const settings = await (await fetch('settings.json')).json();
const element = (id) => document.getElementById(id);

// This is all that an app needs. (The two options only make visible what happens.)
const stagedoor = createStagedoor({ baseUrl: settings.authUrl, flow: settings.switches.flow, fetch: told });
document.querySelector('stagedoor-login-dialog').stagedoor = stagedoor;

const acmeId = stagedoor.oidc({ title: 'Acme ID' });
const acmeCode = stagedoor.github({ title: 'Acme Code' });

function complain(error) {
    element('notice').textContent = error?.message ?? '';
    element('notice').hidden = !error;
    if (error) note(`${error.code ?? error.name}: ${error.message}`);
}

// What goes wrong is said.
async function run(action) {
    complain();
    try {
        await action();
    } catch (error) {
        complain(error);
    }
}

const cards = [
    new Card({
        api: acmeId,
        about: 'OpenID Connect: a token lives for a minute',
        endpoint: `${settings.acmeIdUrl}/me`,
        scopes: ['calendar.read', 'files.read'],
        hasIdToken: true,
        run,
    }),
    new Card({
        api: acmeCode,
        about: 'Plain OAuth 2.0: a token does not expire',
        endpoint: `${settings.acmeCodeUrl}/user`,
        scopes: ['repo', 'gist'],
        run,
    }),
];
element('cards').append(...cards.map((card) => card.element));
// Asks for both tokens at once. What needs the user waits in the dialog.
element('call-both').addEventListener('click', () => run(() => Promise.all(cards.map((card) => card.call()))));

const { authUrl, acmeIdUrl, acmeCodeUrl } = settings;
for (const [label, url] of Object.entries({ Backend: authUrl, 'Acme ID': acmeIdUrl, 'Acme Code': acmeCodeUrl })) {
    const line = document.createElement('span');
    const host = document.createElement('b');
    host.textContent = new URL(url).host;
    line.append(`${label} `, host);
    element('addresses').append(line);
}
showSwitches(element('switches'), element('consequence'), settings.switches, run);
document.documentElement.dataset.ready = 'true';

// A login in this tab that was refused has come back here with an error.
const refused = stagedoor.redirectError();
if (refused) complain(refused);
// A reload signs in without the user where there is a session.
else await run(() => Promise.all(cards.map((card) => card.signInSilently())));
