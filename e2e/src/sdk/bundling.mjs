// How something is bundled for the browser together with the SDK. The SDK is taken as its build leaves it: what an app
// gets from npm.

import { resolve } from 'node:path';

// npm runs scripts in the folder of the package.
const root = process.cwd();
const sdk = resolve(root, '../sdk');

export const sdkEntry = resolve(sdk, 'client/dist/index.js');

/** @type {import('esbuild').BuildOptions} */
export const forBrowser = {
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    target: ['chrome120', 'firefox128'],
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.APP_CONFIG': 'undefined' },
    alias: {
        '@stagedoor/client/dialog': resolve(sdk, 'client/dist/dialog.js'),
        '@stagedoor/client': sdkEntry,
        '@stagedoor/react': resolve(sdk, 'react/dist/index.js'),
        // One React for the page and for @stagedoor/react.
        react: resolve(root, 'node_modules/react'),
        'react-dom': resolve(root, 'node_modules/react-dom'),
    },
    logLevel: 'warning',
};
