// The part of the page about one provider: who is signed in, for how long, with which scopes.
import { hasRefreshed, note } from './log.js';

const times = ['iat', 'exp', 'auth_time', 'nbf'];

// The claims of a JWT. Reading them proves nothing: the backend has verified the token.
function claimsOf(token) {
    const bytes = Uint8Array.from(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
}

function claimText(name, value) {
    if (times.includes(name)) return `${value} (${new Date(value * 1000).toLocaleTimeString('en-GB')})`;
    return typeof value === 'string' ? value : JSON.stringify(value);
}

const shorten = (token) => (token.length > 24 ? `${token.slice(0, 10)}…${token.slice(-6)}` : `${token.slice(0, 6)}…`);
const make = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });

export function createCard({ api, about, endpoint, scopes, hasIdToken = false, run }) {
    const { id, title } = api.provider;
    const element = document.getElementById('card').content.firstElementChild.cloneNode(true);
    const part = (selector) => element.querySelector(selector);
    let state = api.session.getSnapshot();
    let token = '';
    let revealed = false;
    let renewals = 0;
    let life = Infinity;

    const scopeButtons = scopes.map((scope) => {
        const button = make('button', `+ ${scope}`);
        button.dataset.scope = scope;
        button.addEventListener('click', () => run(() => api.getAccessToken(scope, { instantPopup: true })));
        return button;
    });

    function tick() {
        if (state.status !== 'signed-in') return;
        const left = Math.max(0, Math.ceil((state.expiresAt - Date.now()) / 1000));
        part('.countdown').textContent = state.expiresAt ? `Valid for ${left} s.` : 'Does not expire.';
        part('.bar div').style.transform = `scaleX(${state.expiresAt ? Math.min(1, (left * 1000) / life) : 1})`;
    }

    function showToken() {
        part('.token code').textContent = revealed ? token : shorten(token);
        part('.reveal').textContent = revealed ? 'Hide the access token' : 'Reveal the access token';
        part('.reveal').setAttribute('aria-pressed', String(revealed));
    }

    function show() {
        const isIn = state.status === 'signed-in';
        element.dataset.status = state.status;
        part('.status').textContent = isIn ? (state.stale ? 'waiting for the provider' : 'signed in') : 'signed out';
        part('.when-out').hidden = isIn;
        part('.when-in').hidden = !isIn;
        part('.sign-out').hidden = !isIn;
        if (!isIn) part('.result').hidden = true;
        if (!isIn) return;
        const { profile } = state;
        part('.name').textContent = profile.displayName ?? 'Signed in';
        part('.email').textContent = profile.email ?? '';
        part('img').hidden = !profile.picture;
        if (profile.picture) part('img').src = profile.picture;
        part('.chips').replaceChildren(...state.scopes.map((scope) => make('li', scope)));
        for (const button of scopeButtons) button.disabled = state.scopes.includes(button.dataset.scope);
        part('.renewals').textContent = renewals ? `Renewed ${renewals === 1 ? 'once' : `${renewals} times`}.` : '';
        tick();
    }

    async function showDetails() {
        token = await api.getAccessToken(undefined, { optional: true });
        showToken();
        const idToken = hasIdToken ? await api.getIdToken({ optional: true }) : '';
        const rows = Object.entries(idToken ? claimsOf(idToken) : {}).map(([name, value]) => {
            const row = document.createElement('tr');
            row.append(make('td', name), make('td', claimText(name, value)));
            return row;
        });
        part('tbody').replaceChildren(...rows);
    }

    // What the change says: a login, a renewal (by this tab or by another one), a sign-out.
    function tell(before, after) {
        const mine = hasRefreshed(id);
        if (after.status === 'signed-out') {
            if (before.status === 'signed-in') note(`${title}: signed out`);
            return;
        }
        if (before.status === 'signed-out') {
            note(`${title}: signed in`);
            return;
        }
        if (Number(before.expiresAt) === Number(after.expiresAt)) return;
        renewals += 1;
        note(`${title}: renewed ${mine ? 'by this tab' : 'elsewhere, no request from here'}`);
        element.classList.remove('renewed');
        void element.offsetWidth; // begins the animation anew
        element.classList.add('renewed');
    }

    function change() {
        const before = state;
        state = api.session.getSnapshot();
        if (state.status === 'signed-out') renewals = 0;
        tell(before, state);
        if (state.expiresAt && Number(state.expiresAt) !== Number(before.expiresAt)) life = state.expiresAt - Date.now();
        show();
        if (state.status === 'signed-in') run(showDetails);
    }

    async function call() {
        const answer = await fetch(endpoint, { headers: { Authorization: `Bearer ${await api.getAccessToken()}` } });
        part('.result').textContent = `${answer.status} ${JSON.stringify(await answer.json())}`;
        part('.result').hidden = false;
        note(`GET ${endpoint}: ${answer.status}`);
    }

    element.id = id;
    part('h2').textContent = title;
    part('.about').textContent = about;
    part('.scopes').append(...scopeButtons);
    part('.sign-in').addEventListener('click', () => run(() => api.signIn({ instantPopup: true })));
    part('.sign-out').addEventListener('click', () => run(() => api.signOut()));
    part('.call').addEventListener('click', () => run(call));
    part('.copy').addEventListener('click', () => run(() => navigator.clipboard.writeText(token)));
    part('.reveal').addEventListener('click', () => {
        revealed = !revealed;
        showToken();
    });
    api.session.listen(change);
    setInterval(tick, 500);
    show();
    return { element, call, signInSilently: () => api.getAccessToken(undefined, { optional: true }) };
}
