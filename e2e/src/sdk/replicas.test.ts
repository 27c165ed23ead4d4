// Several replicas behind a balancer that sends every request to whichever it likes.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { logInAndConsent } from '../harness/person';
import { Contexts } from './harness/contexts';
import { Replicas, type Routes, type StoreKind } from './harness/replicas';
import { SdkPage } from './harness/sdkPage';
import { SdkStage } from './harness/sdkStage';
import type { Coop } from './harness/testPages';

const arrangements: Record<string, Routes> = {
    'begun at the first, finished at the second, asked for at the first': {
        '/start': 0,
        '/handler/frame': 1,
        '/flow': 0,
        '/refresh': 0,
        '/logout': 1,
    },
    'begun at the first, finished and asked for at the second': {
        '/start': 0,
        '/handler/frame': 1,
        '/flow': 1,
        '/refresh': 1,
        '/logout': 0,
    },
};

const stores: StoreKind[] = ['sqlite', 'postgres'];

for (const [name, routes, store] of Object.entries(arrangements).flatMap(([name, routes]) =>
    stores.map((store) => [name, routes, store] as const),
)) {
    describe(`a login ${name}, with ${store}`, () => {
        let stage: SdkStage;
        let browser: Contexts;
        let replicas: Replicas;
        before(async () => {
            stage = await SdkStage.start({
                startBackend: async (config) => (replicas = await Replicas.start(config, routes, store)),
            });
            browser = await Contexts.launch();
        });
        after(async () => {
            await browser?.close();
            await stage?.stop();
        });

        // With `same-origin` the result has no other way than through the backend.
        for (const coop of ['none', 'same-origin'] as Coop[]) {
            test(`COOP of the app: ${coop}`, async (t) => {
                const context = await browser.fresh(t);
                const app = await SdkPage.open(stage, context, { coop });
                const { popup, outcome } = await app.askWithPopup('oidc');
                await logInAndConsent(popup);
                const { value, error } = await outcome;
                assert.ok(value, `${error?.code}: ${error?.message}`);

                await app.reload();
                assert.ok(await app.silentToken('oidc'), 'the other replica does not know the session');
                await app.call('oidc', 'signOut');
                await app.reload();
                assert.equal(await app.silentToken('oidc'), '', 'the other replica knows the session still');

                const [begun, finished] = [routes['/start'], routes['/handler/frame']];
                assert.ok(replicas.answered(begun, '/start') > 0);
                assert.equal(replicas.answered(begun, '/handler/frame'), 0);
                assert.ok(replicas.answered(finished, '/handler/frame') > 0);
            });
        }
    });
}
