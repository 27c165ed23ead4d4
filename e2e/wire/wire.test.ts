// The wire contract of a Backstage auth backend, request by request. See target.ts for what is tested.

import { after, before } from 'node:test';
import { Target } from './target';
import { channelTests } from './channel';
import { cookieTests } from './cookies';
import { differenceTests } from './differences';
import { frameTests } from './frame';
import { routingTests } from './routing';
import { sessionTests } from './session';
import { startTests } from './start';

let shared: Target;
before(async () => {
    shared = await Target.start();
});
after(() => shared?.stop());

const target = () => shared;
routingTests(target);
startTests(target);
cookieTests(target);
frameTests(target);
sessionTests(target);
differenceTests(target);
channelTests(target);
