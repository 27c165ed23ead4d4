// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeniedError, RejectedError, type LoginOptions, type PendingRequest } from '../src/index';
import { State } from '../src/observable';
import '../src/dialog';

class Asked {
    readonly triggered: LoginOptions[] = [];
    rejected = 0;
    settle: { resolve(): void; reject(error: unknown): void } = { resolve() {}, reject() {} };

    constructor(
        readonly id: string,
        readonly scopes: string[] = [],
        readonly blocked = false,
        readonly icon: string | undefined = undefined,
    ) {}

    get request(): PendingRequest {
        return {
            provider: { id: this.id, title: `The ${this.id}`, icon: this.icon, environment: 'development' },
            scopes: this.scopes,
            blocked: this.blocked,
            trigger: (options = {}) => {
                this.triggered.push(options);
                return new Promise((resolve, reject) => (this.settle = { resolve, reject }));
            },
            reject: () => void this.rejected++,
        };
    }
}

const requests = new State<PendingRequest[]>([]);
let element: HTMLElementTagNameMap['stagedoor-login-dialog'];

const dialog = (): HTMLDialogElement => element.shadowRoot!.querySelector('dialog')!;
const parts = (name: string): HTMLElement[] => [...dialog().querySelectorAll<HTMLElement>(`[part~="${name}"]`)];
const part = (name: string): HTMLElement => parts(name)[0]!;
const settled = (): Promise<void> => new Promise((done) => setTimeout(done));

function ask(...all: Asked[]): void {
    requests.set(all.map((one) => one.request));
}

beforeEach(() => {
    element = document.createElement('stagedoor-login-dialog');
    element.stagedoor = { requests };
    document.body.append(element);
});

afterEach(() => {
    element.remove();
    requests.set([]);
});

describe('the dialog', () => {
    it('is open while there are requests', () => {
        expect(dialog().open).toBe(false);
        ask(new Asked('oidc'));
        expect(dialog().open).toBe(true);
        expect(dialog().getAttribute('aria-labelledby')).toBe('heading');
        expect(element.shadowRoot!.activeElement).toBe(part('login'));
        requests.set([]);
        expect(dialog().open).toBe(false);
    });

    it('shows requests that were there before it', () => {
        element.remove();
        ask(new Asked('oidc'));
        document.body.append(element);
        expect(dialog().open).toBe(true);
    });

    it('shows each provider with its scopes in plain words', () => {
        ask(new Asked('github', ['read:user', 'repo', 'mine:special']), new Asked('oidc', ['openid']));
        expect(parts('title').map((title) => title.textContent)).toEqual(['TThe github', 'TThe oidc']);
        expect(parts('scope').map((scope) => scope.textContent)).toEqual([
            'see your profile',
            'see and change your repositories, private ones too',
            'mine:special',
            'know who you are',
        ]);
        expect(part('requests').querySelector('code')!.textContent).toBe('mine:special');
    });

    it('shows the icon of a provider', () => {
        ask(new Asked('oidc', [], false, 'https://app.example.com/icon.svg'));
        expect((part('icon') as HTMLImageElement).src).toBe('https://app.example.com/icon.svg');
    });

    it('never takes a text for HTML', () => {
        ask(new Asked('<img src=x>', ['<b>scope</b>']));
        expect(dialog().querySelector('img, b')).toBeNull();
    });

    it('starts the login within the click', () => {
        const asked = new Asked('oidc');
        ask(asked);
        part('login').click();
        expect(asked.triggered).toEqual([{}]);
        expect(part('status').textContent).toBe('Go on in the window of The oidc.');
        expect(part('login').textContent).toBe('Open the window again');
    });

    it('offers another account', () => {
        const asked = new Asked('oidc');
        ask(asked);
        part('other-account').click();
        expect(asked.triggered).toEqual([{ selectAccount: true }]);
    });

    it('rejects one, or all', () => {
        const [a, b] = [new Asked('a'), new Asked('b')];
        ask(a, b);
        parts('reject')[1]!.click();
        expect([a.rejected, b.rejected]).toEqual([0, 1]);
        part('reject-all').click();
        expect([a.rejected, b.rejected]).toEqual([1, 2]);
    });

    it('has no button for all when there is one', () => {
        ask(new Asked('a'));
        expect(part('footer').hidden).toBe(true);
    });

    it('takes Escape for a rejection of all', () => {
        const asked = new Asked('oidc');
        ask(asked);
        const cancel = new Event('cancel', { cancelable: true });
        dialog().dispatchEvent(cancel);
        expect(cancel.defaultPrevented).toBe(true);
        expect(asked.rejected).toBe(1);
    });

    it('shows an error in the row, and lets the user try again', async () => {
        const asked = new Asked('oidc');
        ask(asked);
        part('login').click();
        asked.settle.reject(new DeniedError('Authentication rejected, access_denied'));
        await settled();
        expect(part('error').textContent).toBe('The login was refused.');
        expect(part('error').getAttribute('role')).toBe('alert');
        expect(part('login').textContent).toBe('Log in');
        part('login').click();
        expect(part('error').textContent).toBe('');
    });

    it('is silent about a window that was given up for another', async () => {
        const asked = new Asked('oidc');
        ask(asked);
        part('login').click();
        const former = asked.settle;
        part('login').click();
        former.reject(new RejectedError());
        await settled();
        expect(part('error').textContent).toBe('');
        expect(part('login').textContent).toBe('Open the window again');
    });

    it('says that a window was blocked', () => {
        ask(new Asked('oidc', [], true));
        expect(part('status').textContent).toContain('blocked the window of The oidc');
    });

    it('keeps focus and error when the scopes of a request change', async () => {
        const asked = new Asked('oidc', ['openid']);
        ask(new Asked('first'), asked);
        parts('login')[1]!.click();
        asked.settle.reject(new DeniedError('no'));
        await settled();
        parts('other-account')[1]!.focus();
        ask(new Asked('first'), new Asked('oidc', ['openid', 'email']));
        expect(parts('error')[1]!.textContent).toBe('The login was refused.');
        expect(element.shadowRoot!.activeElement).toBe(parts('other-account')[1]);
        expect(parts('scope').map((scope) => scope.textContent)).toContain('see your e-mail address');
    });

    it('speaks other languages', () => {
        element.texts = { heading: 'Anmeldung', scopes: { openid: 'wissen, wer du bist' } };
        ask(new Asked('oidc', ['openid', 'email']));
        expect(part('heading').textContent).toBe('Anmeldung');
        expect(parts('scope').map((scope) => scope.textContent)).toEqual(['wissen, wer du bist', 'see your e-mail address']);
        expect(part('login').textContent).toBe('Log in');
    });
});
