const times = ['iat', 'exp', 'auth_time', 'nbf'];

// The claims of a JWT. Reading them proves nothing: the backend has verified the token.
export function claimsOf(token) {
    const payload = atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/'));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(payload, (byte) => byte.charCodeAt(0))));
}

export function claimText(name, value) {
    if (times.includes(name)) return `${value} (${new Date(value * 1000).toLocaleTimeString('en-GB')})`;
    return typeof value === 'string' ? value : JSON.stringify(value);
}
