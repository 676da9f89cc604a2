## Problem titles

problem-already-exists = It already exists
problem-bad-request = The request is malformed
problem-booth-already-taken = The booth is already taken
problem-edition-finalised = The edition is finalised
problem-email-not-verified = The e-mail address is not verified yet
problem-floor-changed = The floor plan has changed
problem-forbidden = Your role does not allow this
problem-idempotency-key-reused = The Idempotency-Key was used for another request
problem-illegal-step = This step is not allowed now
problem-in-use = It is in use, or refers to something that does not exist
problem-internal = Internal server error
problem-invalid = The data is not valid
problem-login-required = Please log in
problem-method-not-allowed = The address does not support this method
problem-not-eligible = The exhibitor is not eligible for this zone
problem-not-found = Not found
problem-precondition-required = An If-Match header is needed
problem-second-factor-required = A second factor is required
problem-stale-version = Somebody else has changed this
problem-too-large = The body is too large
problem-too-many-requests = Too many requests
problem-too-slow = Request timeout
problem-unavailable = The server is busy
problem-unsupported-file = This file type is not supported
problem-wrong-code = Wrong code
problem-wrong-credentials = Wrong e-mail or password
problem-wrong-passkey = Passkey not accepted

## Requests

error-query-parameter = Invalid query parameter: { $reason }
error-unknown-parameter = Unknown parameter “{ $name }”. Known parameters: [{ $known }].
error-unknown-field = Unknown field “{ $name }”. Known fields: { $known }.
error-unknown-part = Unknown part “{ $name }”. Known parts: { $known }.
error-invalid-value = Invalid value: { $reason }.
error-invalid-json = The body is not valid JSON: { $inner }
error-json-trailing-data = There is extra data after the JSON.
error-text-length = Must have 1 to { $max } characters and no control characters.
error-limit-range = limit must be 1 to 500.
error-invalid-cursor = The cursor is not valid. Start again from the first page.
error-invalid-updated-since = updated_since must be a “synced” value from an earlier response. Leave it out to read everything.
error-since-range = “since” must be within the last { $days } days.
error-invalid-last-event-id = The Last-Event-ID is not valid.
error-invalid-idempotency-key = An Idempotency-Key must have 1 to 255 printable ASCII characters.
error-idempotency-key-in-progress = A request with this Idempotency-Key is still in progress. Please try again shortly.
error-idempotency-key-reused = This Idempotency-Key was used for another request. Please use a new one.
error-if-match-required = Send If-Match with the ETag you last read.
error-invalid-if-match = The If-Match value is not a valid ETag.
error-if-match-not-found = Nothing is stored yet. Send the request without If-Match.
error-stale-version = The current version is "v{ $current }". Read it again, then change it.
error-body-too-large = The body is over { $max_mb } MB. Please send it in parts.
error-body-over-limit = The body is over { $max_kib } KiB.
error-encoded-body = The server accepts no compressed body. Send it without Content-Encoding.
error-body-timeout = Sending the body took too long. Check the connection and try again.
error-form-too-large = The file or the form is too large. Please send it in parts.
error-cross-site-request = This request does not come from this site. Please reload the page and try again.
error-rate-limit = Too many requests. Please try again in { $seconds } seconds.
error-stream-limit = Too many event streams are open from your address or account. Close some of them and try again.
error-streams-full = Too many event streams are open. Please try again shortly.
error-recipient-limit = This address was sent too many e-mails of this kind today. Please try again tomorrow.
error-concurrent-change = Somebody else is changing the same data. Please try again shortly.
error-database-busy = The database is busy. Please try again shortly.
error-server-busy = The server is busy. Please try again in a few seconds.
error-too-many-downloads = Too many downloads of this organiser are open. Wait until one has finished, then try again.
error-sum-overflow = The sum of the amounts is too large.

## Accounts, members and keys

error-invalid-access-token = The access token is invalid or has expired. Please log in again.
error-invalid-email = The e-mail address is not valid.
error-email-exists = An account with this e-mail address already exists.
error-password-length = A password must have 10 to 200 characters.
error-password-weak = This password is easy to guess. Use a few words that have nothing to do with you or the fair.
error-account-locked = The password was wrong { $attempts } times. Wait { $minutes } minutes, or reset it.
error-email-not-verified = Open the verification e-mail that we sent, or request a new one.
error-wrong-code = The code is wrong, too old, or was used before. Wait for the next code and check that the clock of the phone is set automatically. Without the phone, use a recovery code.
error-wrong-first-code = This is not the code of this key. Wait for the next code and check that the clock of the phone is set automatically. If that does not help, delete the entry in the app and begin again.
error-login-challenge-expired = The time for the second step is over. Please log in again.
error-second-factor-required = Set up a second step at login on your account page (/account/second-factor), or log in with a passkey. Then your role counts again.
error-second-factor-exists = The account has a second step already. Turn it off first to set it up on another phone.
error-second-factor-not-begun = There is no enrolment to confirm in this login. Begin again with your password.
error-no-second-factor = The account has no second step.
error-second-factor-locked = Too many wrong codes for this account today. Try again in 24 hours; if it was not you, somebody knows your password: change it.
error-own-second-factor-first = Set up a second step for your own account first, so that you do not shut yourself out.
error-sso-unavailable = { $provider } does not respond. Log in with e-mail and password, or try again in a few minutes.
error-sso-expired = This login was begun in another browser or more than ten minutes ago, or has been used. Begin again.
error-sso-invalid = What { $provider } sent back is not valid, so you are not logged in. Begin again; if it happens again, tell whoever runs this server, and log in with e-mail and password meanwhile.
error-sso-denied = You are not logged in: the login at { $provider } was cancelled or not allowed. Begin again, or log in with e-mail and password.
error-sso-email-unverified = { $provider } names no verified e-mail address of yours. Log in here with e-mail and password, and link the accounts on the page of your account.
error-sso-no-account = No staff account here has your e-mail address. Ask your organiser for an invitation; if you have an account with another address, log in with that and its password.
error-sso-no-staff = Only staff of an organiser can link their account. Ask your organiser for an invitation.
error-sso-identity-linked = This account at the provider is linked with another account here. Unlink it there first, or log in to that account.
error-sso-account-linked = Your account here is linked with another account at the provider. Log in with that one, or unlink it on the page of your account first.
error-sso-link-expired = The time to link the accounts is over, or they are linked already. Begin again.
error-passkeys-off = Passkeys are off on this server: its operator has not set a public address with HTTPS (server.public_url).
error-wrong-passkey = This passkey was not accepted. It may have been removed from the account: log in with your password.
error-passkey-expired = The time for this step is over, or it was completed before. Begin again.
error-passkey-limit = The account has { $max } passkeys, which is the most. Remove one first.
error-passkey-exists = This passkey is registered already.
error-passkey-busy = Too many logins were begun from this address. Wait some minutes, or log in with your password.
error-invalid-reset-token = This token is invalid, used or expired. Please request a new one.
error-invalid-verification-token = This token is invalid, used or expired. Please request a new e-mail.
error-invalid-invitation = The invitation is invalid, used, expired or was sent to another address. Please ask for a new one.
error-invitation-limit = Too many invitations are open. Wait until they are accepted, or revoke some.
error-privacy-notice-outdated = The current privacy notice is { $notice }. Read /privacy and try again.
error-last-owner = At least one owner must remain. Make somebody else an owner first.
error-missing-scope = This API key lacks the scope { $scope }. Ask the organiser for a key that has it.
error-not-with-a-key = API keys cannot do this: log in as a person with the role for it.
error-unknown-edition = The organiser has no such edition.
error-unknown-series = The organiser has no such series.
error-unknown-venue = The organiser has no such venue.
error-unknown-zone = The edition has no such zone.
error-owner-of-one-edition = An owner is one of all editions. Choose another role, or all editions.
error-last-owner-of = You are the last owner of { $name }. Please hand it over first.
error-audit-organiser-required = Give an organiser: only platform admins can read the full log.
error-invalid-api-key = The API key is invalid, expired or revoked. Please ask the organiser for a new one.
error-api-key-expired = This API key has expired.
error-api-key-scope-required = An API key needs at least one scope.
error-schema-version = There is no such version of the event schemas; the newest is { $newest }.
error-unknown-event = There is no such event, or it is older than 30 days: read again from a time (`since`).
error-api-key-expiry-range = An API key must be valid for 1 to { $max } days.
error-api-key-limit = An organiser can have at most { $max } valid API keys. Revoke one that is not used.
error-overlap-range = The overlap must be 0 to { $max } hours.
error-edition-of-other-organiser = One of the editions does not belong to this organiser.
error-edition-list-length = At most 100 editions.

## Webhooks

error-webhook-url = The URL must begin with https://, have at most 500 characters and contain no user name.
error-event-type-list-length = At most 100 event types.
error-webhook-limit = An organiser can have at most { $max } webhooks. Delete one first.
error-webhook-secret-limit = { $max } earlier secrets of this webhook are still valid. Wait until they expire, or rotate with an overlap of 0.
error-webhook-disabled = This webhook is disabled. Enable it first.

## Editions and places

error-invalid-slug = A slug must have 3 to 80 lower-case letters, digits and single hyphens.
error-slug-exists = This slug is already in use. Please choose another.
error-invalid-time-zone = The time zone must be an IANA name, for example Asia/Ho_Chi_Minh.
error-invalid-currency = The currency must be an ISO 4217 code of three capital letters.
error-declared-total-range = Must be 0 to { $max }.
error-edition-not-draft = Only a draft can be deleted. Cancel an edition that has been announced.
error-time-zone-not-draft = The time zone can only be changed while the edition is a draft.
error-edition-not-live = Only a live edition can be ended early.
error-edition-cannot-resume = An early end can be taken back within { $hours } hours only.
error-edition-has-applications = Exhibitors have applied, so the edition cannot become a draft again.
error-days-to-come = The edition cannot be finalised before its last opening day, { $day }, is over. If the fair has stopped, end it early first.
error-registration-order = Registration must close after it opens.
error-edition-closed = The edition is finalised or cancelled and can no longer be changed.
error-invalid-transition = From { $from } the legal steps are: [{ $legal }].
error-reason-required = This step requires a reason.
error-opening-day-count = An edition must have 1 to 366 opening days.
error-duplicate-day = This day is listed twice.
error-opening-hours = The closing time must be after the opening time.
error-year-range = The year must be 2000 to 2100.
error-not-opening-day = This is not an opening day of the edition.
error-unknown-hall = This hall does not belong to the edition's venue.
error-unknown-locality = No locality has this code.
error-locality-not-current = No current locality has this code. See /localities.
error-figures-not-published = The figures of this edition are not published yet.
error-not-embeddable = This page cannot be embedded. Use the address of an edition or of its exhibitor list.
error-invalid-colour = A colour must have six hexadecimal digits, for example 0b6e4f.

## Floor

error-invalid-booth-code = A booth code is letters, digits and marks with at least one digit, for example A01.
error-booth-code-exists = The edition already has a booth with this code.
error-booth-place-taken = Another booth is already at this place in the row.
error-zone-code-exists = The edition already has a zone with this code.
error-invalid-booth-pattern = A pattern must look like A01…A24 and make at most { $max } booths.
error-row-list-length = Must have 1 to 500 rows.
error-generated-booth-limit = At most { $max } booths at once.
error-booth-position-range = A position must be 0 to 100,000 dm, a side 1 to 10,000 dm.
error-area-range = The area must be 0.01 to 10,000 m².
error-fee-range = The fee must be 0 to 10^12.
error-booth-equivalents-range = Must be 1 to 1,000.
error-category-default-missing = Required here or in the price list of booth categories.
error-duplicate-category = This category is listed twice.
error-locality-list-length = At most 200 locality codes with at most 50 characters each.

## Organisations, exhibitors and products

error-unknown-exhibitor = No such exhibitor.
error-invalid-tax-code = The tax code is not valid: 10 digits (a branch adds -001), or 12 for a household business.
error-tax-code-exists = Another organisation has proved that this tax code is its own.
error-invalid-country = A country must be two capital letters, for example VN.
error-locality-required = Give a locality_code or a locality.
error-contact-list-length = At most 20 contacts.
error-invalid-phone = This is no phone number. Write it as it is dialled, for example 0912 345 678; from abroad with + and the country code.
error-contact-address-required = Give a phone number, a Zalo number or an e-mail address.
error-tax-code-differs = This is not the tax code that the organisation claims. Compare it with the paper.
error-duplicate-contact = A contact is listed twice.
error-tag-list-length = At most { $max } tags.
error-search-with-tag = Search with q or filter by tag, not both.
error-exhibitor-merged = This record was merged into another one. Use that one, or split them first.
error-exhibitor-linked = This record is already linked with an organisation. End that link first.
error-link-exists = The organisation is already linked with another record of this organiser. Ask the organiser to merge the two records.
error-invalid-link-invitation = No open invitation to this link was sent to your address. It may have expired or been used; ask the organiser for a new one.
error-merge-with-itself = A record cannot be merged with itself. Choose another one.
error-merge-both-applied = Both applied to “{ $edition }”, so they are not merged. Check which of the two records is right for that edition.
error-merge-both-on-booth = Both are on one booth at “{ $edition }”, so they are not merged.
error-merge-both-in-report = Both are named in one sales report, so they are not merged.
error-merge-both-linked = Both are linked with an organisation, so they are not merged. End one of the links first.
error-organisation-or-exhibitor = Give either the organisation that applies, or the exhibitor for which staff applies.
error-stars-range = Stars must be 1 to 5.
error-certificate-incomplete = Give both the number and the expiry date of the certificate.
error-certificate-stars = Only products with 3 stars or more have a certificate.
error-certificate-expiry-range = A certificate is valid for at most 36 months.

## Applications and documents

error-registration-closed = Registration for this edition is not open.
error-application-exists = This exhibitor already has an application for this edition.
error-application-submitted = An application cannot be changed after it was submitted.
error-booths-wanted-range = Must be 1 to { $max } booths.
error-wish-list-length = At most { $max } wishes.
error-duplicate-wish = A wish is listed twice.
error-product-list-length = At most { $max } products.
error-duplicate-product = A product is listed twice.
error-unknown-booth-or-zone = The edition has no such booth or zone.
error-unknown-product = The exhibitor has no such product.
error-document-limit = An application can have at most { $limit } documents.
error-file-type = Only PDF, JPEG, PNG and WebP files are accepted.
error-content-type-mismatch = The Content-Type is { $declared }, but the content is { $detected }.
error-file-too-large = The file is over { $kib } KiB.
error-file-storage = The file could not be stored or read. Please try again later.
error-document-not-removable = Documents of a decided application, and waivers, cannot be deleted.

## Allocation

error-booth-list-length = Must have 1 to { $max } booths.
error-duplicate-booth = A booth is listed twice.
error-booth-of-other-edition = One of the booths does not belong to this edition.
error-booth-taken = This booth is already taken by another application. Please choose another booth.
error-application-not-approved = Booths can only be held for an approved application. Approve it first.
error-booths-not-adjacent = The booths are not adjacent. Set allow_apart if this is intended.
error-zone-not-eligible = { $zone } does not admit this exhibitor: { $rules }. To allow it anyway, give the reason in eligibility_waiver.
error-expiry-range = Must be { $min } to { $max } seconds.
error-allocation-ended = This allocation has ended.
error-not-offered = Only an offered booth can be declined.
error-move-inactive = Only an active allocation can be moved.
error-swap-inactive = Only two different active allocations can be swapped.
error-booth-not-occupied = Nobody has this booth on { $day }, so there is nothing to report. Check the date; staff can confirm the exhibitor from an earlier day.
error-day-has-report = Booth { $booth } has a sales report for { $day }. Choose a later day: a day with a report stays with whoever made it.
error-last-day-before-first = The last day is before the first.
error-participant-limit = A booth can have at most { $max } participants.
error-participant-fields = A co-exhibitor requires an exhibitor and nothing else; a represented company requires name and country (two capital letters).
error-exhibitor-not-on-booth = This exhibitor is not on the booth.
error-participant-exists = This exhibitor or company is already on the booth.

## Allocation runs

error-time-limit-range = The time limit must be 1 to 600 seconds.
error-keep-apart-length = At most 10,000 pairs.
error-keep-apart-self = An application cannot be kept apart from itself.
error-pavilion-list-length = At most 500 pavilions.
error-application-list-length = At most 100,000 applications.
error-weight-range = A weight must be 0 to 1,000.
error-unknown-run-reference = The edition has no such approved application, zone or locality.
error-run-limit = { $max } runs of this edition are already in progress. Wait, or cancel one.
error-own-runs-limit = Your organiser or your account has too many allocation runs waiting or in progress. Wait, or cancel one.
error-all-runs-limit = The server has too many allocation runs of all organisers. Please try again in some minutes.
error-run-ended = This run has already ended.
error-run-not-proposed = The run is { $state }; only a proposal can be applied.
error-proposal-outdated = The floor plan or the applications have changed since this proposal was made. Please start a new run.

## Sales and visits

error-reports-closed = Reports are accepted while the edition is live or reporting.
error-day-not-held = This day is in the future, or was not held because the fair ended early.
error-report-exists = The booth already has a report for this day.
error-correction-reason-required = A correction needs a reason.
error-amount-range = The amount must be 0 to 10^13.
error-ocop-amount-range = OCOP sales must be 0 to the total amount.
error-amount-unusual = { $amount } ({ $words }) is far from what this booth usually sells a day ({ $usual }). Confirm it if it is right; otherwise check the zeros.
error-line-list-length = At most { $max } lines.
error-quantity-range = The quantity must be 1 to 10^12 thousandths.
error-lines-sum = The sum of the lines is not the amount.
error-ocop-lines-sum = The sum of the OCOP lines is not the OCOP amount.
error-exhibitor-not-in-edition = This exhibitor does not take part in the edition.
error-visit-batch-length = A batch must have 1 to { $max } events.
error-unknown-gate = The edition has no such gate.
error-count-range = A count must be 0 to { $max }; a negative count needs a reason.
error-device-count-below-zero = This device has not counted as many at this gate on this day. The organiser corrects the counts of other devices on the page Visits.
error-count-below-zero = This would take the count of the gate on this day below zero.
error-count-below-zero-of = The gate has { $count } on this day; no more can be taken off.
error-correction-range = A correction must be −{ $max } to { $max }.
error-correction-empty = Enter a number to add or take off, other than 0.
error-day-total-range = A gate has at most { $max } on a day.
error-hour-range = An hour must be 0 to 23.

## Archives

error-archive-line = Line { $line } of the archive cannot be read: { $reason }
error-archive-not-edition = This is not an archive of an edition: it begins with other records.
error-archive-unknown-exhibitor = The archive refers to an exhibitor that it does not contain.
error-archive-incomplete = The archive is incomplete: its end is missing or has another number of records. Please download it again.
error-archive-counts = The visit counts of the archive are not possible: one is too large, more is taken off than was counted, or a day is in the future. Please download the file again where it was exported.
error-archive-allocations = The booths of the archive are not possible: one belongs to an application that is not approved, or too many share one. Please download the file again where it was exported.
error-archive-draft-application = The archive has an application that was not submitted; drafts belong to their exhibitors alone. Please export the file again with a newer version.
error-archive-finalised-early = The edition of the archive is finalised although it has opening days to come. Please download the file again where it was exported.
error-archive-sales = The sales reports of the archive contradict each other: the latest version differs from its report, lines do not add up to their total, or a day was not held. Please download the file again where it was exported.

## What people type

error-number-invalid = This is not a number. Write it in digits, for example 1,250,000.
error-number-ambiguous = This can mean { $first } or { $second }. Write it so that only one is possible, for example with all digits.
error-number-unknown-unit = “{ $text }” is not understood. Write only the number, with thousand, million or billion if needed.
error-number-other-currency = This is in another currency. Convert it to the currency of the edition.
error-number-calculation = This is a calculation. Write the result.
error-number-words-differ = The words say { $words }, the digits { $figures }. Make them agree.
error-number-not-whole = This is finer than the smallest unit. Round it.
error-number-unknown-title-unit = The unit of this number is unclear: its column names a unit that is not known, or other day columns have one and this has none. Choose the unit of the column, or write it in the cell.
error-number-unit-mismatch = This number already has all its digits and contradicts the unit thousand, million or billion. Correct it, or write its unit.
error-number-too-large = This number is too large.
error-cell-without-value = This cell has the error “{ $text }” in the spreadsheet. Correct it and send the file again.
error-cell-formula = This cell has a formula, but the file does not store its result. Open and save it in Excel, or paste the value.
error-date-invalid = This is not a date. Write, for example, 28/11/2026.
error-date-no-such-day = The calendar has no such day.
error-date-year-missing = This date has no year and is not an opening day. Write, for example, 28/11/2026.
error-date-weekday-differs = { $day } is another weekday. Correct the date or the weekday.
error-date-position-differs = { $day } is another day of the fair than the number says. Correct it.
error-date-ambiguous = This can mean { $first } or { $second }. Write it in full, for example 28/11/2026.
error-hours-invalid = This is not a time of day. Write, for example, 13:30 or 8h-9h.
error-hours-order = The end must be after the start.
error-yes-no-invalid = This is neither yes nor no. Write “yes” or “no”.
error-stars-unclear = The number of stars is unclear. Write 1 to 5, for example 4 or 4 stars.
error-typed-values-count = Send 1 to { $max } values.
error-form-instead-of-file = Send the file itself as the body, with its own Content-Type, not a form that contains it.
