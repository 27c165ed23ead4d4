import { stagedoor } from './stagedoor.js';

const defaultScope = 'openid profile email';
// A token is renewed when this much of its life is left, so that a call made with it does not fail on the way.
const renewSeconds = 15;
const retrySeconds = 5;

const settings = await (await fetch('settings.json')).json();
const auth = stagedoor(settings.authUrl, settings.provider, settings.env);
const element = (id) => document.getElementById(id);

let session; // the last answer, with the times of its access token; undefined when signed out
let revealed = false;
let retryAt = 0; // no renewal by itself before this time: the last one failed

function note(text) {
    const line = document.createElement('li');
    const time = document.createElement('time');
    time.textContent = new Date().toLocaleTimeString('en-GB');
    line.append(time, text);
    element('log').append(line);
}

function complain(text) {
    element('notice').textContent = text;
    element('notice').hidden = !text;
}

// The claims of a JWT. Reading them proves nothing: the backend has verified the token.
function claimsOf(token) {
    const bytes = Uint8Array.from(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
}

function shorten(token) {
    return token.length > 24 ? `${token.slice(0, 10)}…${token.slice(-6)}` : `${token.slice(0, 6)}…`;
}

function cell(text) {
    const data = document.createElement('td');
    data.textContent = text;
    return data;
}

function claimText(name, value) {
    const isTime = ['iat', 'exp', 'auth_time', 'nbf'].includes(name);
    if (isTime) return `${value} (${new Date(value * 1000).toLocaleTimeString('en-GB')})`;
    return typeof value === 'string' ? value : JSON.stringify(value);
}

function show() {
    element('signed-out').hidden = Boolean(session);
    element('signed-in').hidden = !session;
    if (!session) return;
    const { profile, providerInfo } = session;
    element('name').textContent = profile.displayName ?? 'Signed in';
    element('email').textContent = profile.email ?? '';
    element('picture').hidden = !profile.picture;
    if (profile.picture) element('picture').src = profile.picture;
    const token = providerInfo.accessToken;
    element('access-token').textContent = revealed ? token : shorten(token);
    element('reveal').textContent = revealed ? 'Hide' : 'Reveal';
    element('reveal').setAttribute('aria-pressed', String(revealed));
    const scopes = providerInfo.scope.split(' ').filter(Boolean);
    element('scopes').replaceChildren(
        ...scopes.map((scope) => Object.assign(document.createElement('li'), { textContent: scope })),
    );
    for (const button of document.querySelectorAll('[data-scope]')) {
        button.disabled = scopes.includes(button.dataset.scope);
    }
    const rows = Object.entries(providerInfo.idToken ? claimsOf(providerInfo.idToken) : {}).map(([name, value]) => {
        const row = document.createElement('tr');
        row.append(cell(name), cell(claimText(name, value)));
        return row;
    });
    element('claims').replaceChildren(...rows);
    tick();
}

function accept(answer) {
    const seconds = answer.providerInfo.expiresInSeconds ?? Infinity;
    session = { ...answer, life: seconds, expiresAt: Date.now() + seconds * 1000 };
    show();
}

function end() {
    session = undefined;
    revealed = false;
    show();
}

const scopeNow = () => session?.providerInfo.scope ?? defaultScope;

async function signIn(scope) {
    note(`popup: GET /${settings.provider}/start, scope ${scope}`);
    accept(await auth.signIn(scope));
    note(`message from ${new URL(settings.authUrl).origin}: signed in`);
}

async function refresh() {
    const began = performance.now();
    try {
        accept(await auth.refresh(session ? scopeNow() : ''));
        note(`GET /${settings.provider}/refresh: 200 in ${Math.round(performance.now() - began)} ms`);
    } catch (error) {
        note(`GET /${settings.provider}/refresh: ${error.status ?? error.message}`);
        // 401 is the end of the session. Anything else, such as a provider that is down, may pass.
        if (error.status === 401) return end();
        retryAt = Date.now() + retrySeconds * 1000;
        throw error;
    }
}

async function signOut() {
    await auth.signOut();
    note(`POST /${settings.provider}/logout: 200`);
    end();
}

// One thing at a time, and what goes wrong is said.
let busy = false;
async function run(action) {
    if (busy) return;
    busy = true;
    complain('');
    try {
        await action();
    } catch (error) {
        complain(error.message || 'That did not work');
    } finally {
        busy = false;
    }
}

function tick() {
    if (!session) return;
    const left = Math.max(0, Math.ceil((session.expiresAt - Date.now()) / 1000));
    element('countdown').textContent = Number.isFinite(left) ? `Valid for ${left} s` : 'No end of its validity was given';
    element('bar').style.transform = `scaleX(${Number.isFinite(left) ? left / session.life : 1})`;
    // A hidden page renews when it is looked at again.
    const isDue = left <= renewSeconds && Date.now() >= retryAt;
    if (isDue && document.visibilityState === 'visible') run(refresh);
}

element('sign-in').addEventListener('click', () => run(() => signIn(defaultScope)));
element('sign-out').addEventListener('click', () => run(signOut));
element('refresh').addEventListener('click', () => run(refresh));
element('reveal').addEventListener('click', () => {
    revealed = !revealed;
    show();
});
element('copy').addEventListener('click', () => run(() => navigator.clipboard.writeText(session.providerInfo.accessToken)));
for (const button of document.querySelectorAll('[data-scope]')) {
    button.addEventListener('click', () => run(() => signIn(`${scopeNow()} ${button.dataset.scope}`)));
}
const address = (label, value) => {
    const strong = document.createElement('b');
    strong.textContent = value;
    const line = document.createElement('span');
    line.append(`${label} `, strong);
    return line;
};
element('addresses').append(address('Backend', new URL(settings.authUrl).host), ' · ', address('Provider', new URL(settings.providerUrl).host));
setInterval(tick, 1000);

// A reload signs in without the user if there is a session.
await run(refresh);
show();
