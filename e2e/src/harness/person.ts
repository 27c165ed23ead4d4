// What a person does on the pages of the providers.

import type { Page } from 'playwright-core';

/** Logs in under this name at the OpenID provider and agrees to what the app asks for. */
export async function logInAndConsent(page: Page, name = 'ada'): Promise<void> {
    await logIn(page, name);
    await consent(page);
}

export async function logIn(page: Page, name = 'ada'): Promise<void> {
    await page.getByPlaceholder('Enter any login').fill(name);
    await page.getByPlaceholder('and password').fill('any');
    await page.getByRole('button', { name: 'Sign-in' }).click();
}

export async function consent(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Continue' }).click();
}

export async function refuse(page: Page): Promise<void> {
    await page.getByRole('link', { name: 'Cancel' }).click();
}

/** On the consent pages of Google and GitHub. */
export async function allow(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Allow' }).click();
}

export async function deny(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Deny' }).click();
}
