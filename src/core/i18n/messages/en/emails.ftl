## Every e-mail

email-greeting = Dear { $name },
email-footer = This is an automated message.

## Accounts

email-verify-subject = Verify your e-mail address
email-verify-text = Please verify that this address is yours. The link is valid for { $hours } hours and works once. If you did not register, ignore this e-mail.
email-verify-action = Verify
email-account-exists-subject = You already have an account
email-account-exists-text = Somebody just registered with this address, but it already has an account. If it was you, log in, or reset the password if you forgot it.
email-account-exists-action = Log in
email-reset-subject = Reset your password
email-reset-text = Choose a new password with the link below. It is valid for one hour and works once. If you did not ask for it, ignore this e-mail: the old password still works.
email-reset-action = Choose a new password
email-second-factor-subject = About the second step of your login
email-second-factor-enabled = The second step at login is on for your account: every login now asks for a code of your authenticator app. All other devices were logged out. If it was not you, contact whoever runs this server.
email-second-factor-disabled = The second step at login was turned off for your account. If it was not you, change your password and contact whoever runs this server.
email-second-factor-removed = Whoever runs this server has turned off the second step at login for your account, removed its passkeys and logged out all devices. If you did not ask for it, contact them, and set the second step up again.
email-second-factor-renewed = Your account has new recovery codes; the old ones no longer work. If it was not you, change your password and contact whoever runs this server.
email-second-factor-recovery = A recovery code was used for your account and does not work again. If it was not you, change your password and make new recovery codes.
email-second-factor-guessed = Somebody entered the right password of your account and then several wrong codes. If it was not you, change your password now.
email-second-factor-action = See the second step
email-sso-subject = About logins to your account
email-sso-linked = Your account is now linked with one at { $provider }, which opens it from now on. If it was not you, unlink it on the page of your account, change your password and contact whoever runs this server.
email-sso-unlinked = Your account is no longer linked with one at { $provider }: log in with e-mail and password. If it was not you, change your password and contact whoever runs this server.
email-sso-action = See my account
email-passkey-subject = About the passkeys of your account
email-passkey-added = A passkey was registered for your account: it opens the account without password and code. If it was not you, remove it and change your password now.
email-passkey-removed = A passkey was removed from your account and no longer logs in. If it was not you, change your password and contact whoever runs this server.
email-passkey-copied = A login to your account with a passkey was refused: its counter shows that there may be a copy of the passkey. Remove the passkey and register a new one.
email-passkey-action = See your passkeys
email-invitation-subject = An invitation to work together
email-invitation-text = { $inviter } invites you to work with { $name }. Log in with this address, then accept. The invitation is valid for { $days } days.
email-invitation-action = Accept
email-link-invitation-subject = An organiser asks whether a record is yours
email-link-invitation-text = { $organiser } keeps “{ $name }” in its records and invites you to link it with your organisation. Log in with this address: you see what the link opens, choose your organisation and confirm, or do nothing. The invitation is valid for { $days } days.
email-link-invitation-action = See the invitation

## Applications and booths

email-application-subject = Your application { $decided }
email-application-text = Your application for { $edition } { $decided }.
email-application-approved = is approved
email-application-waitlisted = is on the waiting list
email-application-rejected = is not approved
email-application-reason = Reason: { $reason }
email-offer-subject = A booth is offered to you
email-offer-text = The organiser of { $edition } offers you booth { $booth }. Please respond before { $until }.
email-offer-action = Respond

## Sales reports

email-missing-reports-subject = Sales reports are missing
email-missing-reports-text = { $edition } has no sales report of yours for these booths and days. If nothing was sold, please report zero.
email-missing-reports-line = Booth { $booth }, { $day }
email-missing-reports-action = Report

## Webhooks

email-webhook-disabled-subject = Messages to “{ $webhook }” are switched off
email-webhook-disabled-text = The address { $url } of “{ $webhook }” has not accepted messages for days, so we no longer send any. Once it works again, switch it on and replay the missed messages.
email-webhook-disabled-action = Open the addresses
