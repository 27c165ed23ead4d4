#!/usr/bin/env node
// A stock Backstage backend that has nothing but its auth plugin, started with the same arguments as ours:
// backend.mjs serve --config FILE --data DIR

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createBackend } from '@backstage/backend-defaults';

const { values } = parseArgs({
    args: process.argv.slice(3),
    options: { config: { type: 'string' }, data: { type: 'string' } },
});

// It needs a database where ours needs none, and its providers have no endpoints to override.
const config = JSON.parse(await readFile(values.config, 'utf8'));
config.backend.database = { client: 'better-sqlite3', connection: ':memory:' };
for (const provider of Object.values(config.auth.providers)) {
    for (const environment of Object.values(provider)) delete environment.endpoints;
}
await mkdir(values.data, { recursive: true });
const file = join(values.data, 'app-config.yaml');
await writeFile(file, JSON.stringify(config));
process.argv.splice(2, Infinity, '--config', file);

const backend = createBackend();
backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('@backstage/plugin-auth-backend-module-oauth2-provider'));
backend.add(import('@backstage/plugin-auth-backend-module-oidc-provider'));
await backend.start();
