// The app under test: the Backstage app frame with its own configuration loader, its auth classes, its
// request queue and its login dialog, all as published. Only the page inside the frame is ours: a row per
// login.

import { createRoot } from 'react-dom/client';
import { OAuthRequestDialog } from '@backstage/core-components';
import { createTestApp } from './createTestApp';
import { readLogins } from './logins';
import { TokenPage } from './TokenPage';

const logins = readLogins();
const Root = createTestApp(logins).createRoot(
    <>
        <OAuthRequestDialog />
        <TokenPage logins={logins} />
    </>,
);

createRoot(document.getElementById('root')!).render(<Root />);
