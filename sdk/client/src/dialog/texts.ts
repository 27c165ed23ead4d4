import type { ErrorCode } from '../errors.js';

/** All texts of the login dialog; `{provider}` stands for the provider's title. */
export interface LoginDialogTexts {
    heading: string;
    intro: string;
    login: string;
    otherAccount: string;
    reject: string;
    rejectAll: string;
    /** Shown while the login window is open. */
    waiting: string;
    /** The login button meanwhile. */
    again: string;
    /** Shown when the browser did not let the window open. */
    blocked: string;
    /** Above the list of scopes. */
    scopesIntro: string;
    /** What a scope lets the app do; a scope without a text is shown as it is. */
    scopes: Record<string, string>;
    /** By the error's code; without a text the error's own message is shown. */
    errors: Partial<Record<ErrorCode, string>>;
}

const who = 'know who you are';
const profile = 'see your name and picture';
const email = 'see your e-mail address';
const google = 'https://www.googleapis.com/auth/';

export const english: LoginDialogTexts = {
    heading: 'Log in to go on',
    intro: 'This app needs access on your behalf.',
    login: 'Log in',
    otherAccount: 'Use another account',
    reject: 'Not now',
    rejectAll: 'Reject all',
    waiting: 'Go on in the window of {provider}.',
    again: 'Open the window again',
    blocked: 'The browser blocked the window of {provider}. The button opens it.',
    scopesIntro: 'The app will be able to:',
    scopes: {
        openid: who,
        profile,
        email,
        offline_access: 'stay signed in',
        [`${google}userinfo.profile`]: profile,
        [`${google}userinfo.email`]: email,
        [`${google}calendar.readonly`]: 'see your calendars',
        [`${google}calendar`]: 'see and change your calendars',
        [`${google}drive.readonly`]: 'see your files',
        [`${google}drive`]: 'see and change your files',
        [`${google}gmail.readonly`]: 'read your mail',
        [`${google}cloud-platform`]: 'manage your Google Cloud resources',
        'read:user': 'see your profile',
        'user:email': email,
        repo: 'see and change your repositories, private ones too',
        public_repo: 'see and change your public repositories',
        'repo:status': 'see and set the status of commits',
        'read:org': 'see your organizations and teams',
        workflow: 'change workflows of GitHub Actions',
        gist: 'write gists',
        notifications: 'read your notifications',
        read_user: 'see your profile',
        read_api: 'see all that you can see',
        api: 'do all that you can do',
        read_repository: 'see your repositories',
        write_repository: 'change your repositories',
        'User.Read': 'see your profile',
        'Mail.Read': 'read your mail',
        'Mail.Send': 'send mail as you',
        'Calendars.Read': 'see your calendars',
        'Calendars.ReadWrite': 'see and change your calendars',
        'Files.Read': 'see your files',
        groups: 'see your groups',
        account: 'see your account',
        repository: 'see your repositories',
        pullrequest: 'see your pull requests',
        REPO_READ: 'see repositories',
        'read:me': 'see your profile',
        'read:jira-user': 'see users of Jira',
        'read:jira-work': 'see projects and issues in Jira',
        'user:info': 'see your profile',
    },
    errors: {
        popup_blocked: 'The browser blocked the window. Allow it for this page, and try again.',
        popup_closed: 'The window was closed before the login was complete.',
        denied: 'The login was refused.',
        retryable: 'That did not work just now. Try again in a moment.',
    },
};
