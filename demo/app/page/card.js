// The part of the page about one provider: who is signed in, for how long, with which scopes.
import { claimsOf, claimText } from './claims.js';
import { hasRefreshed, note } from './log.js';

const shorten = (token) => (token.length > 24 ? `${token.slice(0, 10)}…${token.slice(-6)}` : `${token.slice(0, 6)}…`);
const make = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
const endOf = (session) => Number(session.expiresAt);

export class Card {
    element = document.getElementById('card').content.firstElementChild.cloneNode(true);
    #api;
    #endpoint;
    #hasIdToken;
    #run;
    #scopeButtons;
    #session;
    #token = '';
    #revealed = false;
    #renewals = 0;
    #life = Infinity; // of the access token, in milliseconds

    // `endpoint` is that of the API that the token is for; `run` does something and says what went wrong.
    constructor({ api, about, endpoint, scopes, hasIdToken = false, run }) {
        this.#api = api;
        this.#endpoint = endpoint;
        this.#hasIdToken = hasIdToken;
        this.#run = run;
        this.#session = api.session.getSnapshot();
        this.element.id = api.provider.id;
        this.#part('h2').textContent = api.provider.title;
        this.#part('.about').textContent = about;
        this.#scopeButtons = scopes.map((scope) => Object.assign(make('button', `+ ${scope}`), { value: scope }));
        this.#part('.scopes').append(...this.#scopeButtons);
        this.#listen();
        this.#show();
    }

    async call() {
        const token = await this.#api.getAccessToken();
        const answer = await fetch(this.#endpoint, { headers: { Authorization: `Bearer ${token}` } });
        this.#part('.result').textContent = `${answer.status} ${JSON.stringify(await answer.json())}`;
        this.#part('.result').hidden = false;
        note(`GET ${this.#endpoint}: ${answer.status}`);
    }

    signInSilently() {
        return this.#api.signIn({ optional: true });
    }

    #part(selector) {
        return this.element.querySelector(selector);
    }

    #listen() {
        const api = this.#api;
        const onClick = (button, action) => button.addEventListener('click', () => this.#run(action));
        for (const button of this.#scopeButtons) {
            onClick(button, () => api.getAccessToken(button.value, { instantPopup: true }));
        }
        onClick(this.#part('.sign-in'), () => api.signIn({ instantPopup: true }));
        onClick(this.#part('.sign-out'), () => api.signOut());
        onClick(this.#part('.call'), () => this.call());
        onClick(this.#part('.copy'), () => navigator.clipboard.writeText(this.#token));
        onClick(this.#part('.reveal'), () => {
            this.#revealed = !this.#revealed;
            this.#showToken();
        });
        api.session.listen(() => this.#change());
        setInterval(() => this.#tick(), 500);
    }

    #change() {
        const before = this.#session;
        this.#session = this.#api.session.getSnapshot();
        if (this.#session.status === 'signed-out') this.#renewals = 0;
        else if (this.#session.expiresAt && endOf(this.#session) !== endOf(before)) {
            this.#life = endOf(this.#session) - Date.now();
        }
        this.#tell(before, this.#session);
        this.#show();
        if (this.#session.status === 'signed-in') this.#run(() => this.#showDetails());
    }

    // Says what the change was: a login, a renewal (by this tab or by another one), a sign-out.
    #tell(before, after) {
        const { id, title } = this.#api.provider;
        const mine = hasRefreshed(id);
        if (before.status !== after.status) {
            note(`${title}: ${after.status === 'signed-in' ? 'signed in' : 'signed out'}`);
        } else if (after.status === 'signed-in' && endOf(before) !== endOf(after)) {
            this.#renewals += 1;
            note(`${title}: renewed ${mine ? 'by this tab' : 'elsewhere, no request from here'}`);
            this.element.classList.remove('renewed');
            void this.element.offsetWidth; // begins the animation anew
            this.element.classList.add('renewed');
        }
    }

    #show() {
        const session = this.#session;
        const isIn = session.status === 'signed-in';
        this.element.dataset.status = session.status;
        this.#part('.status').textContent = session.stale ? 'waiting for the provider' : isIn ? 'signed in' : 'signed out';
        this.#part('.when-out').hidden = isIn;
        this.#part('.when-in').hidden = !isIn;
        this.#part('.sign-out').hidden = !isIn;
        if (isIn) this.#showSession(session);
        else this.#part('.result').hidden = true;
    }

    #showSession({ profile, scopes }) {
        this.#part('.name').textContent = profile.displayName ?? 'Signed in';
        this.#part('.email').textContent = profile.email ?? '';
        this.#part('img').hidden = !profile.picture;
        if (profile.picture) this.#part('img').src = profile.picture;
        this.#part('.chips').replaceChildren(...scopes.map((scope) => make('li', scope)));
        for (const button of this.#scopeButtons) button.disabled = scopes.includes(button.value);
        const times = this.#renewals === 1 ? 'once' : `${this.#renewals} times`;
        this.#part('.renewals').textContent = this.#renewals ? `Renewed ${times}.` : '';
        this.#tick();
    }

    #tick() {
        const { status, expiresAt } = this.#session;
        if (status !== 'signed-in') return;
        const left = Math.max(0, expiresAt - Date.now());
        this.#part('.countdown').textContent = expiresAt ? `Valid for ${Math.ceil(left / 1000)} s.` : 'Does not expire.';
        this.#part('.bar div').style.transform = `scaleX(${expiresAt ? Math.min(1, left / this.#life) : 1})`;
    }

    async #showDetails() {
        this.#token = await this.#api.getAccessToken(undefined, { optional: true });
        this.#showToken();
        const idToken = this.#hasIdToken ? await this.#api.getIdToken({ optional: true }) : '';
        const rows = Object.entries(idToken ? claimsOf(idToken) : {}).map(([name, value]) => {
            const row = document.createElement('tr');
            row.append(make('td', name), make('td', claimText(name, value)));
            return row;
        });
        this.#part('tbody').replaceChildren(...rows);
    }

    #showToken() {
        this.#part('.token code').textContent = this.#revealed ? this.#token : shorten(this.#token);
        this.#part('.reveal').textContent = `${this.#revealed ? 'Hide' : 'Reveal'} the access token`;
        this.#part('.reveal').setAttribute('aria-pressed', String(this.#revealed));
    }
}
