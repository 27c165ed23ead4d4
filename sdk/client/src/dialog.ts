/**
 * The login dialog: a web component that shows the logins that an app waits for.
 *
 * @module
 */
import type { PendingRequest } from './api.js';
import { button, element } from './dialog/element.js';
import { Row } from './dialog/row.js';
import { style } from './dialog/style.js';
import { english, type LoginDialogTexts } from './dialog/texts.js';
import type { Observable } from './observable.js';

export type { LoginDialogTexts };

/** What the dialog needs of a `Stagedoor`. */
export interface RequestSource {
    readonly requests: Observable<PendingRequest[]>;
}

// A server that renders has no elements; it may import this all the same.
const Base = (globalThis.HTMLElement ?? Object) as typeof HTMLElement;

/** `<stagedoor-login-dialog>`: opens when there is a request, closes when there is none. */
export class StagedoorLoginDialog extends Base {
    readonly #rows = new Map<string, Row>();
    #dialog: HTMLDialogElement | undefined;
    #source: RequestSource | undefined;
    #stop: (() => void) | undefined;
    #texts = english;

    /** Where the requests come from. */
    get stagedoor(): RequestSource | undefined {
        return this.#source;
    }

    set stagedoor(source: RequestSource | undefined) {
        this.#source = source;
        if (this.isConnected) this.#listen();
    }

    /** Other texts; those that are not given stay English. */
    get texts(): LoginDialogTexts {
        return this.#texts;
    }

    set texts(texts: Partial<LoginDialogTexts>) {
        this.#texts = {
            ...english,
            ...texts,
            scopes: { ...english.scopes, ...texts.scopes },
            errors: { ...english.errors, ...texts.errors },
        };
        this.#show();
    }

    connectedCallback(): void {
        this.#dialog ??= this.#draw();
        this.#listen();
    }

    disconnectedCallback(): void {
        this.#stop?.();
        this.#stop = undefined;
        this.#dialog?.close();
    }

    #draw(): HTMLDialogElement {
        const root = this.attachShadow({ mode: 'open' });
        // A constructed sheet: the page's Content-Security-Policy need not allow inline styles.
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(style);
        root.adoptedStyleSheets = [sheet];
        const heading = element('h2', 'heading');
        heading.id = 'heading';
        const footer = element('footer', 'footer', button('reject-all', () => this.#rejectAll()));
        const parts = [heading, element('p', 'intro muted'), element('ul', 'requests'), footer];
        const dialog = element('dialog', 'dialog', ...parts);
        dialog.setAttribute('aria-labelledby', heading.id);
        // The key Escape: as good as the button.
        dialog.addEventListener('cancel', (event) => {
            event.preventDefault();
            this.#rejectAll();
        });
        root.append(dialog);
        return dialog;
    }

    #listen(): void {
        this.#stop?.();
        this.#stop = this.#source?.requests.listen(() => this.#show());
        this.#show();
    }

    #rejectAll(): void {
        for (const request of this.#requests()) request.reject();
    }

    #requests(): PendingRequest[] {
        return this.#source?.requests.getSnapshot() ?? [];
    }

    #show(): void {
        const dialog = this.#dialog;
        if (!dialog) return;
        const requests = this.#requests();
        const part = (name: string): HTMLElement => dialog.querySelector(`[part~="${name}"]`)!;
        part('heading').textContent = this.#texts.heading;
        part('intro').textContent = this.#texts.intro;
        part('reject-all').textContent = this.#texts.rejectAll;
        part('footer').hidden = requests.length < 2;
        this.#showRows(requests, part('requests'));
        const isOpen = dialog.open;
        if (requests.length && !isOpen && this.isConnected) {
            dialog.showModal();
            this.#rows.values().next().value?.focus();
        } else if (!requests.length && isOpen) {
            dialog.close();
        }
    }

    #showRows(requests: PendingRequest[], list: HTMLElement): void {
        // A provider that has several sessions may have several requests.
        const keys = new Map<string, PendingRequest>();
        for (const request of requests) {
            const { id, environment } = request.provider;
            let key = `${id} ${environment}`;
            while (keys.has(key)) key += '+';
            keys.set(key, request);
        }
        for (const [key, row] of this.#rows) {
            if (!keys.has(key)) {
                row.element.remove();
                this.#rows.delete(key);
            }
        }
        for (const [key, request] of keys) {
            let row = this.#rows.get(key);
            if (!row) {
                row = new Row();
                this.#rows.set(key, row);
                list.append(row.element);
            }
            row.show(request, this.#texts);
        }
    }
}

globalThis.customElements?.define('stagedoor-login-dialog', StagedoorLoginDialog);

declare global {
    interface HTMLElementTagNameMap {
        'stagedoor-login-dialog': StagedoorLoginDialog;
    }
}
