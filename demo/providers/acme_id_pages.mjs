// The pages of Acme ID.
import { escape, layout as page, scopeList } from './web.mjs';

const meanings = {
    openid: 'Know who you are',
    profile: 'See your name and picture',
    email: 'See your e-mail address',
    offline_access: 'Stay signed in while you are away',
    'calendar.read': 'See your calendar',
    'files.read': 'See your files',
};

const layout = (title, body) => page({ look: 'acme-id', name: 'Acme ID', title, body });

export function loginPage({ uid, problem = '' }) {
    const action = `/interaction/${escape(uid)}`;
    return layout(
        'Sign in',
        `<p>to continue to <b>Sample app</b></p>
<form method="post" action="${action}/login">
<label for="name">Your name</label>
<input id="name" name="name" required maxlength="64" autocomplete="off" autofocus placeholder="Ada Lovelace">
<p class="hint">${escape(problem) || 'Any name will do. There is no password.'}</p>
<button class="primary">Continue</button>
</form>
<form method="post" action="${action}/abort"><button>Cancel</button></form>`,
    );
}

export function consentPage({ uid, name, scopes }) {
    const action = `/interaction/${escape(uid)}`;
    const shown = scopes.filter((scope) => scope !== 'openid');
    return layout(
        'Allow access?',
        `<p><b>Sample app</b> would like to:</p>
${scopeList(shown.length ? shown : ['openid'], meanings)}
<form method="post" action="${action}/consent"><button class="primary">Allow</button></form>
<form method="post" action="${action}/abort"><button>Refuse</button></form>
<p class="hint">You are signed in as <b>${escape(name)}</b>. <a href="${action}/login">Use another name</a></p>`,
    );
}

export function signOutPage(form) {
    // `form` is made by oidc-provider: a form with the id op.logoutForm and a token against forgery.
    return layout(
        'Sign out of the provider?',
        `${form}
<button class="primary" type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>`,
    );
}

export function signedOutPage() {
    return layout('Signed out', '<p>You can close this page. The next sign-in asks for a name again.</p>');
}

export function errorPage({ error, error_description: description }) {
    return layout('That did not work', `<p>${escape(description ?? '')}</p><p class="hint"><code>${escape(error)}</code></p>`);
}

export function homePage() {
    return layout(
        'Acme ID',
        `<p>An OpenID provider for trying out a login. It lives only as long as the demo runs.</p>
<ul>
<li><a href="/.well-known/openid-configuration">Its metadata</a></li>
<li><a href="/session/end">Sign out here</a>, to be asked for a name again</li>
</ul>`,
    );
}
