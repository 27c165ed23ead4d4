// The provider's pages. Every value that comes from outside passes through escape().
const meanings = {
    profile: 'See your name and picture',
    email: 'See your e-mail address',
    offline_access: 'Stay signed in while you are away',
    'calendar.read': 'See your calendar',
    'files.read': 'See your files',
};

export function escape(value) {
    const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
    return String(value).replace(/[&<>"']/g, (character) => entities[character]);
}

function layout(title, body) {
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
<p class="issuer">Demo provider</p>
<h1>${escape(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

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
    const list = shown.map((scope) => `<li>${escape(meanings[scope] ?? scope)} <code>${escape(scope)}</code></li>`);
    return layout(
        'Allow access?',
        `<p><b>Sample app</b> would like to:</p>
<ul>${list.join('') || '<li>Know who you are <code>openid</code></li>'}</ul>
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
        'Demo provider',
        `<p>An OpenID provider for trying out a login. It lives only as long as the demo runs.</p>
<ul>
<li><a href="/.well-known/openid-configuration">Its metadata</a></li>
<li><a href="/session/end">Sign out here</a>, to be asked for a name again</li>
</ul>`,
    );
}

// A picture from the initials of a name.
export function avatar(name) {
    const initials = name.split(/\s+/).map((word) => [...word][0] ?? '').slice(0, 2).join('').toUpperCase();
    const hue = [...name].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) % 360, 7);
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">
<rect width="96" height="96" fill="hsl(${hue} 55% 42%)"/>
<text x="48" y="50" fill="#fff" font-family="sans-serif" font-size="38" text-anchor="middle" dominant-baseline="central">${escape(initials)}</text>
</svg>
`;
}
