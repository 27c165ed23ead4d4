// Builds the packages into their dist/ folders, and holds the sizes of what a browser loads.

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';

const options = { bundle: true, format: 'esm', target: 'es2022', legalComments: 'none', logLevel: 'warning' };
const packages = {
    client: { entryPoints: ['client/src/index.ts', 'client/src/dialog.ts'] },
    react: { entryPoints: ['react/src/index.tsx'], external: ['react', '@stagedoor/client', '@stagedoor/client/dialog'] },
};

/** What the compressed, minified entry may have in bytes. */
const limits = [
    { name: '@stagedoor/client', entry: 'client/src/index.ts', limit: 6 * 1024 },
    { name: '@stagedoor/client/dialog', entry: 'client/src/dialog.ts', limit: 5 * 1024 },
];

for (const [folder, own] of Object.entries(packages)) {
    rmSync(`${folder}/dist`, { recursive: true, force: true });
    await build({ ...options, ...own, outdir: `${folder}/dist`, sourcemap: true, splitting: true });
    execFileSync('node_modules/.bin/tsc', ['-p', `${folder}/tsconfig.build.json`], { stdio: 'inherit' });
}

let tooBig = false;
for (const { name, entry, limit } of limits) {
    const { outputFiles } = await build({ ...options, entryPoints: [entry], minify: true, write: false });
    const size = brotliCompressSync(outputFiles[0].contents).length;
    console.log(`${name}: ${size} bytes of at most ${limit} (minified, brotli)`);
    tooBig ||= size > limit;
}
const { version } = JSON.parse(readFileSync('client/package.json', 'utf8'));
console.log(`built @stagedoor/client and @stagedoor/react ${version}`);
if (tooBig) {
    console.error('The package has become too big.');
    process.exitCode = 1;
}
