import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const here = (path: string): string => resolve(import.meta.dirname, path);
const client = [
    { find: '@stagedoor/client/dialog', replacement: here('client/src/dialog.ts') },
    { find: '@stagedoor/client', replacement: here('client/src/index.ts') },
];
const react = (modules: string) =>
    ['react-dom', 'react'].map((name) => ({ find: new RegExp(`^${name}(?=/|$)`), replacement: here(`${modules}/${name}`) }));

export default defineConfig({
    test: {
        projects: [
            { test: { name: 'client', include: ['client/tests/**/*.test.ts'], environment: 'node' } },
            ...Object.entries({ react19: 'node_modules', react18: 'react18/node_modules' }).map(
                ([name, modules]) => ({
                    resolve: { alias: [...client, ...react(modules)] },
                    test: { name, include: ['react/tests/*.test.tsx'], environment: 'happy-dom' as const, env: { REACT: name.slice(-2) } },
                }),
            ),
        ],
    },
});
