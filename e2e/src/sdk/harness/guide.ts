// A page of documentation as a program: its code blocks that have a file name are files, and `main` is bundled.

import { build, type Plugin } from 'esbuild';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { compile as compileSvelte } from 'svelte/compiler';
import { compileScript, parse as parseVue } from 'vue/compiler-sfc';
import { forBrowser } from '../bundling.mjs';

const emptyPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Guide</title></head>
<body><div id="app"></div><script type="module" src="main.js"></script></body></html>`;

/** A block like ```js main.js ... ```, without those that have no file name. */
const namedBlock = /^```\w+ ([\w.]+)\n(.*?)^```$/gms;

/** The addresses of the auth service in the documentation. */
const writtenAddresses = /https:\/\/auth\.example\.com\/api\/auth|http:\/\/localhost:7007\/api\/auth/g;

/** The files in a page of documentation, by name. */
function filesIn(markdown: string): Map<string, string> {
    return new Map([...markdown.matchAll(namedBlock)].map(([, name, code]) => [name, code]));
}

/** Makes the page and the script of a guide for a backend at this address. */
export async function bundleGuide(markdownFile: string, baseUrl: string): Promise<{ html: string; script: string }> {
    const files = filesIn(await readFile(markdownFile, 'utf8'));
    const main = [...files.keys()].find((name) => name.startsWith('main.'));
    if (!main) throw new Error(`${markdownFile} has no block named main.js`);
    // Among the packages of these tests, so that `react` and the like are found.
    const folder = resolve('dist/guides', basename(markdownFile, '.md').toLowerCase());
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    for (const [name, code] of files) {
        await writeFile(join(folder, name), code.replace(writtenAddresses, () => baseUrl));
    }
    const { outputFiles } = await build({
        ...forBrowser,
        entryPoints: [join(folder, main)],
        outdir: folder,
        write: false,
        plugins: [vue, svelte],
    });
    const script = outputFiles.find(({ path }) => path.endsWith('main.js'));
    return { html: files.get('index.html') ?? emptyPage, script: script!.text };
}

const vue: Plugin = {
    name: 'vue',
    setup({ onLoad }) {
        onLoad({ filter: /\.vue$/ }, async ({ path }) => {
            const { descriptor, errors } = parseVue(await readFile(path, 'utf8'), { filename: path });
            if (errors.length > 0) throw errors[0];
            const isCustomElement = (tag: string) => tag.startsWith('stagedoor-');
            const { content } = compileScript(descriptor, {
                id: basename(path),
                inlineTemplate: true,
                templateOptions: { compilerOptions: { isCustomElement } },
            });
            return { contents: content };
        });
    },
};

const svelte: Plugin = {
    name: 'svelte',
    setup({ onLoad }) {
        onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
            const { js } = compileSvelte(await readFile(path, 'utf8'), { filename: path, generate: 'client' });
            return { contents: js.code };
        });
    },
};
