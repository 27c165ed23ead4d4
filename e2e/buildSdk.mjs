// Builds the pages of the SDK's tests (dist/sdk-pages) from the SDK as it is in ../sdk, and the tests for Node
// (dist/src/sdk). `npm run build` in ../sdk comes first.

import { build } from 'esbuild';
import { access, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { forBrowser, sdkEntry } from './src/sdk/bundling.mjs';

const root = import.meta.dirname;

await access(sdkEntry).catch(() => {
    console.error(`${sdkEntry} is not there: run 'npm ci && npm run build' in ../sdk first`);
    process.exit(1);
});
await rm(join(root, 'dist/sdk-pages'), { recursive: true, force: true });
await rm(join(root, 'dist/src/sdk'), { recursive: true, force: true });

const names = await readdir(join(root, 'src/sdk'));
const tests = names.filter((name) => name.endsWith('.test.ts')).map((name) => `src/sdk/${name}`);

await Promise.all([
    build({
        ...forBrowser,
        entryPoints: ['src/sdk/page/main.ts', 'src/sdk/page/backstage.ts'],
        outdir: 'dist/sdk-pages',
    }),
    build({
        absWorkingDir: root,
        entryPoints: tests,
        outbase: '.',
        outdir: 'dist',
        bundle: true,
        splitting: true,
        packages: 'external',
        platform: 'node',
        format: 'esm',
        target: 'node20',
        sourcemap: 'inline',
        logLevel: 'warning',
    }),
]);
