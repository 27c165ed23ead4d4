// The pages in docs/sdk speak of what there is.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { style } from '../src/dialog/style';
import { english } from '../src/dialog/texts';
import * as client from '../src/index';

const root = resolve(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(resolve(root, path), 'utf8');
const dialog = read('docs/sdk/dialog.md');

it('every error has its section', () => {
    const codes = [
        new client.PopupBlockedError(),
        new client.PopupClosedError(),
        new client.RejectedError(),
        new client.DeniedError(''),
        new client.OriginNotAllowedError(''),
        new client.SessionEndedError(),
        new client.RetryableError(''),
        new client.ConfigurationError(''),
    ].map((error) => error.docs.slice(1));
    const sections = [...read('docs/sdk/errors.md').matchAll(/<a id="(\w+)"><\/a>\n## `\1`/g)].map(([, id]) => id);
    expect(sections).toEqual(codes);
});

it('every part of the dialog is listed', () => {
    const sources = ['dialog.ts', 'dialog/row.ts'].map((file) => read(`sdk/client/src/${file}`)).join('');
    const parts = [...sources.matchAll(/(?:element\('\w+',|button\()\s*'([\w -]+)'/g)].flatMap(([, names]) => names!.split(' '));
    expect(parts.length).toBeGreaterThan(15);
    for (const part of parts) expect(dialog).toContain(`\`${part}\``);
});

it('every custom property of the dialog is listed', () => {
    const properties = [...style.matchAll(/--stagedoor-[\w-]+/g)].map(([name]) => name);
    for (const name of properties) expect(dialog).toContain(`\`${name}\``);
});

it('every text of the dialog is listed', () => {
    for (const name of Object.keys(english)) expect(dialog).toContain(`\`${name}\``);
});
