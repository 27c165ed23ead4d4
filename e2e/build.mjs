// Builds the app for the browser (dist/app) and the tests for Node (dist/src/tests, dist/wire).

import { build } from 'esbuild';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const root = import.meta.dirname;

async function testFiles(folder) {
    const names = await readdir(join(root, folder));
    return names.filter((name) => name.endsWith('.test.ts')).map((name) => `${folder}/${name}`);
}

await rm(join(root, 'dist'), { recursive: true, force: true });
await mkdir(join(root, 'dist/app'), { recursive: true });

await Promise.all([
    build({
        absWorkingDir: root,
        entryPoints: ['src/app/main.tsx'],
        outfile: 'dist/app/main.js',
        bundle: true,
        format: 'esm',
        jsx: 'automatic',
        target: 'chrome120',
        minify: true,
        // The packages ask for these at run time, as the Backstage build replaces them.
        define: { 'process.env.NODE_ENV': '"production"', 'process.env.APP_CONFIG': 'undefined' },
        loader: { '.svg': 'dataurl' },
        logLevel: 'warning',
    }),
    build({
        absWorkingDir: root,
        entryPoints: [
            ...(await testFiles('src/tests')),
            ...(await testFiles('src/sessions')),
            ...(await testFiles('wire')),
        ],
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
    copyFile(join(root, 'src/app/index.html'), join(root, 'dist/app/index.html')),
]);
