import type { LoginOptions, PendingRequest } from '../api.js';
import type { StagedoorError } from '../errors.js';
import { button, element } from './element.js';
import type { LoginDialogTexts } from './texts.js';

let rows = 0;

/** One provider in the dialog. It stays while the request changes, and with it focus and error. */
export class Row {
    readonly element: HTMLLIElement;
    readonly #title = element('h3', 'title');
    readonly #scopes = element('div', 'scope-box');
    readonly #status = element('p', 'status');
    readonly #error = element('p', 'error');
    readonly #login = button('login', () => this.#start({}));
    readonly #other = button('other-account', () => this.#start({ selectAccount: true }));
    readonly #reject = button('reject', () => this.#request?.reject());
    #request: PendingRequest | undefined;
    #texts: LoginDialogTexts | undefined;
    #attempts = 0;
    #waiting = false;

    constructor() {
        this.#title.id = `provider-${++rows}`;
        // A screen reader says which provider a button is for, and tells what happens.
        const buttons = [this.#login, this.#other, this.#reject];
        for (const one of buttons) one.setAttribute('aria-describedby', this.#title.id);
        this.#status.setAttribute('role', 'status');
        this.#error.setAttribute('role', 'alert');
        const actions = element('div', 'actions', ...buttons);
        this.element = element('li', 'request', this.#title, this.#scopes, this.#status, this.#error, actions);
    }

    show(request: PendingRequest, texts: LoginDialogTexts): void {
        this.#request = request;
        this.#texts = texts;
        const { title, icon } = request.provider;
        this.#title.replaceChildren(iconOf(title, icon), title);
        this.#showScopes(request.scopes, texts);
        this.#other.textContent = texts.otherAccount;
        this.#reject.textContent = texts.reject;
        this.#showState();
    }

    focus(): void {
        this.#login.focus();
    }

    #showScopes(scopes: string[], texts: LoginDialogTexts): void {
        // Several scopes may mean the same to a user.
        const lines = new Map(scopes.map((scope) => [texts.scopes[scope] ?? scope, texts.scopes[scope]]));
        const items = [...lines].map(([line, text]) =>
            element('li', 'scope', text ?? Object.assign(document.createElement('code'), { textContent: line })),
        );
        const list = [element('p', 'muted', texts.scopesIntro), element('ul', 'scopes', ...items)];
        this.#scopes.replaceChildren(...(items.length ? list : []));
    }

    #showState(): void {
        const texts = this.#texts!;
        const blocked = this.#request!.blocked;
        const status = this.#waiting ? texts.waiting : blocked ? texts.blocked : '';
        this.#status.textContent = status.replaceAll('{provider}', this.#request!.provider.title);
        this.#login.textContent = this.#waiting ? texts.again : texts.login;
    }

    // Nothing is awaited before the trigger: it opens the popup.
    #start(options: LoginOptions): void {
        const attempt = ++this.#attempts;
        const login = this.#request!.trigger(options);
        this.#waiting = true;
        this.#error.textContent = '';
        this.#showState();
        void login
            .catch(({ code, message }: StagedoorError) => {
                // A former window that was given up for this one is no error.
                if (attempt === this.#attempts && code !== 'rejected') {
                    this.#error.textContent = this.#texts!.errors[code] ?? message;
                }
            })
            .finally(() => {
                if (attempt === this.#attempts) this.#waiting = false;
                this.#showState();
            });
    }
}

function iconOf(title: string, icon: string | undefined): HTMLElement {
    if (!icon) {
        const letter = element('span', 'icon', title.slice(0, 1));
        letter.setAttribute('aria-hidden', 'true');
        return letter;
    }
    return Object.assign(element('img', 'icon'), { src: icon, alt: '' });
}
